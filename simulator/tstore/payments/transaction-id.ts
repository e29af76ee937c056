import type { Job } from '../jobs/job';
import { seoulCompact } from '../../shared/seoul-time';

/** Both prefixes occur in samples; which payment gets which depends on its order number. */
const PREFIXES = ['TS003_', 'TSTORE0004_'] as const;

const TRANSACTION_ID = /^(?:TS003_|TSTORE0004_)\d{14}(\d{6})(\d{9})$/;

/** No job has this number, so ids of refunds and of payments can't meet. */
const REFUND_JOB_DIGITS = '999999';

export interface PaymentPosition {
  jobNumber: number;
  /** Position of the row in its file, from 0. */
  position: number;
}

/**
 * The id of a charged row: prefix and 29 digits, the first 14 the time in Seoul. The others say which row it is, so a
 * million ids need no memory and a lookup needs no index.
 */
export function transactionIdOf(job: Job, position: number, completedText: string): string {
  const prefix = PREFIXES[(job.rows.orderHashes[position] as number) % 2] as string;
  return `${prefix}${completedText}${String(job.number).padStart(6, '0')}${String(position + 1).padStart(9, '0')}`;
}

export function completedTextOf(job: Job): string {
  return seoulCompact(job.completedAt ?? 0);
}

export function positionOf(tid: string): PaymentPosition | null {
  const match = TRANSACTION_ID.exec(tid);
  if (!match || match[1] === REFUND_JOB_DIGITS) return null;
  return { jobNumber: Number(match[1]), position: Number(match[2]) - 1 };
}

export function refundIdOf(atMs: number, sequence: number): string {
  return `${PREFIXES[0]}${seoulCompact(atMs)}${REFUND_JOB_DIGITS}${String(sequence).padStart(9, '0')}`;
}
