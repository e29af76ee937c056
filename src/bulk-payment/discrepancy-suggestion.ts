import { isOfProduct, type TransactionLookup } from '../transaction-lookup';

/**
 * What a lookup's answer suggests.
 *
 * - accept-as-paid: T store has the payment as it was asked.
 * - accept-as-declined: T store has no such payment.
 * - close: there is no charge of ours that anything could follow for.
 * - ask-tstore: T store has it differently from what was asked, or refunded; only its people can tell why.
 * - look-up-later: T store could not be asked.
 */
export const SUGGESTIONS = ['accept-as-paid', 'accept-as-declined', 'close', 'ask-tstore', 'look-up-later'] as const;
export type Suggestion = (typeof SUGGESTIONS)[number];

/** A discrepancy as far as a suggestion depends on it: whether it names a charge of ours, and what that asked. */
interface Asked {
  chargeId: string | null;
  expected: { amount?: number; storeProductId?: string } | null;
}

/** @param refundedStatuses T store's words for a payment of which something was refunded; none are published */
export function suggestionOf(
  { chargeId, expected }: Asked,
  { answer, found }: Pick<TransactionLookup, 'answer' | 'found'>,
  refundedStatuses: readonly string[],
): Suggestion {
  if (answer === 'unknown') return 'look-up-later';
  if (found === null) return chargeId === null ? 'close' : 'accept-as-declined';
  // Money moved for an order that is not ours to settle.
  if (chargeId === null || expected === null) return 'ask-tstore';
  const isAsAsked = found.amount === expected.amount && isOfProduct(found, expected.storeProductId);
  return isAsAsked && !refundedStatuses.includes(found.status) ? 'accept-as-paid' : 'ask-tstore';
}
