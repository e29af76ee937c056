import {
  isOfProduct,
  isWithToken,
  mayBeRefunded,
  tells,
  type FoundTransaction,
  type TransactionLookup,
} from '../../transaction-lookup';
import { namedTransactionOf, saysPaid, type ResultLineWords } from './result-line-words';

/**
 * What a lookup's answer suggests.
 *
 * - accept-as-paid: T store has the payment as it was asked, and it can be no other order's.
 * - accept-as-declined: T store has no such payment, and the line does not say paid.
 * - close: there is no charge of ours that anything could follow for.
 * - ask-tstore: T store has it differently from what was asked, or refunded, or not at all what the line says, or it may as
 *   well be another order's; only its people can tell.
 * - another-question: the line names another transaction than was asked for; of this line the answer says nothing.
 * - look-up-later: T store could not be asked, or refused for another reason than that there is none: nothing is known.
 */
export const SUGGESTIONS = [
  'accept-as-paid',
  'accept-as-declined',
  'close',
  'ask-tstore',
  'another-question',
  'look-up-later',
] as const;
export type Suggestion = (typeof SUGGESTIONS)[number];

/** What a charge asked, as far as a payment can be held against it. */
export interface AskedPayment {
  amount?: number;
  storeProductId?: string;
  /** SHA-256, in hexadecimal. */
  billingTokenHash?: string;
}

/** A discrepancy as far as a suggestion depends on it: whether it names a charge of ours, what that asked, and what its line says. */
interface Asked {
  chargeId: string | null;
  expected: AskedPayment | null;
  found: ResultLineWords | null;
  /** Other orders that the payment may as well be of. */
  rivals: readonly string[];
}

export function suggestionOf(
  { chargeId, expected, found: line, rivals }: Asked,
  { transactionId, answer, found }: Pick<TransactionLookup, 'transactionId' | 'answer' | 'found'>,
): Suggestion {
  if (!tells(answer)) return 'look-up-later';
  const named = namedTransactionOf(line);
  if (named !== null && named !== transactionId) return 'another-question';
  if (found === null) {
    if (chargeId === null) return 'close';
    // A code near that of a payment says neither, so T store's word on the transaction it names decides.
    return named !== null && !saysPaid(line) ? 'accept-as-declined' : 'ask-tstore';
  }
  // Money moved for an order that is not ours to settle.
  if (chargeId === null || expected === null) return 'ask-tstore';
  return isPaidAsAsked(found, expected) && rivals.length === 0 ? 'accept-as-paid' : 'ask-tstore';
}

/** Whether T store has a payment just as it was asked, and nothing of it given back. Its answer names no order. */
export function isPaidAsAsked(found: FoundTransaction, expected: AskedPayment): boolean {
  const isAsAsked = found.amount === expected.amount && isOfProduct(found, expected.storeProductId);
  return isAsAsked && isWithToken(found, expected.billingTokenHash ?? '') && !mayBeRefunded(found);
}
