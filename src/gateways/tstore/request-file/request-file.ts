import { DomainError, type InputFault } from '../../../kernel/errors';
import { isWon, won, type Won } from '../../../kernel/won';
import { PARTS_EXPECTATION, REQUEST_FILE_HEADER } from './request-file-rules';
import type { RequestRow } from './request-row';

/** What a written request file holds. */
export interface RequestFileSummary {
  /** Data rows: what `cntTotalTrans` must say. Counted where they are written, never by newlines. */
  lineCount: number;
  totalAmount: Won;
}

/** Rows turned into one chunk: some 130 KB, whatever the size of the batches that come in. */
const ROWS_PER_CHUNK = 1_000;

const PLAIN_TEXT = /^[\x20-\x2b\x2d-\x7e]+$/;
const UNWRITABLE_CHARACTER = /[\p{Cc}\p{Cs},]/u;

/** What {@link isWritableText} refuses of a text the database can hold, as a pattern of PostgreSQL's. */
export const UNWRITABLE_TEXT_PATTERN = '[\\u0001-\\u001f\\u007f-\\u009f,]|^$';

/**
 * Whether a text can stand in a column: the format has no quoting, so a comma, a newline or any other control character
 * would change the meaning of the line; a lone surrogate has no UTF-8.
 */
function isWritableText(text: string): boolean {
  return PLAIN_TEXT.test(text) || (text !== '' && !UNWRITABLE_CHARACTER.test(text));
}

const TEXT_COLUMNS = [
  ['mid', 'merchantId'],
  ['billingToken', 'billingToken'],
  ['productId', 'storeProductId'],
  ['nmProduct', 'productName'],
  ['noBranchOrder', 'orderNo'],
] as const satisfies readonly (readonly [string, keyof RequestRow])[];

/**
 * One line of the request file, without its newline.
 *
 * @throws {DomainError} `invalid-request-file` naming the columns whose value the format can't carry, never the value
 */
function formatRequestLine(row: RequestRow): string {
  for (const [, property] of TEXT_COLUMNS) {
    if (!isWritableText(row[property])) throw unwritable(row);
  }
  if (!hasWritableAmounts(row)) throw unwritable(row);
  return (
    `${row.merchantId},${row.billingToken},${row.storeProductId},${row.productName},${row.orderNo},` +
    `${row.amount},${row.carrierAmount},${row.creditCardAmount},${row.tmembershipAmount}`
  );
}

function hasWritableAmounts({ amount, carrierAmount, creditCardAmount, tmembershipAmount }: RequestRow): boolean {
  const areWon = isWon(amount) && isWon(carrierAmount) && isWon(creditCardAmount) && isWon(tmembershipAmount);
  return areWon && carrierAmount + creditCardAmount + tmembershipAmount === amount;
}

function unwritable(row: RequestRow): DomainError {
  const faults: InputFault[] = TEXT_COLUMNS.filter(([, property]) => !isWritableText(row[property])).map(([field]) => ({
    field,
    expected: 'text without comma and control characters',
  }));
  if (faults.length === 0) faults.push({ field: 'amtReqPurchase', expected: `whole won, ${PARTS_EXPECTATION}` });
  return new DomainError('invalid-request-file', 'A charge can’t be written into a request file', { faults });
}

/** Writes one request file as a stream of bytes, and knows afterwards what it wrote. One object a file. */
export class RequestFileWriter {
  private lineCount = 0;
  private totalAmount = 0;
  private finished: RequestFileSummary | undefined;

  /** @param leaveOut told of a row that can't be written, which is left out then; else such a row is an error */
  constructor(private readonly leaveOut?: (row: RequestRow, error: unknown) => void) {}

  /**
   * The file: UTF-8, no byte order mark, LF, the header first, no newline at the end.
   *
   * @param batches in the order of the file
   * @throws {DomainError} `invalid-request-file` naming the columns whose value the format can't carry, never the value; what
   *   was written until then must be thrown away
   */
  async *write(
    batches: AsyncIterable<readonly RequestRow[]> | Iterable<readonly RequestRow[]>,
  ): AsyncGenerator<Buffer, void, undefined> {
    yield Buffer.from(REQUEST_FILE_HEADER, 'utf8');
    for await (const rows of batches) {
      for (let at = 0; at < rows.length; at += ROWS_PER_CHUNK) {
        yield Buffer.from(this.lines(rows.slice(at, at + ROWS_PER_CHUNK)), 'utf8');
      }
    }
    this.finished = { lineCount: this.lineCount, totalAmount: won(this.totalAmount) };
  }

  /** @throws {Error} before the last byte was taken */
  get summary(): RequestFileSummary {
    if (this.finished === undefined) throw new Error('the request file was not written to its end');
    return this.finished;
  }

  private lines(rows: readonly RequestRow[]): string {
    let text = '';
    for (const row of rows) {
      const line = this.lineOf(row);
      if (line === undefined) continue;
      text += `\n${line}`;
      this.lineCount += 1;
      this.totalAmount = won(this.totalAmount + row.amount);
    }
    return text;
  }

  private lineOf(row: RequestRow): string | undefined {
    try {
      return formatRequestLine(row);
    } catch (error) {
      if (this.leaveOut === undefined) throw error;
      this.leaveOut(row, error);
      return undefined;
    }
  }
}
