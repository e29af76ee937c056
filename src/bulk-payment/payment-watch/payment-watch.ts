import { Injectable } from '@nestjs/common';
import { BillingConfig, LookupConfig } from '../../config';
import { GatewayAccounts, type GatewayAccount } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../../kernel/step-report';
import { Clock, retryAt, secondsAfter } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { Pacer } from '../../platform/pace';
import { TransactionLookups, nextLook, tells, type PaymentReference } from '../../transaction-lookup';

const ACTOR = 'payment-watch';

/** Of the pace of an account: the rest is for people and refunds. */
const SHARE_OF_PACE = 4;

/** Refused or not answered: by maintenance, mostly. So many in a row are enough, and the next rebill asks itself. */
const BACK_OFF = { firstSeconds: 300, longestSeconds: 21_600 };
const MOST_ATTEMPTS = 20;

/** A payment that is due to be looked up again, as it was claimed. */
interface Watched extends PaymentReference {
  id: string;
  since: Date;
  attempts: number;
  claimedUntil: Date;
}

/**
 * Looks payments up again that were named for charges which people ended unpaid, at growing intervals for some days, so that
 * one that T store has after all stops the line (`paid-after-all`) without anybody asking for it.
 *
 * A row's time of the next look is its lease, too: who claims it moves it on, and whoever dies leaves it due again. To look
 * twice does nothing.
 */
@Injectable()
export class PaymentWatch {
  constructor(
    private readonly database: Database,
    private readonly lookups: TransactionLookups,
    private readonly accounts: GatewayAccounts,
    private readonly pacer: Pacer,
    private readonly config: LookupConfig,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const watched = await this.claim();
    if (watched === undefined) return NOTHING_DUE;
    claimed?.();
    await crashPoint('watch-payments.claimed');
    const report = await this.look(watched);
    await crashPoint('watch-payments.recorded');
    return report;
  }

  private async look(watched: Watched): Promise<StepReport> {
    const { transactionId } = watched;
    try {
      const { lookup } = await this.lookups.askNow(watched, ACTOR);
      if (tells(lookup.answer)) {
        await this.lookNext(watched, nextLook(watched.since, this.config.watchDays, this.clock.now()), 0);
        return ONE_DONE;
      }
      this.logger.warn('payment of a charge that people ended unpaid is not known yet', { transactionId });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn('payment not looked up again', { transactionId, error });
    }
    const attempts = watched.attempts + 1;
    const isOver = attempts >= MOST_ATTEMPTS;
    await this.lookNext(watched, isOver ? null : retryAt(this.clock.now(), attempts, BACK_OFF), attempts);
    return ONE_POSTPONED;
  }

  /** Claims the one that waits longest, of an account whose turn it is. */
  private async claim(): Promise<Watched | undefined> {
    const now = this.clock.now();
    const due = await this.database.rows<{ account: string }>(
      `SELECT gateway_account AS account FROM payment_watch WHERE next_look_at <= $1
       GROUP BY gateway_account ORDER BY min(next_look_at)`,
      [now],
    );
    if (due.length === 0) return undefined;
    const serving = new Map((await this.accounts.serving('set-up')).map((account) => [account.id, account]));
    for (const { account } of due) {
      const known = serving.get(account);
      if (known === undefined || !(await this.isTurnOf(known))) continue;
      const watched = await this.claimOf(account, now);
      if (watched !== undefined) return watched;
    }
    return undefined;
  }

  private async claimOf(account: string, now: Date): Promise<Watched | undefined> {
    const [watched] = await this.database.rows<Watched>(
      `UPDATE payment_watch SET next_look_at = $3
       WHERE id = (
         SELECT id FROM payment_watch WHERE next_look_at <= $1 AND gateway_account = $2
         ORDER BY next_look_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, gateway, gateway_account AS "gatewayAccount", transaction_id AS "transactionId", since, attempts,
         next_look_at AS "claimedUntil"`,
      [now, account, secondsAfter(now, this.billing.leaseSeconds)],
    );
    return watched;
  }

  private async isTurnOf({ id, lookupsPerMinute }: GatewayAccount): Promise<boolean> {
    const perMinute = Math.max(1, Math.floor((lookupsPerMinute ?? this.config.perMinute) / SHARE_OF_PACE));
    return (await this.pacer.take({ name: `watch-payments:${id}`, perMinute, burst: 1 })) === undefined;
  }

  /** Does nothing once another replica has claimed it. */
  private async lookNext({ id, claimedUntil }: Watched, at: Date | null, attempts: number): Promise<void> {
    await this.database.execute(
      'UPDATE payment_watch SET next_look_at = $2, attempts = $3 WHERE id = $1 AND next_look_at = $4',
      [id, at, attempts, claimedUntil],
    );
  }
}
