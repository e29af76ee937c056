import type { SubmissionHeaders } from '../../../src/gateways/tstore/wire';
import type { ScheduledTask } from '../../shared/clock';
import type { Client } from '../oauth/clients';
import type { RequestRows } from './request-rows';

export type JobState = 'Accepted' | 'Processing' | 'Completed';

export interface JobTotals {
  chargedCount: number;
  chargedAmount: number;
  declinedCount: number;
  declinedAmount: number;
  /** Rows beyond `cntTotalTrans`, neither charged nor answered. */
  droppedCount: number;
  droppedAmount: number;
}

/** One accepted submission and its fate at the gateway. */
export interface Job {
  readonly id: string;
  readonly number: number;
  readonly client: Client;
  readonly headers: SubmissionHeaders;
  readonly acceptedAt: number;
  readonly rows: RequestRows;
  /** Rows at and beyond this position are dropped. */
  readonly processedRows: number;
  /** No notification and no result will ever come. */
  readonly unanswered: boolean;
  /** Runs on over all jobs, as the result's `id` column. */
  readonly firstLineId: number;
  readonly resultPath: string;
  state: JobState;
  completion: ScheduledTask | null;
  completedAt: number | null;
  /** Its completion message was verified, so the result may be fetched. */
  verifiedAt: number | null;
  /** One byte a row. */
  outcomes: Uint8Array;
  totals: JobTotals;
}

/** A job without a notification address has no message to verify, so its result is open on completion. */
export function isResultOpen(job: Job): boolean {
  if (job.state !== 'Completed' || job.unanswered) return false;
  return job.verifiedAt !== null || job.headers.notiUrl === '';
}
