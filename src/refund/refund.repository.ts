import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { QueryDeepPartialEntity } from 'typeorm';
import { DomainError } from '../kernel/errors';
import type { TimeRange } from '../kernel/seoul-calendar';
import { nextState } from '../kernel/transitions';
import { Clock, secondsAfter } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { Refund, RefundHistory } from './refund.entity';
import { REFUND_TRANSITIONS, type RefundEvent, type RefundState } from './refund.state';

/** What is to be done with a refund next; each condition is what a row must show for that work to be due, at `$1`. */
const REFUND_STAGES = {
  send: `state = 'Requested' AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
    AND (lease_until IS NULL OR lease_until <= $1) AND NOT EXISTS (SELECT FROM kill_switch WHERE engaged)`,
  // Whoever sent it has not come back with an answer, and nobody may send it again.
  'give-up-waiting': `state = 'Refunding' AND lease_until <= $1`,
  resolve: `state = 'Unknown' AND next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)`,
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
  /** When they were asked for. */
  requested?: TimeRange | undefined;
}

export type RefundChanges = QueryDeepPartialEntity<Refund>;

/** Who or what moves a refund, for its history. */
export interface RefundCause {
  cause: string;
  actor: string;
  reason?: string;
}

/** What writes of a refund are guarded by, beside its state. */
type Guard = { leaseId: string } | { sendingId: string } | { version: string };

@Injectable()
export class RefundRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<Refund | undefined> {
    return (await this.database.manager.findOneBy(Refund, { id })) ?? undefined;
  }

  async findByReference(chargeId: string, reference: string): Promise<Refund | undefined> {
    return (await this.database.manager.findOneBy(Refund, { chargeId, reference })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(filter: RefundFilter, page: { beforeId: string | undefined; limit: number }): Promise<Refund[]> {
    const query = this.database.manager.createQueryBuilder(Refund, 'refund').orderBy('refund.id', 'DESC');
    if (filter.chargeId !== undefined) query.andWhere('refund.chargeId = :chargeId', { chargeId: filter.chargeId });
    if (filter.state !== undefined) query.andWhere('refund.state = :state', { state: filter.state });
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

  /** What T store said last of a refund's payment, when it was asked after the refund was sent. */
  async lookupAfterSending({ transactionId, sentAt }: Refund): Promise<{ at: Date; said: string } | undefined> {
    const [lookup] = await this.database.rows<{ at: Date; said: string }>(
      `SELECT at, concat_ws(' ', found ->> 'status', found ->> 'reason', found ->> 'message', found ->> 'updatedAt', message) AS said
       FROM transaction_lookup WHERE transaction_id = $1 AND answer <> 'unknown' AND at > $2 ORDER BY id DESC LIMIT 1`,
      [transactionId, sentAt],
    );
    return lookup;
  }

  /**
   * Stores a new refund with the first entry of its history. @returns its id
   *
   * @throws unique violation `refund_open_once` while another one of the charge is open; check violations
   *   `refund_total_within_amount`, `payment_refund_total_within_amount`, `refund_of_a_payment`
   */
  async create(session: SqlSession, fields: RefundChanges & { state: RefundState }, why: RefundCause): Promise<string> {
    const at = this.clock.now();
    const inserted = await session.manager.insert(Refund, { ...fields, requestedAt: at });
    const id = String(inserted.identifiers[0]?.id);
    await session.manager.insert(RefundHistory, { refundId: id, toState: fields.state, ...why, at });
    return id;
  }

  /** Whether any refund waits for a stage: cheaper than to claim one. */
  async isDue(stage: RefundStage): Promise<boolean> {
    const due = await this.database.rows(
      `SELECT FROM refund WHERE ended_at IS NULL AND ${REFUND_STAGES[stage]} LIMIT 1`,
      [this.clock.now()],
    );
    return due.length > 0;
  }

  /** Claims the oldest refund that is due for a stage and that nobody holds; those that were tried before come last. */
  async claim(stage: RefundStage, leaseSeconds: number): Promise<RefundClaim | undefined> {
    const now = this.clock.now();
    const leaseId = randomUUID();
    const [claimed] = await this.database.rows<{ id: string }>(
      `UPDATE refund SET lease_id = $2, lease_until = $3
       WHERE id = (
         SELECT id FROM refund WHERE ended_at IS NULL AND ${REFUND_STAGES[stage]}
         ORDER BY attempts, id LIMIT 1
         FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [now, leaseId, secondsAfter(now, leaseSeconds)],
    );
    if (claimed === undefined) return undefined;
    // Found under the lease, or not at all when it was lost between the two statements.
    const refund = await this.database.manager.findOneBy(Refund, { id: claimed.id, leaseId });
    return refund === null ? undefined : { refund, leaseId };
  }

  /** Keeps a claim until another instant. @throws {DomainError} `lease-lost` */
  async renew({ id, leaseId }: { id: string; leaseId: string }, leaseUntil: Date): Promise<void> {
    const { affected } = await this.database.manager.update(Refund, { id, leaseId }, { leaseUntil });
    if (affected !== 1) throw new DomainError('lease-lost', `refund ${id} was taken over by another replica`);
  }

  /** Gives the claim back, due again at `at`; `null` leaves it to a person. Does nothing once it is not as claimed. */
  async postpone({ refund, leaseId }: RefundClaim, at: Date | null, changes: RefundChanges): Promise<void> {
    await this.database.manager.update(
      Refund,
      { id: refund.id, leaseId, state: refund.state },
      { ...changes, ...RELEASED, attempts: refund.attempts + 1, nextAttemptAt: at },
    );
  }

  /**
   * Moves a refund along its transition table by one guarded statement and appends to its history, in the caller's
   * transaction.
   *
   * @throws {DomainError} `state-conflict` when the event is not allowed, or somebody else moved it meanwhile;
   *   `version-conflict` when it is not as it was in the version that guards it
   */
  async transition(
    session: SqlSession,
    refund: { id: string; state: RefundState },
    event: RefundEvent,
    why: RefundCause,
    changes: RefundChanges,
    guard?: Guard,
  ): Promise<void> {
    const toState = nextState<RefundState, RefundEvent>(REFUND_TRANSITIONS, refund.state, event);
    if (toState === undefined) throw conflict(refund, event);
    const { affected } = await session.manager.update(
      Refund,
      { id: refund.id, state: refund.state, ...guard },
      { ...changes, state: toState },
    );
    if (affected !== 1) throw isOfVersion(guard) ? versionConflict(refund) : conflict(refund, event);
    const at = this.clock.now();
    const entry = { refundId: refund.id, fromState: refund.state, toState, ...why, at };
    await session.manager.insert(RefundHistory, entry);
  }
}

export const RELEASED = { leaseId: null, leaseUntil: null } satisfies RefundChanges;

/** What a person has seen, where a change is to be of that only. */
export function guardOf(version: string | undefined): { version: string } | undefined {
  return version === undefined ? undefined : { version };
}

function isOfVersion(guard: Guard | undefined): boolean {
  return guard !== undefined && 'version' in guard;
}

function versionConflict({ id }: { id: string }): DomainError {
  return new DomainError('version-conflict', `Refund ${id} was changed since you read it`);
}

function conflict(refund: { id: string; state: RefundState }, event: RefundEvent): DomainError {
  const message = `refund ${refund.id} can’t ${event}: it is not ${refund.state} any more, or may not`;
  return new DomainError('state-conflict', message, { refundId: refund.id });
}
