/** Why a line can't be read. What it means is for a person to say: the line is kept, never guessed at. */
export type MalformedReason =
  | 'line-too-long'
  | 'nul-byte'
  | 'invalid-utf8'
  | 'wrong-column-count'
  | 'unreadable-amount'
  | 'unreadable-transaction-id'
  | 'no-order-number'
  | 'no-result-code';

/** Reasons that are one column's: the line still names its order, and its other columns mean something. */
export const ONE_COLUMN_REASONS: ReadonlySet<MalformedReason> = new Set([
  'unreadable-amount',
  'unreadable-transaction-id',
  'no-result-code',
]);

/** What stood where the header is expected. `other` may mean other columns, so the file needs a person. */
export type ResultFileHeader = 'unread' | 'absent' | 'expected' | 'other';
