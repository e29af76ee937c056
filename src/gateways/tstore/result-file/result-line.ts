import type { Won } from '../../../kernel/won';

/** One payment's outcome as the result file tells it; nothing in it is compared with our records yet. */
export interface ParsedResultLine {
  kind: 'parsed';
  /** Of the file, counted from 1 with the header as line 1; blank lines count. */
  lineNumber: number;
  merchantId: string;
  bid: string;
  /** A secret: encrypt or fingerprint it, never log it. */
  billingToken: string;
  storeProductId: string;
  productName: string;
  orderNo: string;
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
  /** `null` where there is no transaction. */
  transactionId: string | null;
  /** `0000` is paid; another value is not paid, if it is plainly a code. */
  resultCode: string;
  resultMessage: string;
}

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

export interface MalformedResultLine {
  kind: 'malformed';
  lineNumber: number;
  malformed: MalformedReason;
  /** The line's beginning, as far as it is text PostgreSQL can store: unreadable bytes and NUL are U+FFFD. */
  raw: string;
}

export type ResultLine = ParsedResultLine | MalformedResultLine;

/** What stood where the header is expected. `other` may mean other columns, so the file needs a person. */
export type ResultFileHeader = 'unread' | 'absent' | 'expected' | 'other';
