import { Injectable } from '@nestjs/common';
import { counted } from '../../kernel/counted';
import { won, wonFromDatabase, type Won } from '../../kernel/won';
import type { SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobChanges, type TransitionCause } from './bulk-payment-job.repository';

/** What leaves a job: how many charges, and for how much. */
export interface Leaving {
  count: number;
  amount: Won;
}

/** A job's request file, before there is one. */
const UNWRITTEN = {
  requestFileName: null,
  requestFileSha256: null,
  requestFileBytes: null,
  requestFileWrittenAt: null,
} satisfies JobChanges;

/**
 * Moves charges of which nothing is sent from their job into one of their own, in the same run: both jobs' counts and sums
 * follow, and the request file of the first, if there is one, is written anew (docs/decisions/0027).
 */
@Injectable()
export class ChargesSetAside {
  constructor(private readonly jobs: BulkPaymentJobRepository) {}

  /** @param sql a SELECT of what leaves, from `id` on, for the temporary table `leaving` */
  async select(session: SqlSession, sql: string, parameters: readonly unknown[]): Promise<Leaving> {
    await session.rows(`CREATE TEMPORARY TABLE leaving ON COMMIT DROP AS ${sql}`, parameters);
    const [row] = await session.rows<{ count: number; amount: string }>(
      'SELECT count(*)::int AS count, coalesce(sum(amount), 0)::text AS amount FROM leaving',
    );
    return { count: row?.count ?? 0, amount: wonFromDatabase(row?.amount ?? '0') };
  }

  /**
   * Moves what stands in the table `leaving`, which is not all of the job.
   *
   * @returns the new job's id
   * @throws {DomainError} `state-conflict` when somebody moved the job meanwhile
   */
  async move(
    session: SqlSession,
    job: BulkPaymentJob,
    leaving: Leaving,
    { actor, reason }: Pick<TransitionCause, 'actor' | 'reason'>,
  ): Promise<string> {
    const newJobId = await this.createJob(session, job, leaving, actor);
    const left = { lineCount: job.lineCount - leaving.count, totalAmount: won(job.totalAmount - leaving.amount) };
    const cause = `${counted(leaving.count, 'charge')} set aside in job ${newJobId}`;
    await this.jobs.amend(session, job, { cause, actor, reason }, { ...left, ...UNWRITTEN });
    await moveCharges(session, job, newJobId);
    return newJobId;
  }

  private async createJob(
    session: SqlSession,
    job: BulkPaymentJob,
    { count, amount }: Leaving,
    actor: string,
  ): Promise<string> {
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
      { cause: `set aside from job ${job.id}`, actor },
    );
  }
}

/**
 * Moves the charges, in their order. The last lines of those that stay take the places that got free: a few charges change
 * and not a million, and the lines have no gaps.
 */
async function moveCharges(session: SqlSession, job: BulkPaymentJob, newJobId: string): Promise<void> {
  await session.execute(
    `UPDATE charge SET bulk_payment_job_id = $1, line_number = moving.line
     FROM (SELECT id, row_number() OVER (ORDER BY line_number) + 1 AS line FROM leaving JOIN charge USING (id)) AS moving
     WHERE charge.id = moving.id`,
    [newJobId],
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
