import { NO_TRANSACTION_ID, RESULT_FILE_COLUMNS } from '../../../src/gateways/tstore/wire';
import type { Strike } from '../faults/armed-faults';
import type { FaultKind } from '../faults/catalogue';

/** What a fault makes of one line: the lines that are sent in its place. Lines are latin1 text without line end. */
export type LineEdit = (line: string, strike: Strike) => string[];

const AMOUNT_COLUMN = RESULT_FILE_COLUMNS.indexOf('amtReqPurchase');
const CARRIER_COLUMN = RESULT_FILE_COLUMNS.indexOf('amtCarrier');
const PRODUCT_COLUMN = RESULT_FILE_COLUMNS.indexOf('productId');
const TRANSACTION_COLUMN = RESULT_FILE_COLUMNS.indexOf('tid');
const CODE_COLUMN = RESULT_FILE_COLUMNS.indexOf('cdResult');
const ORDER_COLUMN = RESULT_FILE_COLUMNS.indexOf('noBranchOrder');

/** Faults of single lines, in the order they are applied when several meet. */
export const LINE_EDITS: readonly (readonly [FaultKind, LineEdit])[] = [
  ['result-lines-missing', () => []],
  ['result-lines-doubled', (line) => [line, line]],
  ['result-lines-charged-twice', (line) => [line, withColumn(line, TRANSACTION_COLUMN, (tid) => `${tid}2`)]],
  [
    'result-lines-unknown',
    (line, strike) => {
      const orderNo = `unknown-${strike.random.below(1_000_000_000)}`;
      return [line, withColumn(line, ORDER_COLUMN, () => orderNo)];
    },
  ],
  ['result-amount-altered', (line, strike) => [withAmount(line, strike.number('byWon'))]],
  ['result-product-altered', (line) => [withColumn(line, PRODUCT_COLUMN, (productId) => `${productId}9`)]],
  ['result-code-altered', (line, strike) => [withColumn(line, CODE_COLUMN, () => strike.text('resultCode'))]],
  [
    'result-transaction-shared',
    (line, strike) => [withColumn(line, TRANSACTION_COLUMN, (tid) => sharedBy(strike, tid))],
  ],
  ['result-columns-wrong', (line) => [`${line},surplus`]],
];

function sharedBy(strike: Strike, tid: string): string {
  if (tid === NO_TRANSACTION_ID) return tid;
  return strike.text('transactionId') || strike.firstOf(tid);
}

/** The whole and its carrier part both, so that the line is consistent in itself and only differs from the request. */
function withAmount(line: string, byWon: number): string {
  const raise = (amount: string): string => String(Number(amount) + byWon);
  return withColumn(withColumn(line, AMOUNT_COLUMN, raise), CARRIER_COLUMN, raise);
}

function withColumn(line: string, column: number, change: (value: string) => string): string {
  const columns = line.split(',');
  const value = columns[column];
  if (value !== undefined) columns[column] = change(value);
  return columns.join(',');
}

/**
 * `count` positions below `limit` that are not `taken` yet, drawn by the fault's own seed. Two faults that meet in a file
 * strike different lines, or one could undo the other: a line that is dropped can't be altered.
 */
export function drawnPositions(strike: Strike, count: number, limit: number, taken: ReadonlySet<number>): Set<number> {
  const positions = new Set<number>();
  const free = limit - taken.size;
  while (positions.size < Math.min(count, free)) {
    const position = strike.random.below(limit);
    if (!taken.has(position)) positions.add(position);
  }
  return positions;
}
