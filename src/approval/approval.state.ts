import type { TransitionTable } from '../kernel/transitions';

/**
 * What may need a second person, and what is then waiting.
 *
 * - refund: a refund above what one person may order in a day; it is not sent before.
 * - refund-doubt: the word of a person on what became of a refund whose answer was lost.
 * - billing-run: a run far beyond the usual; its jobs are not sent before.
 * - upload: a request file beyond what is taken without asking; its job is not sent before.
 * - job-doubt: the word of a person on what became of a submission whose answer was lost, or billing it again.
 * - outside-refund: the word of a person on a refund that T store made without us.
 * - refund-reversal: that a refund which persons said was made was not, or not so much.
 * - payment-doubt: the word of a person on what became of a payment that one call was to collect.
 * - discrepancy: a decision on a discrepancy that goes against the evidence.
 * - job-rebill: billing a job again that nobody but its asker let go, or that has a charge far too dear; the new job is not
 *   sent before.
 * - rebill: billing a charge again that people ended against the evidence, or more in a day than is usual.
 * - line-stop: letting go on what a line stop parks that is about money which moved.
 */
export const APPROVAL_KINDS = [
  'refund',
  'refund-doubt',
  'billing-run',
  'upload',
  'job-doubt',
  'outside-refund',
  'refund-reversal',
  'payment-doubt',
  'discrepancy',
  'rebill',
  'line-stop',
  'job-rebill',
] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/**
 * The life of an approval.
 *
 * - Waiting: somebody asked for an act that needs a second person; nothing of it is done.
 * - Approved: another person agreed, and the act was done in the same transaction.
 * - Rejected: somebody who may approve said no; nothing was done.
 * - Withdrawn: whoever asked took it back, or what it was for ended in another way.
 * - Expired: nobody decided in time.
 */
export const APPROVAL_TRANSITIONS = {
  Waiting: { approve: 'Approved', reject: 'Rejected', withdraw: 'Withdrawn', expire: 'Expired' },
  Approved: {},
  Rejected: {},
  Withdrawn: {},
  Expired: {},
} as const satisfies TransitionTable<ApprovalStateName, ApprovalEvent>;

type ApprovalStateName = 'Waiting' | 'Approved' | 'Rejected' | 'Withdrawn' | 'Expired';
export type ApprovalEvent = 'approve' | 'reject' | 'withdraw' | 'expire';
export type ApprovalState = keyof typeof APPROVAL_TRANSITIONS;

/** Where one begins. */
export const APPROVAL_FIRST_STATES = ['Waiting'] as const satisfies readonly ApprovalState[];
