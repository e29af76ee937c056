import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { TimeRange } from '../kernel/seoul-calendar';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import {
  UNHELD_SQL,
  begin,
  claim,
  move,
  writeHeld,
  writeIfHeld,
  type Aggregate,
  type Cause,
  type Changes,
  type Guard,
} from '../platform/work';
import { Refund, RefundHistory } from './refund.entity';
import { tellsSql, type FoundTransaction } from '../transaction-lookup';
import { refundStopSql } from './refund-stop.sql';
import { REFUND_FIRST_STATES, REFUND_TRANSITIONS, type RefundEvent, type RefundState } from './refund.state';

const REFUND: Aggregate<Refund, typeof REFUND_TRANSITIONS> = {
  name: 'refund',
  rows: Refund,
  history: RefundHistory,
  subject: 'refundId',
  transitions: REFUND_TRANSITIONS,
  firstStates: REFUND_FIRST_STATES,
};

/**
 * What is to be done with a refund next; each condition is what a row must show for that work to be due, at `$1`. Each is an
 * index's own: those that have ended lie outside that of what waits for an end.
 */
const REFUND_STAGES = {
  send: `ended_at IS NULL AND state = 'Requested' AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
    AND NOT EXISTS (SELECT FROM kill_switch WHERE engaged) AND NOT EXISTS (${refundStopSql('refund.charge_id')})`,
  // Whoever sent it has not come back with an answer, and nobody may send it again.
  'give-up-waiting': `ended_at IS NULL AND state = 'Refunding' AND lease_until <= $1`,
  resolve: `ended_at IS NULL AND state = 'Unknown' AND next_attempt_at <= $1`,
  // Persons said that it was made, and the gateway's record did not show it then.
  'look-again': `state = 'Refunded' AND next_attempt_at <= $1`,
} as const;

export type RefundStage = keyof typeof REFUND_STAGES;

/** A refund as it was when claimed, and the lease that guards what is written of it. */
export interface RefundClaim {
  readonly refund: Refund;
  readonly leaseId: string;
}

/** Which refunds to list; what is `undefined` does not matter. */
export interface RefundFilter {
  chargeId?: string | undefined;
  state?: RefundState | undefined;
  gateway?: GatewayName | undefined;
  gatewayAccount?: string | undefined;
  /** When they were asked for. */
  requested?: TimeRange | undefined;
}

export type RefundChanges = Changes<Refund>;

/** What the gateway said of a payment since some time, and just before a refund of it was sent. */
export interface SeenSince {
  at: Date;
  /** In one line, for people. */
  said: string;
  found: FoundTransaction | null;
  baseline: FoundTransaction | null;
}

/** Who or what moves a refund, for its history. */
export type RefundCause = Omit<Cause, 'at'>;

/** What writes of a refund are guarded by, beside its state. */
type RefundGuard = Guard & ({ leaseId: string } | { sendingId: string } | { version: string });

@Injectable()
export class RefundRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<Refund | undefined> {
    return (await session.manager.findOneBy(Refund, { id })) ?? undefined;
  }

  async findByReference(chargeId: string, reference: string): Promise<Refund | undefined> {
    return (await this.database.manager.findOneBy(Refund, { chargeId, reference })) ?? undefined;
  }

  /** The one refund of a charge that has not ended. */
  async findOpen(chargeId: string, session: SqlSession = this.database): Promise<Refund | undefined> {
    return (await session.manager.findOneBy(Refund, { chargeId, endedAt: IsNull() })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(filter: RefundFilter, page: { beforeId: string | undefined; limit: number }): Promise<Refund[]> {
    const query = this.database.manager.createQueryBuilder(Refund, 'refund').orderBy('refund.id', 'DESC');
    if (filter.chargeId !== undefined) query.andWhere('refund.chargeId = :chargeId', { chargeId: filter.chargeId });
    if (filter.state !== undefined) query.andWhere('refund.state = :state', { state: filter.state });
    const { gateway, gatewayAccount } = filter;
    if (gateway !== undefined) query.andWhere('refund.gateway = :gateway', { gateway });
    if (gatewayAccount !== undefined) query.andWhere('refund.gatewayAccount = :gatewayAccount', { gatewayAccount });
    const { from, until } = filter.requested ?? {};
    if (from !== undefined) query.andWhere('refund.requestedAt >= :from', { from });
    if (until !== undefined) query.andWhere('refund.requestedAt < :until', { until });
    if (page.beforeId !== undefined) query.andWhere('refund.id < :beforeId', { beforeId: page.beforeId });
    return query.limit(page.limit).getMany();
  }

  /** Changes of state, oldest first. */
  history(refundId: string): Promise<RefundHistory[]> {
    return this.database.manager.find(RefundHistory, { where: { refundId }, order: { id: 'ASC' } });
  }

  /** What the gateway said last of a refund's payment, when it was asked after the refund was sent. */
  lookupAfterSending(refund: Refund, session?: SqlSession): Promise<SeenSince | undefined> {
    return this.lookupSince(refund, refund.sentAt, session);
  }

  /** The same, when it was asked after the refund had ended. */
  lookupAfterEnd(refund: Refund, session?: SqlSession): Promise<SeenSince | undefined> {
    return this.lookupSince(refund, refund.endedAt, session);
  }

  private async lookupSince(
    { gateway, gatewayAccount, transactionId, baselineLookupId }: Refund,
    since: Date | null,
    session: SqlSession = this.database,
  ): Promise<SeenSince | undefined> {
    const [seen] = await session.rows<SeenSince>(
      `SELECT lookup.at, lookup.found, baseline.found AS baseline,
         concat_ws(' ', lookup.found ->> 'status', lookup.found ->> 'reason', lookup.found ->> 'message',
           lookup.found ->> 'updatedAt', lookup.message) AS said
       FROM transaction_lookup AS lookup LEFT JOIN transaction_lookup AS baseline ON baseline.id = $5
       WHERE lookup.transaction_id = $1 AND lookup.gateway = $3 AND lookup.gateway_account = $4
         AND ${tellsSql('lookup.answer')} AND lookup.at > $2
       ORDER BY lookup.id DESC LIMIT 1`,
      [transactionId, since, gateway, gatewayAccount, baselineLookupId],
    );
    return seen;
  }

  /**
   * Stores a new refund with the first entry of its history. @returns its id
   *
   * @throws unique violation `refund_open_once` while another one of the charge is open; check violations
   *   `refund_total_within_amount`, `payment_refund_total_within_amount`, `refund_of_a_payment`
   */
  create(
    session: SqlSession,
    { state, ...fields }: RefundChanges & { state: RefundState },
    why: RefundCause,
  ): Promise<string> {
    const at = this.clock.now();
    return begin(session, REFUND, state, { ...fields, requestedAt: at }, { ...why, at });
  }

  /** Of these accounts, those of which a refund waits for a stage; first that whose has waited longest. */
  async dueOf(stage: RefundStage, accounts: readonly string[]): Promise<string[]> {
    const due = await this.database.rows<{ account: string }>(
      `SELECT gateway_account AS account FROM refund
       WHERE ${REFUND_STAGES[stage]} AND gateway_account = ANY ($2) AND ${UNHELD_SQL}
       GROUP BY gateway_account ORDER BY min(attempts), min(id)`,
      [this.clock.now(), accounts],
    );
    return due.map(({ account }) => account);
  }

  /**
   * Claims the oldest refund that is due for a stage and that nobody holds; those that were tried before come last.
   *
   * @param accounts the only ones whose refunds are meant, where some are
   */
  async claim(
    stage: RefundStage,
    leaseSeconds: number,
    accounts?: readonly string[],
  ): Promise<RefundClaim | undefined> {
    const among =
      accounts === undefined
        ? { where: REFUND_STAGES[stage] }
        : { where: `${REFUND_STAGES[stage]} AND gateway_account = ANY ($2)`, parameters: [accounts] };
    const due = { ...among, orderBy: 'attempts, id', now: this.clock.now(), leaseSeconds };
    const claimed = await claim(this.database, Refund, due);
    return claimed && { refund: claimed.row, leaseId: claimed.leaseId };
  }

  /** Keeps a claim until another instant. @throws {DomainError} `lease-lost` */
  async renew(held: { id: string; leaseId: string }, leaseUntil: Date): Promise<void> {
    await writeHeld(this.database, REFUND, held, { leaseUntil });
  }

  /** Gives the claim on one that had ended back, to be looked at again at `at`, or never more. @throws {DomainError} `lease-lost` */
  async lookedAgain(session: SqlSession, { refund, leaseId }: RefundClaim, at: Date | null): Promise<void> {
    const changes = { ...RELEASED, attempts: 0, nextAttemptAt: at, lastError: null };
    await writeHeld(session, REFUND, { id: refund.id, leaseId }, changes);
  }

  /** Gives the claim back with nothing done and nothing failed. Does nothing once it is not as claimed. */
  async giveBack({ refund, leaseId }: RefundClaim): Promise<void> {
    await writeIfHeld(this.database, REFUND, { id: refund.id, leaseId, state: refund.state }, RELEASED);
  }

  /** Gives the claim back, due again at `at`; `null` leaves it to a person. Does nothing once it is not as claimed. */
  async postpone({ refund, leaseId }: RefundClaim, at: Date | null, changes: RefundChanges): Promise<void> {
    const postponed = { ...changes, ...RELEASED, attempts: refund.attempts + 1, nextAttemptAt: at };
    await writeIfHeld(this.database, REFUND, { id: refund.id, leaseId, state: refund.state }, postponed);
  }

  /**
   * Moves a refund along its transition table and appends to its history, in the caller's transaction.
   *
   * @throws {DomainError} `state-conflict` when the event is not allowed, or somebody else moved it meanwhile;
   *   `lease-lost`, `version-conflict` when it is not as in the guard
   */
  transition(
    session: SqlSession,
    refund: { id: string; state: RefundState },
    event: RefundEvent,
    why: RefundCause,
    changes: RefundChanges,
    guard?: RefundGuard,
  ): Promise<void> {
    return move(session, REFUND, refund, event, { ...why, at: this.clock.now() }, { changes, guard });
  }
}

export const RELEASED = { leaseId: null, leaseUntil: null } satisfies RefundChanges;

/** What a person has seen, where a change is to be of that only. */
export function guardOf(version: string | undefined): { version: string } | undefined {
  return version === undefined ? undefined : { version };
}
