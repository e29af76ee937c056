import { MAX_CHARGE_WON, wonInWords } from '../../../kernel/won';
import { BILLING_TOKEN_LENGTHS, MAX_ORDER_NO_LENGTH, MAX_PRODUCT_ID_LENGTH } from '../../limits';
import { REQUEST_FILE_COLUMNS } from '../wire';

/** The header as our files write it, and as every sample file has it. */
export const REQUEST_FILE_HEADER = REQUEST_FILE_COLUMNS.join(',');

/** The ninth column's other name, in other places of the gateway's documents. */
export const REQUEST_FILE_HEADER_AMT_TMS = REQUEST_FILE_HEADER.replace(/amtRms$/, 'amtTms');

/** Some thirty times a usual line, and above the longest that the limits below allow. */
export const MAX_REQUEST_LINE_BYTES = 4_096;

/** What each column must be, in the words a fault of it is reported with; a name's fault says which character it is. */
export const REQUEST_COLUMN_EXPECTATIONS = {
  mid: 'the merchant id this service is configured with',
  billingToken: `${BILLING_TOKEN_LENGTHS.join(' or ')} hexadecimal digits in upper case`,
  productId: `1 to ${MAX_PRODUCT_ID_LENGTH} characters of A-Z a-z 0-9 . _ -, not only dots`,
  noBranchOrder: `1 to ${MAX_ORDER_NO_LENGTH} characters of A-Z a-z 0-9 . _ -, not only dots`,
  amtReqPurchase: `from 1 to ${wonInWords(MAX_CHARGE_WON)}, in digits only`,
  amtCarrier: 'won, in digits only',
  amtCreditCard: 'won, in digits only',
  amtRms: 'won, in digits only',
} as const satisfies Record<Exclude<(typeof REQUEST_FILE_COLUMNS)[number], 'nmProduct'>, string>;

export const PARTS_EXPECTATION = 'the sum of amtCarrier, amtCreditCard and amtRms';

/** A table of 256 with 1 for each byte of a text of ASCII characters. */
function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) set[byte] = 1;
  return set;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const UPPER_HEX_BYTES = byteSet('0123456789ABCDEF');
/** An address would lose a name of nothing else. */
export const DOT_BYTES = byteSet('.');
export const ID_BYTES = byteSet(`0123456789${UPPER}${UPPER.toLowerCase()}._-`);
