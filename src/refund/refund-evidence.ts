import type { FoundTransaction, TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';
import type { FoundRefund } from '../gateways';
import { compareWithTransaction, hasLessThan } from './outside/transaction-comparison';

/**
 * Whether a payment may be refunded, by the gateway's answer of just now.
 *
 * - ready: it has the payment as our record has it.
 * - differs: it has another one, or none; refunding would be a guess.
 * - later: it could not be asked or refused to tell, or its answer is older than what it did for us.
 */
export type Readiness =
  { kind: 'ready'; found: FoundTransaction } | { kind: 'differs'; why: string } | { kind: 'later'; why: string };

export function readinessOf(
  charge: ChargeRecord,
  lookup: Pick<TransactionLookup, 'answer' | 'found' | 'message'>,
): Readiness {
  const { answer, found, message } = lookup;
  if (answer === 'unknown') return { kind: 'later', why: `The gateway could not be asked: ${message}` };
  if (answer === 'refused') return { kind: 'later', why: `The gateway refused to be asked: ${message}` };
  if (found === null) return { kind: 'differs', why: `The gateway has no such payment: ${message}` };
  const differing = compareWithTransaction(charge, lookup).fields.filter((field) => !field.same);
  if (differing.length === 0) return { kind: 'ready', found };
  const isOlder =
    differing.every(({ field }) => field === 'refunded' || field === 'balance') && !hasLessThan(charge, found);
  if (isOlder && charge.refundedAmount > 0) {
    return { kind: 'later', why: `The gateway has it as ${found.status}, which is older than our last refund of it` };
  }
  const named = differing.map(({ field, ours, gateway }) => `${field} ${String(ours)}, the gateway ${String(gateway)}`);
  return { kind: 'differs', why: `The gateway has another payment than our record: ${named.join('; ')}` };
}

/**
 * What a lookup says of a refund whose answer was lost.
 *
 * - refunded: the gateway's record moved on since just before it was sent, to a word for refunded. One refund of a payment is
 *   under way at a time, so it was this one.
 * - unchanged: as before. That proves nothing at once, because a lookup may be stale.
 * - under-way, not-made: the gateway says of this very refund that it may still give it, or that it has not.
 * - changed: otherwise; only a person can tell.
 */
export type RefundTrace = 'refunded' | 'unchanged' | 'under-way' | 'not-made' | 'changed';

export function traceOf(
  baseline: FoundTransaction,
  found: FoundTransaction,
  refund?: { note: string; amount: number },
): RefundTrace {
  const asked = refund === undefined ? undefined : askedIn(found, refund.note);
  if (asked !== undefined) return asked;
  const members = ['status', 'reason', 'message', 'updatedAt', 'amount', 'balance'] as const;
  if (members.every((member) => baseline[member] === found[member])) return 'unchanged';
  // A gateway that lists what was given back has ours under its note, or has it not.
  if (found.refunds !== undefined && refund !== undefined) return madeIn(found, refund.note) ? 'refunded' : 'changed';
  // One that says what is left and does not list what was given back has as much less as was asked for, or something else happened.
  if (refund !== undefined && baseline.balance !== undefined && found.balance !== undefined) {
    return baseline.balance - found.balance === refund.amount ? 'refunded' : 'changed';
  }
  const isOlder = baseline.updatedAt !== null && found.updatedAt !== null && found.updatedAt < baseline.updatedAt;
  return found.isRefunded === true && !isOlder ? 'refunded' : 'changed';
}

/** What a refund is known by, where a gateway lists them: its own of each. */
export function noteOf({ orderNo, id }: { orderNo: string; id: string }): string {
  return `${orderNo} refund ${id}`;
}

/** What became of the refund of that note that is not made; `undefined`: it is, or nobody tells. */
function askedIn(found: FoundTransaction, note: string): 'under-way' | 'not-made' | undefined {
  const asked = (found.askedRefunds ?? []).filter((one) => one.note === note);
  if (asked.length === 0 || madeIn(found, note)) return undefined;
  return asked.some(({ isUnderWay }) => isUnderWay) ? 'under-way' : 'not-made';
}

/** The refund of that note, as its gateway has it. */
export function madeIn(found: FoundTransaction, note: string): FoundRefund | undefined {
  return found.refunds?.find((one) => one.note === note);
}

/**
 * Whether the payment may have been given back since: the gateway's record moved on, and does not say that it is not refunded.
 * Where nobody has set the gateway's words, it never says so, and any move counts.
 */
export function mayBeGivenBack(baseline: FoundTransaction, found: FoundTransaction): boolean {
  const isSaidNot = found.isRefunded === false && found.isPaid !== false;
  return !isSaidNot && traceOf(baseline, found) !== 'unchanged';
}
