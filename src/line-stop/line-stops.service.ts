import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type ApprovalRequest, type Person } from '../approval';
import { ApprovalConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { LineStop } from './line-stop.entity';
import { LineStopRepository, type LineStopPage, type Resolution, type Violations } from './line-stop.repository';
import { isAboutMoney, type LineStopKind } from './line-stop.state';

/** A mistake on our side may raise thousands; telling of them must not keep the checks waiting. */
const TOLD_AT_ONCE = 100;

/** A person's word that what a stop is about was looked into and dealt with. */
export interface ResolvingWord {
  by: Person;
  reason: string;
  /** Of `customer-charged-twice`, or of days charged already: those it took for one customer are several. */
  differentCustomers?: boolean | undefined;
}

/** Stops the line: parks a job or subscription whose money is not as it must be, until a person has resolved it. */
@Injectable()
export class LineStops implements OnModuleInit {
  constructor(
    private readonly stops: LineStopRepository,
    private readonly approvals: Approvals,
    private readonly policy: ApprovalConfig,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('line-stop', {
      carryOut: (session, approval, decision) => {
        const differentCustomers = approval.act.differentCustomers === 'true';
        const said = { actor: approval.requestedBy, reason: wordsOf(approval, decision), differentCustomers };
        return this.end(session, approval.subjectId, said);
      },
    });
  }

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
   * @returns whether any is new
   */
  async raise(session: SqlSession, violations: Violations, actor: string): Promise<boolean> {
    const raised = await this.stops.raise(session, violations, actor, this.clock.now());
    if (raised > 0) await wakeBilling(session);
    return raised > 0;
  }

  /**
   * Lets what it parked go on. A stop is what the evidence says, and resolving it is a person's word against it or beside it:
   * where it is about money, or says of customers that they are different, which nobody asks again, a second person must agree,
   * unless a setting says otherwise.
   *
   * @param version the only one it may be resolved in, when there is one
   * @returns what waits for a second person; `undefined` when none is needed and it is resolved
   * @throws {DomainError} `line-stop-not-found`; `invalid-request` when it says something of customers that the stop is
   *   not about; `state-conflict` when it is resolved already; `version-conflict`; `approval-open`
   */
  async resolve(id: string, word: ResolvingWord, version?: string): Promise<Approval | undefined> {
    const { by, reason, differentCustomers = false } = word;
    const stop = await this.get(id);
    if (differentCustomers && !isAboutSeveral(stop)) {
      const expected =
        'only for a line stop of the kind customer-charged-twice, or an unbillable one that names customers';
      throw new DomainError('invalid-request', `Line stop ${id} is about one customer or none`, {
        faults: [{ field: 'differentCustomers', expected }],
      });
    }
    return this.database.transaction(async (session) => {
      if (!this.policy.ofStops || !(isAboutMoney(stop.kind) || differentCustomers) || stop.state !== 'Open') {
        await this.approvals.withdrawOf(session, 'line-stop', id, { actor: by.actor, reason });
        await this.end(session, id, { actor: by.actor, reason, differentCustomers }, version);
        return undefined;
      }
      if (version !== undefined && version !== stop.version) {
        throw new DomainError('version-conflict', `Line stop ${id} was changed since you read it`);
      }
      return this.approvals.require(session, { ...askedOf(stop, differentCustomers), by, reason });
    });
  }

  /** Ends what waits for stops of a job that are about to be resolved by what is done to it; before its lock. */
  async withdrawOfJob(
    session: SqlSession,
    jobId: string,
    kind: LineStopKind,
    why: { actor: string; reason: string },
  ): Promise<void> {
    for (const { id } of await this.stops.list({ state: 'Open', kind, jobId, limit: TOLD_AT_ONCE }, session)) {
      await this.approvals.withdrawOf(session, 'line-stop', id, why);
    }
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

  private async end(session: SqlSession, id: string, said: Omit<Resolution, 'at'>, version?: string): Promise<void> {
    const stop = await session.manager.findOneByOrFail(LineStop, { id });
    await this.stops.resolve(session, stop, { ...said, at: this.clock.now() }, version);
    await wakeBilling(session);
  }

  private log(stops: readonly LineStop[]): void {
    for (const { id, bulkPaymentJobId: jobId, ...stop } of stops) {
      const { kind, violation, evidence, subscriptionId } = stop;
      const fields = { lineStopId: id, kind, violation, jobId, subscriptionId, evidence };
      this.logger.error('line stopped: what it parks moves no more money until a person resolves it', fields);
    }
  }
}

/** Whether it took several for one customer, and names them. */
function isAboutSeveral({ kind, evidence }: LineStop): boolean {
  return kind === 'customer-charged-twice' || (kind === 'unbillable' && 'customers' in evidence);
}

/** What a second person is asked of a stop, with its evidence in words. */
function askedOf(stop: LineStop, differentCustomers: boolean): Omit<ApprovalRequest, 'by' | 'reason'> {
  const { id, kind, violation, bulkPaymentJobId: jobId, subscriptionId } = stop;
  const parked = jobId === null ? subscriptionId && `subscription ${subscriptionId}` : `job ${jobId}`;
  const resolving = parked === null ? 'Resolve' : `Let ${parked} go on, resolving`;
  const told = differentCustomers ? ', as that of different customers' : '';
  return {
    kind: 'line-stop',
    subjectId: id,
    act: { differentCustomers: String(differentCustomers) },
    summary: `${resolving} line stop ${id} (${kind})${told}: ${violation}`,
    because: isAboutMoney(kind)
      ? 'it is evidence about money that moved or may have, and nothing that follows from it is done by resolving it'
      : 'all it names are charged from then on, and nobody is asked of them again',
  };
}
