import type { Won } from '../../kernel/won';
import { chunksOf } from './chunks';
import { LineFields } from './line-fields';
import {
  MAX_RESULT_LINE_BYTES,
  MAX_TRANSACTION_ID_BYTES,
  TRANSACTION_ID_BYTES,
  isExpectedResultFileHeader,
  startsResultFileHeader,
} from './result-file-rules';
import type {
  MalformedReason,
  MalformedResultLine,
  ParsedResultLine,
  ResultFileHeader,
  ResultLine,
} from './result-line';
import { WholeLines } from './whole-lines';
import { NO_TRANSACTION_ID, RESULT_FILE_COLUMNS } from './wire';

/** What is kept of a malformed line: ten usual lines, enough for a person to recognise it. */
export const MAX_RAW_BYTES = 4_096;

const COLUMN = Object.fromEntries(RESULT_FILE_COLUMNS.map((name, index) => [name, index])) as Record<
  (typeof RESULT_FILE_COLUMNS)[number],
  number
>;
const { cmId, bid, billingToken, productId, nmProduct, noBranchOrder, tid, cdResult, msgResult } = COLUMN;
const { amtReqPurchase, amtCarrier, amtCreditCard, amtTms } = COLUMN;

/**
 * Reads a result file, chunk by chunk, in memory that does not grow with the file.
 *
 * Every line that is neither the header nor blank comes out exactly once, parsed or malformed, whatever the bytes and
 * however they are cut. It never throws.
 */
export class ResultFileParser {
  private readonly lines = new WholeLines(MAX_RESULT_LINE_BYTES);
  private readonly fields = new LineFields(RESULT_FILE_COLUMNS.length);
  private lineNumber = 0;
  private headerSeen: ResultFileHeader = 'unread';

  /** Known once the first line that is not blank was read. */
  get header(): ResultFileHeader {
    return this.headerSeen;
  }

  /** @returns the lines that this chunk completed */
  push(chunk: Buffer): ResultLine[] {
    return this.read(this.lines.push(chunk));
  }

  /** @returns the last line, where the file does not end with a newline */
  end(): ResultLine[] {
    return this.read(this.lines.end());
  }

  private read(block: Buffer): ResultLine[] {
    const { fields } = this;
    const lines: ResultLine[] = [];
    fields.open(block);
    while (fields.advance()) {
      this.lineNumber += 1;
      if (fields.byteLength === 0) continue;
      if (this.headerSeen === 'unread' && this.isHeader()) continue;
      lines.push(this.line());
    }
    return lines;
  }

  private isHeader(): boolean {
    const line = this.fields.bytes(MAX_RAW_BYTES).toString('latin1');
    if (!startsResultFileHeader(line)) {
      this.headerSeen = 'absent';
      return false;
    }
    this.headerSeen = isExpectedResultFileHeader(line) ? 'expected' : 'other';
    return true;
  }

  private line(): ResultLine {
    const { fields } = this;
    if (fields.byteLength > MAX_RESULT_LINE_BYTES) return this.malformed('line-too-long');
    if (fields.hasNul) return this.malformed('nul-byte');
    if (!fields.isUtf8()) return this.malformed('invalid-utf8');
    if (fields.count !== RESULT_FILE_COLUMNS.length) return this.malformed('wrong-column-count');
    if (fields.lengthOf(noBranchOrder) === 0) return this.malformed('no-order-number');
    // An empty code is not "another value than 0000": reading it as a decline would be a guess.
    if (fields.lengthOf(cdResult) === 0) return this.malformed('no-result-code');
    return this.parsed();
  }

  private parsed(): ParsedResultLine | MalformedResultLine {
    const { fields } = this;
    const amount = fields.amountOf(amtReqPurchase);
    const carrierAmount = fields.amountOf(amtCarrier);
    const creditCardAmount = fields.amountOf(amtCreditCard);
    const tmembershipAmount = fields.amountOf(amtTms);
    if (amount < 0 || carrierAmount < 0 || creditCardAmount < 0 || tmembershipAmount < 0) {
      return this.malformed('unreadable-amount');
    }
    if (fields.lengthOf(tid) > MAX_TRANSACTION_ID_BYTES || !fields.consistsOf(tid, TRANSACTION_ID_BYTES)) {
      return this.malformed('unreadable-transaction-id');
    }
    const transactionId = fields.textOf(tid);
    return {
      kind: 'parsed',
      lineNumber: this.lineNumber,
      merchantId: fields.textOf(cmId),
      bid: fields.textOf(bid),
      billingToken: fields.textOf(billingToken),
      storeProductId: fields.textOf(productId),
      productName: fields.textOf(nmProduct),
      orderNo: fields.textOf(noBranchOrder),
      // amountOf gives safe whole numbers or -1, which was turned away above.
      amount: amount as Won,
      carrierAmount: carrierAmount as Won,
      creditCardAmount: creditCardAmount as Won,
      tmembershipAmount: tmembershipAmount as Won,
      transactionId: transactionId === NO_TRANSACTION_ID || transactionId === '' ? null : transactionId,
      resultCode: fields.textOf(cdResult),
      resultMessage: fields.textOf(msgResult),
    };
  }

  private malformed(reason: MalformedReason): MalformedResultLine {
    const raw = this.fields.bytes(MAX_RAW_BYTES).toString('utf8').replaceAll('\0', '\uFFFD');
    return { kind: 'malformed', lineNumber: this.lineNumber, malformed: reason, raw };
  }
}

/**
 * Reads a result file from a byte stream, in batches of the lines each chunk completed; faster with chunks of 64 KB to
 * 1 MB (`highWaterMark`). Backpressure is the consumer's pace.
 *
 * @throws only what the source throws
 */
export async function* parseResultFile(
  source: AsyncIterable<Uint8Array>,
  parser = new ResultFileParser(),
): AsyncGenerator<readonly ResultLine[], void, undefined> {
  for await (const chunk of chunksOf(source)) {
    const lines = parser.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = parser.end();
  if (last.length > 0) yield last;
}
