import { Injectable } from '@nestjs/common';
import { In, IsNull, Raw, type FindOptionsWhere } from 'typeorm';
import { DomainError } from '../kernel/errors';
import { Database, type SqlSession } from '../platform/database';
import { move, type Aggregate } from '../platform/work';
import { LineStop } from './line-stop.entity';
import {
  LINE_STOP_FIRST_STATES,
  LINE_STOP_TRANSITIONS,
  type LineStopKind,
  type LineStopState,
} from './line-stop.state';
import { ParkedRooms, type NotedBy, type StopNote } from './parked';

/** Which stops to list: newest first, `beforeId` exclusive. */
export interface LineStopPage {
  state?: LineStopState | undefined;
  kind?: LineStopKind | undefined;
  jobId?: string | undefined;
  subscriptionId?: string | undefined;
  /** By its evidence. */
  orderNo?: string | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Violations, as a query that many can use. */
export interface Violations {
  /** A SELECT of kind, bulk_payment_job_id, subscription_id (one of the two; neither parks nothing), violation and evidence. */
  sql: string;
  parameters: readonly unknown[];
}

/** Who resolved a stop, when and why. */
export interface Resolution {
  actor: string;
  reason: string;
  at: Date;
  /** Those it took for one customer are several: nothing is raised again because they look alike. */
  differentCustomers?: boolean;
}

/** It keeps no history: who resolved it, when and why stands in the row. */
const LINE_STOP: Aggregate<LineStop, typeof LINE_STOP_TRANSITIONS> = {
  name: 'line stop',
  rows: LineStop,
  subject: 'lineStopId',
  transitions: LINE_STOP_TRANSITIONS,
  firstStates: LINE_STOP_FIRST_STATES,
};

/** Any constant nobody else locks; see {@link LineStopRepository.assertMaySubmit}. */
const LINE_STOP_LOCK = 7_261_543_006;

/**
 * Whether an open stop parks `subscription`, so that nothing more is charged to it. The few that are parked are read once,
 * and not looked for with each of a million others.
 */
export const PARKED_SUBSCRIPTION_SQL = `(subscription.id IN (
    SELECT line_stop.subscription_id FROM line_stop
    WHERE line_stop.state = 'Open' AND line_stop.subscription_id IS NOT NULL))`;

@Injectable()
export class LineStopRepository {
  constructor(
    private readonly database: Database,
    private readonly rooms: ParkedRooms,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<LineStop | undefined> {
    return (await session.manager.findOneBy(LineStop, { id })) ?? undefined;
  }

  list(
    { state, kind, jobId, subscriptionId, orderNo, beforeId, limit }: LineStopPage,
    session: SqlSession = this.database,
  ): Promise<LineStop[]> {
    const query = session.manager.createQueryBuilder(LineStop, 'stop').orderBy('stop.id', 'DESC').limit(limit);
    if (state !== undefined) query.andWhere('stop.state = :state', { state });
    if (kind !== undefined) query.andWhere('stop.kind = :kind', { kind });
    if (jobId !== undefined) query.andWhere('stop.bulkPaymentJobId = :jobId', { jobId });
    if (subscriptionId !== undefined) query.andWhere('stop.subscriptionId = :subscriptionId', { subscriptionId });
    if (orderNo !== undefined) query.andWhere(`stop.evidence ->> 'orderNo' = :orderNo`, { orderNo });
    if (beforeId !== undefined) query.andWhere('stop.id < :beforeId', { beforeId });
    return query.getMany();
  }

  /**
   * Raises what was not raised before, and notes it in the history of what it parks.
   *
   * It is looked for first without the lock: a look takes seconds where much has happened, nearly always finds nothing, and
   * no payment should wait for it.
   *
   * @returns how many are new
   */
  async raise(session: SqlSession, { sql, parameters }: Violations, actor: string, at: Date): Promise<number> {
    const [isNew] = await session.rows(
      `SELECT FROM (${sql}) AS found WHERE NOT EXISTS (
         SELECT FROM line_stop WHERE line_stop.kind = found.kind AND line_stop.violation = found.violation) LIMIT 1`,
      parameters,
    );
    if (isNew === undefined) return 0;
    await session.rows('SELECT pg_advisory_xact_lock($1)', [LINE_STOP_LOCK]);
    const raised = await session.rows<NotedStop>(
      `INSERT INTO line_stop (kind, bulk_payment_job_id, subscription_id, violation, evidence, raised_at)
       SELECT kind, bulk_payment_job_id, subscription_id, violation, evidence, $${parameters.length + 1}::timestamptz
       FROM (${sql}) AS found
       ON CONFLICT (kind, violation) DO NOTHING
       RETURNING ${NOTED_COLUMNS}`,
      [...parameters, at],
    );
    await this.note(session, raised, ({ id, kind }) => `parked by line stop ${id}: ${kind}`, {
      actor,
      at,
      reason: null,
    });
    return raised.length;
  }

  /**
   * @param version the only one it may be resolved in, when there is one
   * @throws {DomainError} `state-conflict` when it is resolved already; `version-conflict`
   */
  async resolve(
    session: SqlSession,
    stop: NotedStop,
    { actor, reason, at, differentCustomers = false }: Resolution,
    version?: string,
  ): Promise<void> {
    const changes = { resolvedAt: at, resolvedBy: actor, resolutionReason: reason, differentCustomers };
    const why = { cause: 'resolve', actor, reason, at };
    await move(session, LINE_STOP, { id: stop.id, state: 'Open' }, 'resolve', why, { changes, guard: { version } });
    await this.note(session, [stop], ({ id, kind }) => `line stop ${id} resolved: ${kind}`, { actor, at, reason });
  }

  /** Resolves the stops of a kind that park a job, which what is done to the job dealt with. */
  async resolveOfJob(session: SqlSession, jobId: string, kind: LineStopKind, resolution: Resolution): Promise<void> {
    await this.resolveOpen(session, { bulkPaymentJobId: jobId, kind }, resolution);
  }

  /** The same of those of a kind whose evidence has these members, whatever they park. */
  async resolveByEvidence(
    session: SqlSession,
    kind: LineStopKind,
    members: object,
    resolution: Resolution,
  ): Promise<void> {
    const evidence = Raw((column) => `${column} @> :members`, { members: JSON.stringify(members) });
    await this.resolveOpen(session, { kind, evidence }, resolution);
  }

  /**
   * Called in the transaction that commits an intent to send, before it. Shares a lock that raising takes for itself: so
   * an intent is committed before a stop is raised, or sees it.
   *
   * @throws {DomainError} `line-stopped`
   */
  async assertMaySubmit(session: SqlSession, jobId: string): Promise<void> {
    await session.rows('SELECT pg_advisory_xact_lock_shared($1)', [LINE_STOP_LOCK]);
    await this.assertRunning(session, jobId);
  }

  /**
   * Called in the transaction that commits an intent, before it, as {@link assertMaySubmit} is.
   *
   * @param sql a SELECT of the `id` and `violation` of the stop that forbids it
   * @throws {DomainError} `line-stopped`
   */
  async assertNoStop(session: SqlSession, sql: string, parameters: readonly unknown[]): Promise<void> {
    await session.rows('SELECT pg_advisory_xact_lock_shared($1)', [LINE_STOP_LOCK]);
    const [stop] = await session.rows<{ id: string; violation: string }>(sql, parameters);
    if (stop === undefined) return;
    throw new DomainError('line-stopped', `Parked by line stop ${stop.id}: ${stop.violation}`, { lineStopId: stop.id });
  }

  /** @throws {DomainError} `line-stopped` while the job is parked */
  async assertRunning(session: SqlSession, jobId: string): Promise<void> {
    const [stop] = await session.rows<{ id: string; violation: string }>(
      'SELECT id, violation FROM line_stop WHERE id = line_stop_of_job($1)',
      [jobId],
    );
    if (stop === undefined) return;
    throw new DomainError('line-stopped', `Job ${jobId} is parked by line stop ${stop.id}: ${stop.violation}`, {
      lineStopId: stop.id,
    });
  }

  /** @returns the open stop that parks each of these jobs, by job; jobs that none parks are left out */
  async parking(jobIds: readonly string[]): Promise<Map<string, LineStop>> {
    const rows = await this.database.rows<{ job_id: string; stop_id: string }>(
      `SELECT job_id, stop_id FROM unnest($1::bigint[]) AS job (job_id), line_stop_of_job(job_id) AS stop (stop_id)
       WHERE stop_id IS NOT NULL`,
      [jobIds],
    );
    const stops = await this.database.manager.findBy(LineStop, { id: In(rows.map((row) => row.stop_id)) });
    const byId = new Map(stops.map((stop) => [stop.id, stop]));
    return new Map(rows.flatMap(({ job_id, stop_id }) => (byId.has(stop_id) ? [[job_id, byId.get(stop_id)!]] : [])));
  }

  /** Cheaper than to lock some. */
  isAnyUntold(): Promise<boolean> {
    return this.database.manager.existsBy(LineStop, { toldAt: IsNull() });
  }

  /** The oldest stops nobody was told of yet, but for those another replica tells of just now. */
  lockUntold(session: SqlSession, limit: number): Promise<LineStop[]> {
    const lock = { mode: 'pessimistic_write', onLocked: 'skip_locked' } as const;
    return session.manager.find(LineStop, { where: { toldAt: IsNull() }, order: { id: 'ASC' }, take: limit, lock });
  }

  async markTold(session: SqlSession, stops: readonly LineStop[], at: Date): Promise<void> {
    await session.manager.update(LineStop, { id: In(stops.map(({ id }) => id)) }, { toldAt: at });
  }

  /** Those that somebody else resolves meanwhile are left as they are. */
  private async resolveOpen(
    session: SqlSession,
    which: FindOptionsWhere<LineStop>,
    resolution: Resolution,
  ): Promise<void> {
    const lock = { mode: 'pessimistic_write' } as const;
    const stops = await session.manager.find(LineStop, {
      where: { ...which, state: 'Open' },
      order: { id: 'ASC' },
      lock,
    });
    for (const stop of stops) await this.resolve(session, stop, resolution);
  }

  /** Has the rooms whose things they park tell of it in their histories. */
  private async note(
    session: SqlSession,
    stops: readonly NotedStop[],
    causeOf: (stop: NotedStop) => string,
    by: NotedBy,
  ): Promise<void> {
    const ofKind = (key: 'bulkPaymentJobId' | 'subscriptionId'): StopNote[] =>
      stops.flatMap((stop) => (stop[key] === null ? [] : [{ id: stop[key], cause: causeOf(stop) }]));
    await this.rooms.noteStops(session, 'bulk-payment-job', ofKind('bulkPaymentJobId'), by);
    await this.rooms.noteStops(session, 'subscription', ofKind('subscriptionId'), by);
  }
}

/** Of a stop what a history tells. */
type NotedStop = Pick<LineStop, 'id' | 'kind' | 'bulkPaymentJobId' | 'subscriptionId'>;

const NOTED_COLUMNS = 'id, kind, bulk_payment_job_id AS "bulkPaymentJobId", subscription_id AS "subscriptionId"';
