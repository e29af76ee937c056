/**
 * How the charges of some days ended, in the order in which they add up: what is asked for is the sum of those without a
 * dash; the missing and the quarantined are the sum of those with one up to open.
 */
export const DAY_KINDS = [
  ['requested', 'requested'],
  ['paid', 'paid by its line'],
  ['declined', 'declined by its line'],
  ['missing', 'missing'],
  ['quarantined', 'quarantined'],
  ['acceptedPaid', '- accepted as paid'],
  ['acceptedDeclined', '- accepted as declined'],
  ['closed', '- closed'],
  ['open', '- open'],
  ['failed', 'failed'],
  ['contradicted', '- at the gateway all the same'],
  ['awaited', 'awaited'],
  ['refunded', 'refunded'],
  ['reversed', 'refunds that were none'],
] as const;

/** What the names alone don't say. */
export const HOW_DAYS_ADD_UP =
  'requested is paid, declined, missing, quarantined, failed and awaited; what people decided of the missing and ' +
  'quarantined, and what of the failed the gateway was heard to have, stands behind the dashes. Collected is what was ' +
  'paid by its line and what was accepted as paid.';

interface Tally {
  count: number;
  amount: number;
}

/** What came in: by lines of the result, and by what people decided. */
export function collectedOf({ paid, acceptedPaid }: { paid: Tally; acceptedPaid: Tally }): Tally {
  return { count: paid.count + acceptedPaid.count, amount: paid.amount + acceptedPaid.amount };
}
