import { Injectable } from '@nestjs/common';
import { BillingConfig, RefundConfig } from '../config';
import { GatewayAccounts, type AccountPlaces, type GatewayAccount, type Placed } from '../gateway-account';
import { Clock, retryAt } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Pacer } from '../platform/pace';
import { Logger } from '../platform/logging';
import { RefundRepository, type RefundClaim } from './refund.repository';

/** What keeps a refund from being sent or resolved heals within minutes, or needs a person. */
const BACK_OFF = { firstSeconds: 10, longestSeconds: 600 };

/** Whose turn it is: refunds of an account go out in the order they were released, at a pace all replicas keep. */
@Injectable()
export class RefundQueue {
  private readonly places: AccountPlaces;

  constructor(
    private readonly refunds: RefundRepository,
    private readonly pacer: Pacer,
    private readonly config: RefundConfig,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('enabled');
  }

  /** Claims the refund that is to be sent now, if it is time for one of any account. */
  async next(): Promise<Placed<RefundClaim> | undefined> {
    if (this.config.perMinute === 0) return undefined;
    return this.places.claim((free) => this.claimInTurn(free), accountOf);
  }

  private async claimInTurn(free: readonly GatewayAccount[]): Promise<RefundClaim | undefined> {
    const accounts = new Map(free.map((account) => [account.id, account]));
    for (const id of await this.refunds.dueOf('send', [...accounts.keys()])) {
      const perMinute = accounts.get(id)?.refundsPerMinute ?? this.config.perMinute;
      // Turns come once a tick, so a tick's worth may go at once.
      const burst = Math.max(1, Math.ceil((perMinute * this.billing.tickSeconds) / 60));
      if ((await this.pacer.take({ name: `refund:${id}`, perMinute, burst })) !== undefined) continue;
      await crashPoint('send-refund.turn-taken');
      const claim = await this.refunds.claim('send', this.billing.leaseSeconds, [id]);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  /** Gives a claim back that a stop overtook: it is due again, as if nobody had claimed it, once that is lifted. */
  giveBack(claim: RefundClaim): Promise<void> {
    return this.refunds.giveBack(claim);
  }

  /** Gives a claim back, due again later. Does nothing when the refund is not what it was when claimed. */
  async postpone(claim: RefundClaim, reason: string): Promise<void> {
    const { id, attempts } = claim.refund;
    // Told first: an alarm nobody hears is worse than one that comes twice.
    if (attempts + 1 === this.billing.alarmAfterFailures) {
      this.logger.error('refund keeps waiting: a person must look', { refundId: id, attempts: attempts + 1, reason });
    }
    await this.refunds.postpone(claim, this.retryAt(claim.refund.attempts), { lastError: reason });
  }

  /** When a refund is due again that was tried so often before. */
  retryAt(attempts: number): Date {
    return retryAt(this.clock.now(), attempts + 1, BACK_OFF);
  }
}

function accountOf({ refund }: RefundClaim): string {
  return refund.gatewayAccount;
}
