import type { BulkPaymentJob } from '../../bulk-payment';

/** Where a job stands, in one word: its state says how far it came, and not how it ended. */
export const JOB_STANDINGS = [
  'waiting',
  'held',
  'in-doubt',
  'sent',
  'verifying',
  'fetching-result',
  'settling',
  'settled',
  'settled-with-open-discrepancies',
  'refused',
  'closed-as-not-accepted',
  'canceled',
  'rejected',
] as const;
export type JobStanding = (typeof JOB_STANDINGS)[number];

/**
 * - waiting, held: nothing is sent; held until what `heldBy` names lets it go.
 * - in-doubt, sent: sending began; without T store's answer, or with it.
 * - verifying, fetching-result, settling: T store says it is done, and the result is on its way into the settlement log.
 * - settled: every line and every charge is dealt with.
 * - settled-with-open-discrepancies: what matches is settled; what does not waits for a person to decide.
 * - refused, closed-as-not-accepted: Failed, because T store said no, or a person says that it never had it.
 * - canceled, rejected: Failed unsent: taken back, or a person said no to its billing run or its upload.
 */
export function jobStandingOf(
  job: BulkPaymentJob,
  { inDoubt, held, isUndecided }: { inDoubt: boolean; held: boolean; isUndecided: boolean },
): JobStanding {
  switch (job.state) {
    case 'Created':
      return held ? 'held' : 'waiting';
    case 'Processing':
      return inDoubt ? 'in-doubt' : 'sent';
    case 'Completed':
      return 'verifying';
    case 'VerifiedCompleted':
      if (job.settledAt !== null) return isUndecided ? 'settled-with-open-discrepancies' : 'settled';
      return job.resultDownloadedAt === null ? 'fetching-result' : 'settling';
    case 'Failed':
      return failedStandingOf(job);
  }
}

/** What is rejected with its billing run, or as an upload that was held. */
const REJECTED = /^(?:billing run|upload) rejected/;

function failedStandingOf({
  submissionStartedAt,
  submissionResultMessage,
  failureReason,
}: BulkPaymentJob): JobStanding {
  if (submissionStartedAt === null) return REJECTED.test(failureReason ?? '') ? 'rejected' : 'canceled';
  return submissionResultMessage === null ? 'closed-as-not-accepted' : 'refused';
}
