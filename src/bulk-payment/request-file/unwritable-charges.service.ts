import { counted } from '../../kernel/counted';
import { Injectable } from '@nestjs/common';
import { won, wonFromDatabase, type Won } from '../../kernel/won';
import { LineStops, type Violations } from '../../line-stop';
import { Database, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import type { Unwritable } from './unwritable';

const ACTOR = 'write-request-file';

/**
 * Sets charges aside that no request file can carry, such as one whose billing token does not open: they leave their job for
 * one of their own, which a line stop parks. So everybody else is billed, and once it is mended, resolving the stop has the
 * rest written and sent as any job's.
 */
@Injectable()
export class UnwritableCharges {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly stops: LineStops,
    private readonly database: Database,
  ) {}

  /**
   * Gives the claim back: the job is due again, with the charges that it keeps.
   *
   * @throws {DomainError} when nothing of the job can be written: then it is not the charges, but a key that is missing or
   *   another one; `lease-lost`; `state-conflict` when a person took the job back meanwhile
   */
  async setAside(claim: JobClaim, found: Unwritable, log: Logger): Promise<void> {
    const { job } = claim;
    if (found.count >= job.lineCount) throw found.asOneError();
    const setAsideIn = await this.database.transaction(async (session) => {
      // Whoever decides on the run decides on all its jobs, so on this one too: before or after, not meanwhile.
      await session.rows('SELECT FROM billing_run WHERE id = $1 FOR SHARE', [job.billingRunId]);
      const leaving = await this.totalOf(session, job.id, found.orderNos);
      const newJobId = await this.createJob(session, job, leaving);
      await moveCharges(session, job, newJobId, found.orderNos);
      const left = { lineCount: job.lineCount - leaving.count, totalAmount: won(job.totalAmount - leaving.amount) };
      await this.jobs.amend(
        session,
        job,
        {
          cause: `${counted(leaving.count, 'charge')} set aside in job ${newJobId}`,
          actor: ACTOR,
          reason: reasonsOf(found),
        },
        left,
      );
      await this.jobs.finish(claim, {}, session);
      await this.stops.raise(session, violation(job.id, newJobId, found, leaving), ACTOR);
      return newJobId;
    });
    log.error('charges that no request file can carry are set aside', { setAsideIn, reasons: found.reasons });
  }

  private async totalOf(session: SqlSession, jobId: string, orderNos: readonly string[]): Promise<Total> {
    const [row] = await session.rows<{ count: number; amount: string }>(
      `SELECT count(*)::int AS count, coalesce(sum(amount), 0)::text AS amount
       FROM charge WHERE bulk_payment_job_id = $1 AND order_no = ANY ($2)`,
      [jobId, orderNos],
    );
    return { count: row?.count ?? 0, amount: wonFromDatabase(row?.amount ?? '0') };
  }

  private async createJob(session: SqlSession, job: BulkPaymentJob, { count, amount }: Total): Promise<string> {
    const { origin, billingRunId, gatewayAccount, merchantId, billingGroup, rebillOfJobId } = job;
    const now = await this.jobs.find(job.id, session);
    return this.jobs.create(
      session,
      {
        ...{ origin, billingRunId, gatewayAccount, merchantId, billingGroup, rebillOfJobId },
        holdReason: now?.holdReason ?? null,
        setAsideFromJobId: job.id,
        lineCount: count,
        totalAmount: amount,
      },
      { cause: `set aside from job ${job.id}`, actor: ACTOR },
    );
  }
}

interface Total {
  count: number;
  amount: Won;
}

/**
 * Moves the charges, in their order. The last lines of those that stay take the places that got free: a few charges change
 * and not a million, and the lines have no gaps.
 */
async function moveCharges(
  session: SqlSession,
  job: BulkPaymentJob,
  newJobId: string,
  orderNos: readonly string[],
): Promise<void> {
  await session.execute(
    `UPDATE charge SET bulk_payment_job_id = $3, line_number = leaving.line
     FROM (SELECT id, row_number() OVER (ORDER BY line_number) + 1 AS line
       FROM charge WHERE bulk_payment_job_id = $1 AND order_no = ANY ($2)) AS leaving
     WHERE charge.id = leaving.id`,
    [job.id, orderNos, newJobId],
  );
  await session.execute(
    `WITH kept AS (SELECT id, line_number FROM charge WHERE bulk_payment_job_id = $1),
       free AS (
         SELECT line, row_number() OVER (ORDER BY line) AS place
         FROM generate_series(2, (SELECT count(*) FROM kept) + 1) AS line
         WHERE NOT EXISTS (SELECT FROM kept WHERE kept.line_number = line)),
       beyond AS (
         SELECT id, row_number() OVER (ORDER BY line_number) AS place
         FROM kept WHERE line_number > (SELECT count(*) FROM kept) + 1)
     UPDATE charge SET line_number = free.line FROM beyond JOIN free USING (place) WHERE charge.id = beyond.id`,
    [job.id],
  );
}

function violation(jobId: string, newJobId: string, found: Unwritable, total: Total): Violations {
  const what = `job ${newJobId}, set aside from job ${jobId}, holds charges that no request file can carry`;
  const evidence = { setAsideFromJobId: jobId, ...total, reasons: found.reasons };
  return {
    sql: `SELECT 'unbillable' AS kind, $1::bigint AS bulk_payment_job_id, NULL::bigint AS subscription_id,
      $2::text AS violation, $3::jsonb AS evidence`,
    parameters: [newJobId, what, JSON.stringify(evidence)],
  };
}

function reasonsOf(found: Unwritable): string {
  return found.reasons.map(({ reason, count, orderNo }) => `${reason} (${count}, such as ${orderNo})`).join('; ');
}
