import { Injectable } from '@nestjs/common';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../../kernel/step-report';
import { LineStops } from '../../line-stop';
import { BulkPaymentJobRepository } from '../job/bulk-payment-job.repository';
import { Clock, secondsAfter } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, type SqlSession } from '../../platform/database';
import { GatewayContradictions } from './gateway-contradictions';
import { KEEP_TAKEN_JOBS_SQL, PAID_BESIDE_TAKEN_SQL, UNRAISED_CONTRADICTIONS_SQL } from './gateway-contradictions.sql';
import {
  CUSTOMER_CHARGED_TWICE_SQL,
  DECLINED_WITH_TRANSACTION_SQL,
  PAID_AFTER_ALL_SQL,
  PAYMENT_SEEN_SQL,
  PAYMENT_REFUNDED_TOO_MUCH_SQL,
  TRANSACTION_SETTLED_TWICE_SQL,
} from './payment-checks.sql';
import { NUMBERS_DIFFER_SQL, PERIOD_PAID_TWICE_SQL, REFUNDED_TOO_MUCH_SQL } from './line-checks.sql';

const ACTOR = 'line-checks';

/** Entries looked at by one transaction: a second's work at most. */
const BATCH_ENTRIES = 20_000;

const DAY_SECONDS = 86_400;

/** What a check looks through, a batch at a time: the settlement log, or what the gateway said when it was asked. */
const SOURCES = {
  settlement: 'SELECT position FROM settlement WHERE position > $1 ORDER BY position',
  transaction_lookup: 'SELECT id AS position FROM transaction_lookup WHERE id > $1 ORDER BY id',
} as const;

interface CheckByPosition {
  source: keyof typeof SOURCES;
  /** What must stay as it is from the look to the commit. */
  keep?: string;
  sql: string;
}

/** Of each check what it looks through, and for what; by the name under which `line_check` says how far it has looked. */
export const CHECKS_BY_POSITION: ReadonlyMap<string, CheckByPosition> = new Map(
  Object.entries<CheckByPosition>({
    'period-paid-twice': { source: 'settlement', sql: PERIOD_PAID_TWICE_SQL },
    'paid-beside-taken': { source: 'settlement', keep: KEEP_TAKEN_JOBS_SQL, sql: PAID_BESIDE_TAKEN_SQL },
    'customer-charged-twice': { source: 'settlement', sql: CUSTOMER_CHARGED_TWICE_SQL },
    'transaction-settled-twice': { source: 'settlement', sql: TRANSACTION_SETTLED_TWICE_SQL },
    'declined-with-transaction': { source: 'settlement', sql: DECLINED_WITH_TRANSACTION_SQL },
    'paid-after-all': { source: 'settlement', sql: PAID_AFTER_ALL_SQL },
    'payment-seen': { source: 'transaction_lookup', sql: PAYMENT_SEEN_SQL },
    'refunded-too-much': { source: 'settlement', sql: REFUNDED_TOO_MUCH_SQL },
    'payment-refunded-too-much': { source: 'settlement', sql: PAYMENT_REFUNDED_TOO_MUCH_SQL },
  }),
);

/** Jobs are looked at once, however late, and again once a day, for so long after settling and each decision: what was right can be made wrong by hand. */
const LOOK_AGAIN_DAYS = 31;

/**
 * The checks that production makes of itself, and that stop the line: each looks at what is new since it looked last, in
 * whichever replica comes first. A check made later looks at all that was settled before, batch by batch, beside the others.
 * What can be known before money is lost is checked where it happens: reconciliation finds orders that were charged twice,
 * and whoever hears the gateway finds its contradictions.
 */
@Injectable()
export class LineChecks {
  constructor(
    private readonly stops: LineStops,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly contradictions: GatewayContradictions,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Looks once at all that is due, and tells of the stops nobody was told of. */
  async runOnce(): Promise<StepReport> {
    const hasSettlements = await this.database.transaction((session) => this.checkSettlements(session));
    if (hasSettlements) await crashPoint('check-line.settlements-checked');
    const hasNumbers = await this.database.transaction((session) => this.checkNumbers(session));
    if (hasNumbers) await crashPoint('check-line.numbers-checked');
    const hasContradictions = await this.checkFailedJobs();
    const told = await this.stops.tell();
    if (told > 0) await crashPoint('check-line.recorded');
    return hasSettlements || hasNumbers || hasContradictions || told > 0 ? ONE_DONE : NOTHING_DUE;
  }

  /** @returns whether there were entries to look at */
  private async checkSettlements(session: SqlSession): Promise<boolean> {
    // Whoever has the rows looks; others have nothing to do meanwhile.
    const checks = await session.rows<{ name: string; position: string }>(
      'SELECT name, position FROM line_check FOR UPDATE SKIP LOCKED',
    );
    // Checks that have looked equally far look at the same entries now: where they end is asked once.
    const ends = new Map<string, string | null>();
    let isAnyDue = false;
    for (const { name, position } of checks) isAnyDue = (await this.look(session, name, position, ends)) || isAnyDue;
    if (isAnyDue) await crashPoint('check-line.settlements-before-commit');
    return isAnyDue;
  }

  /**
   * Looks at what comes behind `position`.
   *
   * @param ends of the batches that are known already, by their source and where they begin
   * @returns whether there is anything
   */
  private async look(
    session: SqlSession,
    name: string,
    position: string,
    ends: Map<string, string | null>,
  ): Promise<boolean> {
    const check = CHECKS_BY_POSITION.get(name);
    // Of a version to come, whose own replicas look.
    if (check === undefined) return false;
    const begin = `${check.source} ${position}`;
    if (!ends.has(begin)) ends.set(begin, await this.endOfBatch(session, check.source, position));
    const last = ends.get(begin);
    if (last == null) return false;
    // As in settling: a plan made on yesterday's statistics reads whole tables.
    await session.rows('SET LOCAL enable_seqscan = off');
    if (check.keep !== undefined) await session.rows(check.keep);
    await this.stops.raise(session, { sql: check.sql, parameters: [position, last] }, ACTOR);
    await session.execute('UPDATE line_check SET position = $1 WHERE name = $2', [last, name]);
    return true;
  }

  /** Positions of the log grow in commit order: behind the last one seen nothing appears later. */
  private async endOfBatch(
    session: SqlSession,
    source: keyof typeof SOURCES,
    position: string,
  ): Promise<string | null> {
    const [batch] = await session.rows<{ last: string | null }>(
      `SELECT max(position) AS last FROM (${SOURCES[source]} LIMIT ${BATCH_ENTRIES}) AS entries`,
      [position],
    );
    return batch?.last ?? null;
  }

  /** @returns whether there was a settled job to look at */
  private async checkNumbers(session: SqlSession): Promise<boolean> {
    const now = this.clock.now();
    const [job] = await session.rows<{ id: string }>(
      `UPDATE bulk_payment_job SET numbers_checked_at = $1
       WHERE id = (
         SELECT id FROM bulk_payment_job
         WHERE settled_at IS NOT NULL
           AND (numbers_checked_at IS NULL OR (numbers_checked_at <= $3
             AND (settled_at > $2 OR id IN (SELECT bulk_payment_job_id FROM discrepancy WHERE decided_at > $2))))
         ORDER BY id LIMIT 1
         FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [now, secondsAfter(now, -LOOK_AGAIN_DAYS * DAY_SECONDS), secondsAfter(now, -DAY_SECONDS)],
    );
    if (job === undefined) return false;
    await this.stops.raise(session, { sql: NUMBERS_DIFFER_SQL, parameters: [job.id] }, ACTOR);
    await crashPoint('check-line.numbers-before-commit');
    return true;
  }

  /**
   * Holds a failed job against what PNS confirmed of it, where nobody raised it when it failed or was heard of.
   *
   * @returns whether there was one
   */
  private async checkFailedJobs(): Promise<boolean> {
    const [found] = await this.database.rows<{ jobId: string; gatewayJobId: string }>(UNRAISED_CONTRADICTIONS_SQL);
    if (found === undefined) return false;
    return this.database.transaction(async (session) => {
      const job = await this.jobs.lock(session, found.jobId);
      if (job?.state !== 'Failed') return false;
      const heard = { gatewayJobId: found.gatewayJobId, from: 'a notification PNS confirmed' };
      return this.contradictions.raise(session, job, heard);
    });
  }
}
