import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository, type BulkPaymentJob } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import type { Decision } from './billing-run-decision.service';
import { BillingRunJobs } from './billing-run-jobs';
import { BillingRunRepository } from './billing-run.repository';

/**
 * Bills the charges of a failed job again: new attempts under new order numbers in a new job. Only where it is certain
 * that the gateway charged nothing, and only because a person said so.
 */
@Injectable()
export class Rebilling {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly runJobs: BillingRunJobs,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Leaves out who is not to be charged any more: the period is paid, over, or has a later attempt.
   *
   * @returns the new job's id
   * @throws {DomainError} `job-not-found`; `state-conflict` when the job may have reached the gateway, was uploaded, was
   *   rebilled before, or has nobody left to charge
   */
  async rebill(jobId: string, { actor, reason }: Decision): Promise<string> {
    return this.database.transaction(async (session) => {
      const { billingRunId, lineCount } = await this.lockRebillable(session, jobId);
      const at = this.clock.now();
      await this.runs.selectUnbilled(session, jobId);
      const shares = await this.runs.shares(session, lineCount);
      const why = { cause: `billed again for job ${jobId}`, actor };
      const origin = { ...why, billingRunId, rebillOfJobId: jobId, reason };
      const [rebilledAs] = await this.runJobs.create(session, shares, lineCount, origin, at);
      if (rebilledAs === undefined) throw refused(jobId, 'nobody is left to be charged');
      await this.runs.noteLaterAttempts(session, { ...why, at });
      await wakeBilling(session);
      return rebilledAs;
    });
  }

  /** Locked, so that two who ask at once don't both bill. */
  private async lockRebillable(
    session: SqlSession,
    jobId: string,
  ): Promise<{ billingRunId: string; lineCount: number }> {
    const job = await this.jobs.lock(session, jobId);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${jobId}`);
    if (job.billingRunId === null) throw refused(jobId, 'it was uploaded; upload a file with new order numbers');
    if (!wasNeverTaken(job)) throw refused(jobId, 'only a job that failed before the gateway took it is billed again');
    const rebilledAs = await this.jobs.rebillOf(session, jobId);
    if (rebilledAs !== undefined) throw refused(jobId, `job ${rebilledAs} bills its charges again`, { rebilledAs });
    return { billingRunId: job.billingRunId, lineCount: job.lineCount };
  }
}

/** Canceled before sending, or clearly refused. A job closed while in doubt has no answer, and stays out. */
function wasNeverTaken(job: BulkPaymentJob): boolean {
  const wasRefused = job.submissionAnsweredAt !== null && job.gatewayJobId === null;
  return job.state === 'Failed' && (job.submissionStartedAt === null || wasRefused);
}

function refused(jobId: string, why: string, details: { rebilledAs?: string } = {}): DomainError {
  return new DomainError('state-conflict', `Job ${jobId} can’t be billed again: ${why}`, { jobId, ...details });
}
