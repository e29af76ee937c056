import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../../config';
import { GatewayAccounts, type AccountPlaces, type Placed } from '../../gateway-account';
import { NotificationRepository, type NotificationClaim } from '../../inbox';
import { Clock } from '../../platform/clock';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { CompletionService } from '../submission/completion.service';
import { NotificationTurns } from './notification-turns';

/** A message, and the job it speaks of, where that is one of ours. */
export interface MatchedClaim {
  claim: NotificationClaim;
  job: BulkPaymentJob | undefined;
}

/** Which of T store's messages is asked about next: of an account that has a place left, and when it is its turn. */
@Injectable()
export class NotificationClaims {
  private readonly places: AccountPlaces;

  constructor(
    private readonly notifications: NotificationRepository,
    private readonly completion: CompletionService,
    private readonly turns: NotificationTurns,
    private readonly clock: Clock,
    private readonly billing: BillingConfig,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  /** Claims it, with a place of its account; `undefined` when none is due. */
  next(): Promise<Placed<MatchedClaim> | undefined> {
    return this.places.claim(
      (free) => this.claimNext(free.map(({ id }) => id)),
      // What is of no job of ours is nobody's, and asks nobody.
      ({ job }) => job?.gatewayAccount ?? '',
    );
  }

  private async claimNext(accounts: readonly string[]): Promise<MatchedClaim | undefined> {
    const claim = await this.notifications.claimDue(
      'tstore',
      this.clock.now(),
      this.billing.leaseSeconds,
      await this.completion.awaited(accounts),
      (claimClass, session) => this.turns.take(claimClass, session),
    );
    return claim && { claim, job: await this.completion.match(claim.notification) };
  }
}
