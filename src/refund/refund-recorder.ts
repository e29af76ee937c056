import { Injectable } from '@nestjs/common';
import { GatewayAccounts } from '../gateway-account';
import { Gateways, type PaymentPart } from '../gateways';
import { KillSwitch } from '../kill-switch';
import { LineStopRepository } from '../line-stop';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Approvals } from '../approval';
import { Database, type SqlSession } from '../platform/database';
import { ChargeSettlement } from '../charge';
import { RefundTransfers } from './refund-transfers';
import type { Refund } from './refund.entity';
import { refundStopSql } from './refund-stop.sql';
import type { RefundState } from './refund.state';
import { RELEASED, RefundRepository, type RefundCause, type RefundClaim } from './refund.repository';

/** Room for the token and the database around the longest call. */
const LEASE_MARGIN_SECONDS = 30;

/** The result codes of what no answer of the gateway ended. */
export const RESULT_BY_LOOKUP = 'by-lookup';
export const RESULT_BY_DECISION = 'by-decision';
export const RESULT_NOT_SENT = 'not-sent';
export const RESULT_OUTSIDE = 'outside';

/** What is sent of a refund, and what the gateway had just before. */
export interface RefundIntent {
  /** Of this sending alone; a gateway that has idempotency keys knows it by this. */
  sendingId: string;
  isFull: boolean;
  paymentParts: readonly PaymentPart[] | null;
  baselineLookupId: string;
}

/** A refund that is on its way, or may be. */
export type SentRefund = Refund & { sendingId: string; baselineLookupId: string };

/** How a refund ended, as it is kept. */
export interface RefundResult {
  resultCode: string;
  resultMessage: string;
  refundTransactionId?: string | null;
  /** How far the transfer to the customer's account is, by the gateway's word. */
  transferStatus?: string | undefined;
  /** When the gateway's record is held against it once more; left out: only while a transfer is on its way. */
  lookAgainAt?: Date | null;
}

/** A refund that the gateway made without us, as it is recorded. */
type OutsideRefundFields = Pick<
  Refund,
  'chargeId' | 'gateway' | 'gatewayAccount' | 'transactionId' | 'amount' | 'reason' | 'requestedBy' | 'requestedByOwner'
>;
type OutsideResult = Pick<RefundResult, 'resultMessage'> & { refundTransactionId: string | null };

/** Which write of an answer is let through: by whoever sent it, by whoever has claimed it since, or by who has seen it. */
type Holder = { leaseId: string } | { sendingId: string } | { version: string };

const NOT_SENT = { sendingId: null, isFull: null, paymentParts: null, baselineLookupId: null, sentAt: null };

/** What is recorded of a refund, before and after it is sent: each a state, its history and what follows from it. */
@Injectable()
export class RefundRecorder {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly settlement: ChargeSettlement,
    private readonly stops: LineStopRepository,
    private readonly killSwitch: KillSwitch,
    private readonly approvals: Approvals,
    private readonly transfers: RefundTransfers,
    private readonly database: Database,
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits the intent to send. From here on it is never sent again by itself.
   *
   * @returns the refund as it is now
   * @throws {DomainError} `submissions-stopped`, `gateway-account-unusable`, `line-stopped`
   */
  async begin({ refund, leaseId }: RefundClaim, intent: RefundIntent): Promise<SentRefund> {
    const now = this.clock.now();
    const parts = intent.paymentParts === null ? null : [...intent.paymentParts];
    const sent = { ...intent, paymentParts: parts, sentAt: now };
    const changes = { ...sent, leaseUntil: secondsAfter(now, this.callSecondsOf(refund)), lastError: null };
    const why = { cause: 'sending begins', actor: ACTOR };
    await this.database.transaction(async (session) => {
      await this.killSwitch.assertReleased(session);
      await this.accounts.assertEnabled(session, refund.gatewayAccount);
      await this.stops.assertNoStop(session, refundStopSql('$1'), [refund.chargeId]);
      await this.refunds.transition(session, refund, 'send', why, changes, { leaseId });
    });
    return { ...refund, ...sent, state: 'Refunding' };
  }

  /**
   * Keeps the lease once more, just before the first byte leaves: whoever slept past it is not the one to send any more,
   * because others have begun to find out what became of the refund, or know it.
   *
   * @throws {DomainError} `lease-lost`
   */
  async stillMine({ refund, leaseId }: RefundClaim): Promise<void> {
    await this.refunds.renew({ id: refund.id, leaseId }, secondsAfter(this.clock.now(), this.callSecondsOf(refund)));
  }

  /**
   * Money moved: the settlement log tells it, and what it means to the subscription follows, in the same transaction.
   *
   * @param session the transaction it belongs to; one of its own without it
   */
  async succeed(
    refund: Refund,
    { lookAgainAt = null, transferStatus, ...result }: RefundResult,
    why: RefundCause,
    holder?: Holder,
    session?: SqlSession,
  ): Promise<void> {
    const at = this.clock.now();
    const nextAttemptAt = lookAgainAt ?? this.transfers.nextLook(transferStatus, at);
    const changes = { ...result, ...ENDED, nextAttemptAt, endedAt: at };
    const current = { id: refund.id, state: await this.stateOf(refund, holder, session) };
    await this.ending(refund, why, session, async (session) => {
      await this.refunds.transition(session, current, 'succeed', why, changes, holder);
      await this.transfers.note(session, refund, transferStatus, at);
      await this.settlement.refund(session, { sql: REFUND_OUTCOME_SQL, parameters: [refund.id] }, at);
      await crashPoint('refund.before-commit');
    });
  }

  /**
   * Money moved without us, as a person found out: recorded as a refund that is asked for and made at once.
   *
   * @returns the refund's id
   * @throws unique violation `refund_open_once` while one of ours has not ended; check violation `refund_total_within_amount`
   */
  async recordOutside(session: SqlSession, asked: OutsideRefundFields, result: OutsideResult): Promise<string> {
    const at = this.clock.now();
    const why = { cause: 'made by the gateway without us', actor: asked.requestedBy, reason: asked.reason };
    const id = await this.refunds.create(session, { ...asked, outside: true, state: 'Requested' }, why);
    const made = { ...result, resultCode: RESULT_OUTSIDE, ...ENDED, endedAt: at };
    await this.refunds.transition(session, { id, state: 'Requested' }, 'record', why, made);
    await this.settlement.refund(session, { sql: REFUND_OUTCOME_SQL, parameters: [id] }, at);
    await crashPoint('refund.before-commit');
    return id;
  }

  /**
   * What was recorded as money that moved did not move: the settlement log tells that too, and what it means to the subscription
   * follows, in the same transaction.
   */
  async reverse(session: SqlSession, { id }: Refund, why: RefundCause, holder?: Holder): Promise<void> {
    await this.refunds.transition(session, { id, state: 'Refunded' }, 'reverse', why, { nextAttemptAt: null }, holder);
    await this.settlement.refund(session, { sql: REVERSAL_OUTCOME_SQL, parameters: [id] }, this.clock.now());
    await crashPoint('refund.before-commit');
  }

  /** No money moved, and none will by this refund. @param session as for {@link succeed} */
  async fail(
    refund: Refund,
    result: Omit<RefundResult, 'lookAgainAt' | 'transferStatus'>,
    why: RefundCause,
    holder?: Holder,
    session?: SqlSession,
  ): Promise<void> {
    const changes = { ...result, ...ENDED, endedAt: this.clock.now() };
    const current = { id: refund.id, state: await this.stateOf(refund, holder, session) };
    await this.ending(refund, why, session, (session) =>
      this.refunds.transition(session, current, 'fail', why, changes, holder),
    );
  }

  /** @param lookAt when to ask the gateway; `null` leaves it to a person */
  async doubt(refund: Refund, doubt: string, lookAt: Date | null, holder: Holder): Promise<void> {
    const changes = { ...RELEASED, doubt, inDoubtSince: this.clock.now(), attempts: 0, nextAttemptAt: lookAt };
    const why = { cause: 'outcome unknown', actor: ACTOR, reason: doubt };
    await this.database.transaction((session) =>
      this.refunds.transition(session, refund, 'doubt', why, changes, holder),
    );
  }

  /** Takes the intent back, which is right only when it is certain that the gateway has not taken it. */
  async withdraw(refund: Refund, reason: string, retryAt: Date, holder: Holder): Promise<void> {
    const changes = {
      ...RELEASED,
      ...NOT_SENT,
      attempts: refund.attempts + 1,
      nextAttemptAt: retryAt,
      lastError: reason,
    };
    const why = { cause: 'not taken by the gateway', actor: ACTOR, reason };
    await this.database.transaction((session) =>
      this.refunds.transition(session, refund, 'withdraw', why, changes, holder),
    );
  }

  private callSecondsOf({ gateway }: Refund): number {
    return this.gateways.refunding(gateway).longestCallMs / 1000 + LEASE_MARGIN_SECONDS;
  }

  /** What somebody said of it has nothing to wait for any more; looked for first, as approving locks in this order. */
  private async ending(
    { id }: Refund,
    { cause, actor, reason = cause }: RefundCause,
    session: SqlSession | undefined,
    work: (session: SqlSession) => Promise<void>,
  ): Promise<void> {
    if (session !== undefined) return work(session);
    await this.database.transaction(async (own) => {
      await this.approvals.withdrawOf(own, 'refund-doubt', id, { actor, reason });
      await work(own);
    });
  }

  /** An answer counts even if it comes so late that another replica has given up waiting for it. */
  private async stateOf(
    refund: Refund,
    holder: Holder | undefined,
    session: SqlSession | undefined,
  ): Promise<RefundState> {
    const isLate = holder !== undefined && 'sendingId' in holder;
    const current = isLate ? await this.refunds.find(refund.id, session) : undefined;
    return current?.state === 'Unknown' ? 'Unknown' : refund.state;
  }
}

const ACTOR = 'billing-scheduler';

const ENDED = { ...RELEASED, nextAttemptAt: null, lastError: null };

/** A refund as an outcome of its charge; its totals are right already. */
const outcomeSql = (kind: string, code: string, message: string): string => `
  SELECT charge.id AS charge_id, charge.subscription_id, charge.period_start_on, ${kind} AS kind,
    refund.amount, refund.gateway, refund.transaction_id, ${code}, ${message}, charge.bulk_payment_job_id,
    NULL::integer AS result_line_number, NULL::bigint AS discrepancy_id, refund.id AS refund_id
  FROM refund
  JOIN charge ON charge.id = refund.charge_id
  JOIN refund_total ON refund_total.charge_id = charge.id
  WHERE refund.id = $1`;

const REFUND_OUTCOME_SQL = outcomeSql(
  `CASE WHEN refund_total.refunded_amount = charge.amount THEN 'refunded' ELSE 'partially-refunded' END`,
  'refund.result_code',
  'refund.result_message',
);

const REVERSAL_OUTCOME_SQL = outcomeSql(
  `'refund-reversed'`,
  `'reversed' AS result_code`,
  `(SELECT reason FROM refund_history WHERE refund_id = refund.id AND to_state = 'Reversed') AS result_message`,
);
