import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import type { LineStop } from './line-stop.entity';
import { LineStopRepository, type LineStopPage, type Resolution, type Violations } from './line-stop.repository';

/** A mistake on our side may raise thousands; telling of them must not keep the checks waiting. */
const TOLD_AT_ONCE = 100;

/** Stops the line: parks a job or subscription whose money is not as it must be, until a person has resolved it. */
@Injectable()
export class LineStops {
  constructor(
    private readonly stops: LineStopRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  list(page: LineStopPage): Promise<LineStop[]> {
    return this.stops.list(page);
  }

  /** @throws {DomainError} `line-stop-not-found` */
  async get(id: string): Promise<LineStop> {
    const stop = await this.stops.find(id);
    if (stop === undefined) throw new DomainError('line-stop-not-found', `There is no line stop ${id}`);
    return stop;
  }

  /** @returns the open stop that parks each of these jobs, by job */
  parking(jobIds: readonly string[]): Promise<Map<string, LineStop>> {
    return this.stops.parking(jobIds);
  }

  /**
   * Raises violations in the transaction that found them; those raised before are left as they are.
   *
   * @param actor who found them
   */
  async raise(session: SqlSession, violations: Violations, actor: string): Promise<void> {
    const raised = await this.stops.raise(session, violations, actor, this.clock.now());
    if (raised > 0) await wakeBilling(session);
  }

  /**
   * Lets what it parked go on.
   *
   * @param version the only one it may be resolved in, when there is one
   * @throws {DomainError} `line-stop-not-found`; `invalid-request` when it says something of customers that the stop is
   *   not about; `state-conflict` when it is resolved already; `version-conflict`
   */
  async resolve(id: string, decision: Omit<Resolution, 'at'>, version?: string): Promise<LineStop> {
    const { kind } = await this.get(id);
    if (decision.differentCustomers === true && kind !== 'customer-charged-twice') {
      const expected = 'only for a line stop of the kind customer-charged-twice';
      throw new DomainError('invalid-request', `Line stop ${id} is about one customer or none`, {
        faults: [{ field: 'differentCustomers', expected }],
      });
    }
    await this.database.transaction(async (session) => {
      await this.stops.resolve(session, id, { ...decision, at: this.clock.now() }, version);
      await wakeBilling(session);
    });
    return this.get(id);
  }

  /**
   * Tells of stops in the log, each by one of all replicas. Told first and noted then: whoever dies in between leaves it
   * to the next to tell again, because a stop nobody hears of is worse than one told twice.
   *
   * @returns of how many it told
   */
  async tell(): Promise<number> {
    if (!(await this.stops.isAnyUntold())) return 0;
    return this.database.transaction(async (session) => {
      const stops = await this.stops.lockUntold(session, TOLD_AT_ONCE);
      this.log(stops);
      await crashPoint('check-line.told');
      await this.stops.markTold(session, stops, this.clock.now());
      return stops.length;
    });
  }

  private log(stops: readonly LineStop[]): void {
    for (const { id, bulkPaymentJobId: jobId, ...stop } of stops) {
      const { kind, violation, evidence, subscriptionId } = stop;
      const fields = { lineStopId: id, kind, violation, jobId, subscriptionId, evidence };
      this.logger.error('line stopped: what it parks moves no more money until a person resolves it', fields);
    }
  }
}
