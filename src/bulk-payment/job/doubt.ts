import type { BulkPaymentJob } from './bulk-payment-job.entity';

/**
 * Which jobs are in doubt: sending began, nobody is at it, and the gateway's id of the job is not known. Whether the
 * gateway has it nobody here can tell. A condition over `job`, a row of `bulk_payment_job`, at the instant `now`.
 */
export function inDoubtSql(job: string, now: string): string {
  return `${job}.state = 'Processing' AND ${job}.gateway_job_id IS NULL
    AND (${job}.lease_until IS NULL OR ${job}.lease_until <= ${now})`;
}

/** The same of one job. */
export function isInDoubt(job: BulkPaymentJob, now: Date): boolean {
  return job.state === 'Processing' && job.gatewayJobId === null && !isBeingSent(job, now);
}

export function isBeingSent(job: BulkPaymentJob, now: Date): boolean {
  return job.state === 'Processing' && job.leaseUntil !== null && job.leaseUntil > now;
}

/**
 * Failed after it was sent: closed by a person while in doubt, or refused. Both are somebody's word, which may turn out to be
 * wrong: then T store has the job after all.
 */
export function failedAfterSending(job: BulkPaymentJob): boolean {
  return job.state === 'Failed' && job.submissionStartedAt !== null;
}

/**
 * Jobs T store took over a day ago without telling the end of them since. It sends a notification for 48 hours; after that
 * only a person who asks for it brings such a job on.
 *
 * @param now SQL of the time it is
 */
export function unnotifiedJobsSql(now: string): string {
  return `bulk_payment_job WHERE state = 'Processing' AND gateway_job_id IS NOT NULL
    AND submission_started_at < ${now}::timestamptz - interval '1 day'`;
}

/** Whether the last stage of `job` failed; it is tried again, or waits for a person. */
export function failingSql(job: string): string {
  return `${job}.last_error IS NOT NULL AND ${job}.settled_at IS NULL AND ${job}.failed_at IS NULL`;
}
