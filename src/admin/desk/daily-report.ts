import { Injectable } from '@nestjs/common';
import { daysInSeoul, type SeoulDate } from '../../kernel/seoul-calendar';
import { Database, withinSql } from '../../platform/database';
import { contradictedSql, DECIDED, talliesOf, tallyOf, type TallyRow } from '../../bulk-payment';
import type { Tally } from '../../bulk-payment';

/** What was found of a day's charges; `awaited` are those whose result is not reconciled yet. */
const ENDS = ['paid', 'declined', 'missing', 'quarantined', 'failed', 'awaited'] as const;
export const DAY_KINDS = ['requested', ...ENDS, ...DECIDED, 'contradicted'] as const;
export type DayKind = (typeof DAY_KINDS)[number];

export type DayNumbers = Record<DayKind, Tally>;

/** What went back on a Seoul day, by when the log tells it, and what was said that day not to have gone back after all. */
export interface RefundedDay {
  day: string;
  refunded: Tally;
  reversed: Tally;
}

/** What was sent on a Seoul day: jobs, by when their sending began, and charges of no job, by when they were made. */
export interface Day extends DayNumbers {
  day: string;
  jobs: number;
  /**
   * Whether requested is the sum of what was found, and missing and quarantined that of what became of them, in number and
   * in won, and nothing of what failed was heard to be at the gateway. There is no tolerance.
   */
  balanced: boolean;
}

/** What a settled job says, its decided discrepancies included, and what the settlement log must say too. */
const STATED = ['requested', 'paid', 'declined', 'missing', 'quarantined', ...DECIDED] as const;
const LOGGED = ['paid', 'declined', 'acceptedPaid', 'acceptedDeclined', 'closed'] as const;

/** A settled job whose numbers don't add up, or are not those of its charges and of the settlement log. */
export interface UnbalancedJob {
  jobId: string;
  stated: Record<(typeof STATED)[number], Tally>;
  logged: Record<'requested' | (typeof LOGGED)[number], Tally>;
}

const REVERSED = `kind = 'refund-reversed'`;

type DayRow = { day: string; jobs: number } & TallyRow;
type UnbalancedRow = Record<'job_id' | `${'line' | 'charged'}_count` | `${'total' | 'charged'}_amount`, string> &
  TallyRow;

/** The numbers of a day, proven: each job by CHECK, their sums here, and the settled ones against charges and settlement log. */
@Injectable()
export class DailyReport {
  constructor(private readonly database: Database) {}

  /** Days on which something was sent, both ends included. */
  async days(from: SeoulDate, to: SeoulDate): Promise<Day[]> {
    const rows = await this.database.rows<DayRow>(
      `SELECT daily.*, day::text AS day, coalesce(contradicted.count, 0) AS contradicted_count,
         coalesce(contradicted.amount, 0) AS contradicted_amount
       FROM daily_reconciliation AS daily
       LEFT JOIN (
         SELECT (job.submission_started_at AT TIME ZONE 'Asia/Seoul')::date AS day, sum(job.line_count) AS count,
           sum(job.total_amount) AS amount
         FROM bulk_payment_job AS job WHERE ${contradictedSql('job')} GROUP BY 1) AS contradicted USING (day)
       WHERE day BETWEEN $1 AND $2 ORDER BY daily.day`,
      [from, to],
    );
    return rows.map(dayOf);
  }

  /** Days on which money went back, both ends included. */
  async refunds(from: SeoulDate, to: SeoulDate): Promise<RefundedDay[]> {
    const within = withinSql({ table: 'settlement', key: 'position', time: 'settled_at' }, '$1', '$2');
    const range = daysInSeoul(from, to);
    const rows = await this.database.rows<{ day: string } & TallyRow>(
      `SELECT (settled_at AT TIME ZONE 'Asia/Seoul')::date::text AS day,
         count(*) FILTER (WHERE NOT ${REVERSED}) AS refunded_count,
         coalesce(sum(amount) FILTER (WHERE NOT ${REVERSED}), 0) AS refunded_amount,
         count(*) FILTER (WHERE ${REVERSED}) AS reversed_count,
         coalesce(sum(amount) FILTER (WHERE ${REVERSED}), 0) AS reversed_amount
       FROM settlement
       WHERE refund_id IS NOT NULL AND ${within.join(' AND ')}
       GROUP BY 1 ORDER BY 1`,
      [range.from, range.until],
    );
    return rows.map((row) => ({ day: row.day, ...talliesOf(['refunded', 'reversed'], row) }));
  }

  /** Settled jobs of the days whose numbers are not those of charges and settlement log. There should be none, ever. */
  async unbalancedJobs(from: SeoulDate, to: SeoulDate): Promise<UnbalancedJob[]> {
    const rows = await this.database.rows<UnbalancedRow>(
      `SELECT * FROM unbalanced_job
       WHERE submission_started_at >= $1::timestamp AT TIME ZONE 'Asia/Seoul'
         AND submission_started_at < ($2::timestamp + interval '1 day') AT TIME ZONE 'Asia/Seoul'
       ORDER BY job_id`,
      [from, to],
    );
    return rows.map((row) => ({
      jobId: row.job_id,
      stated: { ...talliesOf(STATED, row), requested: tallyOf(row.line_count, row.total_amount) },
      logged: { ...talliesOf(LOGGED, row, 'logged_'), requested: tallyOf(row.charged_count, row.charged_amount) },
    }));
  }
}

function dayOf(row: DayRow): Day {
  const numbers: DayNumbers = talliesOf(DAY_KINDS, row);
  const sum = (kinds: readonly DayKind[], member: 'count' | 'amount') =>
    kinds.reduce((total, kind) => total + numbers[kind][member], 0);
  const addUp = (kinds: readonly DayKind[], parts: readonly DayKind[]) =>
    sum(kinds, 'count') === sum(parts, 'count') && sum(kinds, 'amount') === sum(parts, 'amount');
  const addsUp = addUp(['requested'], ENDS) && addUp(['missing', 'quarantined'], DECIDED);
  const balanced = addsUp && numbers.contradicted.count === 0;
  return { day: row.day, jobs: row.jobs, ...numbers, balanced };
}
