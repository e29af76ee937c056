import type { FoundTransaction, TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';
import { compareWithTransaction } from './transaction-comparison';

/**
 * Whether a payment may be refunded, by T store's answer of just now.
 *
 * - ready: it has the payment as our record has it.
 * - differs: it has another one, or none; refunding would be a guess.
 * - later: it could not be asked, or its answer is older than what it did for us.
 */
export type Readiness =
  { kind: 'ready'; found: FoundTransaction } | { kind: 'differs'; why: string } | { kind: 'later'; why: string };

export function readinessOf(
  charge: ChargeRecord,
  lookup: Pick<TransactionLookup, 'answer' | 'found' | 'message'>,
): Readiness {
  const { answer, found, message } = lookup;
  if (answer === 'unknown') return { kind: 'later', why: `T store could not be asked: ${message}` };
  if (found === null) return { kind: 'differs', why: `T store has no such payment: ${message}` };
  const differing = compareWithTransaction(charge, lookup).fields.filter((field) => !field.same);
  if (differing.length === 0) return { kind: 'ready', found };
  if (differing.length === 1 && differing[0]?.field === 'refunded' && charge.refundedAmount > 0) {
    return { kind: 'later', why: `T store has it as ${found.status}, which is older than our last refund of it` };
  }
  const named = differing.map(({ field, ours, tstore }) => `${field} ${String(ours)}, T store ${String(tstore)}`);
  return { kind: 'differs', why: `T store has another payment than our record: ${named.join('; ')}` };
}

/**
 * What a lookup says of a refund whose answer was lost.
 *
 * - refunded: T store's record moved on since just before it was sent, to a word for refunded. One refund of a payment is
 *   under way at a time, so it was this one.
 * - unchanged: as before. That proves nothing at once, because a lookup may be stale.
 * - changed: otherwise; only a person can tell.
 */
export type RefundTrace = 'refunded' | 'unchanged' | 'changed';

export function traceOf(baseline: FoundTransaction, found: FoundTransaction): RefundTrace {
  const members = ['status', 'reason', 'message', 'updatedAt', 'amount'] as const;
  if (members.every((member) => baseline[member] === found[member])) return 'unchanged';
  const isOlder = baseline.updatedAt !== null && found.updatedAt !== null && found.updatedAt < baseline.updatedAt;
  return found.isRefunded === true && !isOlder ? 'refunded' : 'changed';
}

/**
 * Whether the payment may have been given back since: T store's record moved on, and does not say that it is not refunded.
 * Where nobody has set T store's words, it never says so, and any move counts.
 */
export function mayBeGivenBack(baseline: FoundTransaction, found: FoundTransaction): boolean {
  const isSaidNot = found.isRefunded === false && found.isPaid !== false;
  return !isSaidNot && traceOf(baseline, found) !== 'unchanged';
}
