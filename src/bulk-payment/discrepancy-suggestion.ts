import type { TransactionLookup } from '../transaction-lookup';

/**
 * What a lookup's answer suggests.
 *
 * - accept-as-paid: T store has the payment, for the amount that was asked.
 * - accept-as-declined: T store has no such payment.
 * - close: there is no charge of ours that anything could follow for.
 * - ask-tstore: T store has it, and differently from what was asked; only its people can tell why.
 * - look-up-later: T store could not be asked.
 */
export const SUGGESTIONS = ['accept-as-paid', 'accept-as-declined', 'close', 'ask-tstore', 'look-up-later'] as const;
export type Suggestion = (typeof SUGGESTIONS)[number];

/** The gateway's status words are not published, so only what is: whether it has the payment, and its amount. */
export function suggestionOf(
  { chargeId, expected }: { chargeId: string | null; expected: { amount?: number } | null },
  lookup: Pick<TransactionLookup, 'answer' | 'found'>,
): Suggestion {
  switch (lookup.answer) {
    case 'unknown':
      return 'look-up-later';
    case 'refused':
      return chargeId === null ? 'close' : 'accept-as-declined';
    case 'found':
      // Money moved for an order that is not ours to settle.
      if (chargeId === null) return 'ask-tstore';
      return lookup.found?.amount === expected?.amount ? 'accept-as-paid' : 'ask-tstore';
  }
}
