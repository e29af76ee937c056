import { Injectable } from '@nestjs/common';
import { LineStops, type Violations } from '../../line-stop';
import { Database } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { ChargesSetAside, type Leaving } from '../job/charges-set-aside';
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
    private readonly aside: ChargesSetAside,
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
      const leaving = await this.aside.select(
        session,
        'SELECT id, amount FROM charge WHERE bulk_payment_job_id = $1 AND order_no = ANY ($2)',
        [job.id, found.orderNos],
      );
      const newJobId = await this.aside.move(session, job, leaving, { actor: ACTOR, reason: reasonsOf(found) });
      await this.jobs.finish(claim, {}, session);
      await this.stops.raise(session, violation(job.id, newJobId, found, leaving), ACTOR);
      return newJobId;
    });
    log.error('charges that no request file can carry are set aside', { setAsideIn, reasons: found.reasons });
  }
}

function violation(jobId: string, newJobId: string, found: Unwritable, total: Leaving): Violations {
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
