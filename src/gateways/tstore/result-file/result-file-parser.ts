import { WholeLines } from '../../../platform/lines';
import { LineFields } from '../line-fields';
import {
  LONGEST_NEARLY_NONE,
  MAX_RESULT_LINE_BYTES,
  MAX_TRANSACTION_ID_BYTES,
  NEARLY_NONE,
  TRANSACTION_ID_BYTES,
  isExpectedResultFileHeader,
  startsResultFileHeader,
} from './result-file-rules';
import type { MalformedReason, ResultFileHeader } from './result-line';
import { NO_TRANSACTION_ID, RESULT_FILE_COLUMNS } from '../wire';

/** Longer than any header of the names that are known. */
const MAX_HEADER_BYTES = 4_096;

/** The columns' places, by name. */
export const RESULT_COLUMN = Object.fromEntries(RESULT_FILE_COLUMNS.map((name, index) => [name, index])) as Record<
  (typeof RESULT_FILE_COLUMNS)[number],
  number
>;
const { noBranchOrder, amtReqPurchase, amtTms, tid, cdResult } = RESULT_COLUMN;

/** A line while the parser stands on it; for those who go through millions and keep none. */
export interface ScannedResultLine {
  readonly lineNumber: number;
  /** Why it can't be read; `undefined` where it can. Its columns mean something then, or for {@link ONE_COLUMN_REASONS}. */
  readonly malformed: MalformedReason | undefined;
  /** Its columns, at {@link RESULT_COLUMN}. The four amounts follow one another, and are canonical whole numbers. */
  readonly fields: LineFields;
  /** `null` where there is no transaction. */
  readonly transactionId: string | null;
}

/**
 * Reads a result file, chunk by chunk, in memory that does not grow with the file.
 *
 * Every line that is neither the header nor blank (empty, or of blanks alone) comes out exactly once, readable or malformed,
 * whatever the bytes and however they are cut. It never throws.
 */
export class ResultFileParser implements ScannedResultLine {
  readonly fields = new LineFields(RESULT_FILE_COLUMNS.length);
  lineNumber = 0;
  malformed: MalformedReason | undefined;
  private readonly lines = new WholeLines(MAX_RESULT_LINE_BYTES);
  private headerSeen: ResultFileHeader = 'unread';

  /** Known once the first line that is not blank was read. */
  get header(): ResultFileHeader {
    return this.headerSeen;
  }

  /** Goes through the lines that this chunk completed, one object for all of them. */
  scan(chunk: Buffer, take: (line: ScannedResultLine) => void): void {
    this.scanBlock(this.lines.push(chunk), take);
  }

  /** The last line, where the file does not end with a newline. */
  scanEnd(take: (line: ScannedResultLine) => void): void {
    this.scanBlock(this.lines.end(), take);
  }

  private scanBlock(block: Buffer, take: (line: ScannedResultLine) => void): void {
    const { fields } = this;
    fields.open(block);
    while (fields.advance()) {
      this.lineNumber += 1;
      if (fields.isBlank && fields.byteLength <= MAX_RESULT_LINE_BYTES) continue;
      if (this.headerSeen === 'unread' && this.isHeader()) continue;
      this.malformed = this.fault();
      take(this);
    }
  }

  private isHeader(): boolean {
    const line = this.fields.bytes(MAX_HEADER_BYTES).toString('latin1');
    if (!startsResultFileHeader(line)) {
      this.headerSeen = 'absent';
      return false;
    }
    this.headerSeen = isExpectedResultFileHeader(line) ? 'expected' : 'other';
    return true;
  }

  private fault(): MalformedReason | undefined {
    const { fields } = this;
    if (fields.byteLength > MAX_RESULT_LINE_BYTES) return 'line-too-long';
    if (fields.hasNul) return 'nul-byte';
    if (!fields.isUtf8()) return 'invalid-utf8';
    if (fields.count !== RESULT_FILE_COLUMNS.length) return 'wrong-column-count';
    if (fields.lengthOf(noBranchOrder) === 0) return 'no-order-number';
    // An empty code is not "another value than 0000": reading it as a decline would be a guess.
    if (fields.lengthOf(cdResult) === 0) return 'no-result-code';
    for (let column = amtReqPurchase; column <= amtTms; column += 1) {
      if (fields.amountOf(column) < 0) return 'unreadable-amount';
    }
    if (fields.lengthOf(tid) > MAX_TRANSACTION_ID_BYTES || !fields.consistsOf(tid, TRANSACTION_ID_BYTES)) {
      return 'unreadable-transaction-id';
    }
    if (fields.lengthOf(tid) <= LONGEST_NEARLY_NONE && this.isNearlyNone(fields.textOf(tid))) {
      return 'unreadable-transaction-id';
    }
    return undefined;
  }

  private isNearlyNone(text: string): boolean {
    return text !== NO_TRANSACTION_ID && NEARLY_NONE.test(text);
  }

  get transactionId(): string | null {
    const transactionId = this.fields.textOf(tid);
    return transactionId === NO_TRANSACTION_ID || transactionId === '' ? null : transactionId;
  }
}
