import { Injectable } from '@nestjs/common';
import { allRefundedSql, withdrawnSql } from '../../charge';
import { BillingConfig } from '../../config';
import { counted } from '../../kernel/counted';
import { seoulDateAt, startOfSeoulDay } from '../../kernel/seoul-calendar';
import { Clock, secondsAfter } from '../../platform/clock';
import type { SqlSession } from '../../platform/database';
import { contradictedSql } from '../checks/gateway-contradictions.sql';

/** A repeat just after midnight is one of the same day; who bills each day at about one hour repeats nothing. */
const AT_LEAST_SECONDS = 12 * 3_600;

/** Jobs that are named by their ids; how many there are besides is said. */
const NAMED_JOBS = 5;

/** Two million charges are held against each other in this; PostgreSQL gives it back at commit. */
const WORK_MEMORY = '64MB';

interface Repeated {
  /** The job that charges the same; `null`: another line of the upload itself. */
  jobId: string | null;
  count: number;
}

/**
 * Whose charges an upload may repeat: jobs that were made or sent since `$2`, and all that are not at their end. Not a job
 * that failed, unless the gateway was heard to have it. By the indexes of what is open and what is settled.
 */
const RECENT_JOBS_SQL = `
  SELECT id FROM bulk_payment_job WHERE settled_at IS NULL AND failed_at IS NULL AND id <> $1
  UNION ALL
  SELECT id FROM bulk_payment_job AS job
  WHERE (settled_at >= $2 OR ${contradictedSql('job')}) AND coalesce(submission_started_at, created_at) >= $2`;

/**
 * How many lines of the job `$1` ask the same amount for the same product of the same billing token as a charge of the jobs
 * `$2`, or as a line of the job itself, by job. What was declined, closed, withdrawn or given back in full is no such charge: to ask
 * for that again is right.
 *
 * The lines are put together first, so that however many are alike the join has no more rows than the jobs. Only what was found
 * is looked up in the settlement log.
 */
const REPEATED_SQL = `
  WITH mine AS MATERIALIZED (
    SELECT billing_token_hash, store_product_id, amount, count(*)::int AS lines
    FROM charge WHERE bulk_payment_job_id = $1 GROUP BY billing_token_hash, store_product_id, amount),
  alike AS MATERIALIZED (
    SELECT charge.id, charge.bulk_payment_job_id AS job_id, billing_token_hash, store_product_id, amount
    FROM mine JOIN charge USING (billing_token_hash, store_product_id, amount)
    WHERE charge.bulk_payment_job_id = ANY ($2)),
  made AS (
    SELECT min(job_id) AS job_id, billing_token_hash, store_product_id, amount FROM alike
    WHERE (SELECT count(*) FROM settlement
        WHERE settlement.charge_id = alike.id AND settlement.refund_id IS NULL AND settlement.kind <> 'paid') = 0
      AND NOT (${withdrawnSql('alike')} OR ${allRefundedSql('alike.id')})
    GROUP BY billing_token_hash, store_product_id, amount)
  SELECT made.job_id AS "jobId", sum(CASE WHEN made.job_id IS NULL THEN lines - 1 ELSE lines END)::int AS count
  FROM mine LEFT JOIN made USING (billing_token_hash, store_product_id, amount)
  GROUP BY made.job_id ORDER BY made.job_id`;

/**
 * Finds that an upload asks customers for what they were asked for just before, under other order numbers: as a whole batch that
 * is uploaded twice. Nothing else would ask, for order numbers are all that tell charges of uploads apart.
 */
@Injectable()
export class RepeatedCharges {
  constructor(
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Files that mostly repeat count together in a day until there are too many, so that many small ones are no way around.
   * Called with the day's row of `upload_day` locked: of two uploads at once, the second sees what the first has stored.
   *
   * @returns why a second person must look at the job first; `undefined` when nobody must
   */
  async reasonToAsk(session: SqlSession, jobId: string, lineCount: number): Promise<string | undefined> {
    const { minCharges, repeatedCharges, repeatedPercent } = this.billing.confirmUpload;
    if (repeatedCharges === 0) return undefined;
    const since = this.since();
    const repeated = await this.find(session, jobId, since);
    const count = repeated.reduce((sum, one) => sum + one.count, 0);
    if (count === 0) return undefined;
    if (count * 100 < repeatedPercent * lineCount && count <= minCharges) return undefined;
    const before = await this.before(session);
    if (before + count >= repeatedCharges) return inWords(repeated, { count, lineCount, before });
    await session.execute('UPDATE upload_day SET repeated = repeated + $2 WHERE day = $1::date', [this.today(), count]);
    return undefined;
  }

  private async find(session: SqlSession, jobId: string, since: Date): Promise<Repeated[]> {
    const jobs = await session.rows<{ id: string }>(RECENT_JOBS_SQL, [jobId, since]);
    // Nobody has counted the new rows yet: a plan made on the old numbers would compare each line with each charge.
    await session.rows(`SET LOCAL work_mem = '${WORK_MEMORY}'`);
    await session.rows('SET LOCAL enable_nestloop = off');
    const repeated = await session.rows<Repeated>(REPEATED_SQL, [jobId, jobs.map(({ id }) => id)]);
    await session.rows('SET LOCAL enable_nestloop = on');
    return repeated.filter(({ count }) => count > 0);
  }

  /** How many went today, in files that mostly repeat, because they were too few to ask. */
  private async before(session: SqlSession): Promise<number> {
    const [day] = await session.rows<{ repeated: number }>('SELECT repeated FROM upload_day WHERE day = $1::date', [
      this.today(),
    ]);
    return day?.repeated ?? 0;
  }

  private since(): Date {
    const now = this.clock.now();
    const midnight = startOfSeoulDay(seoulDateAt(now));
    return new Date(Math.min(midnight.getTime(), secondsAfter(now, -AT_LEAST_SECONDS).getTime()));
  }

  private today(): string {
    return seoulDateAt(this.clock.now());
  }
}

function inWords(repeated: readonly Repeated[], of: { count: number; lineCount: number; before: number }): string {
  const ofJobs = repeated.filter(({ jobId }) => jobId !== null);
  const named = ofJobs
    .slice(0, NAMED_JOBS)
    .map(({ jobId, count }) => `${count.toLocaleString('en-US')} of job ${jobId}`);
  const others = ofJobs.length - named.length;
  if (others > 0) named.push(`and more of ${counted(others, 'other job')}`);
  const own = repeated.find(({ jobId }) => jobId === null);
  if (own !== undefined) named.push(`${own.count.toLocaleString('en-US')} of lines of this file`);
  const what = `${of.count.toLocaleString('en-US')} of its ${counted(of.lineCount, 'charge')}`;
  const earlier = of.before === 0 ? '' : `, and ${of.before.toLocaleString('en-US')} of files before it today did`;
  return (
    `${what} ${of.count === 1 ? 'repeats' : 'repeat'} a charge that was just made, by billing token, product and amount, ` +
    `under another order number: ${named.join(', ')}${earlier}`
  );
}
