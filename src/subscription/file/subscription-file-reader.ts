import { parse } from 'csv-parse/sync';
import { isUtf8 } from 'node:buffer';
import { UTF8_EXPECTED, WholeLines, chunksOf, foreignFormOf } from '../../platform/lines';
import type { InputFault } from '../../kernel/errors';
import { FaultList } from '../../kernel/fault-list';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { MAX_SUBSCRIPTION_LINE_BYTES } from './subscription-file-columns';
import { HEADER_EXPECTATION, SubscriptionRowReader, faultsOfHeader, isHeader } from './subscription-row-reader';
import type { SubscriptionOrder } from '../subscription-rules';

export interface NumberedOrder extends SubscriptionOrder {
  /** Counted from 1, with the header as line 1. */
  lineNumber: number;
}

/**
 * Reads a CSV file of subscriptions: UTF-8, commas, fields in double quotes where they need them, a line a subscription,
 * LF or CRLF, blank lines skipped. Memory does not grow with the file.
 */
export class SubscriptionFileReader {
  readonly faults = new FaultList();
  /** Lines with a subscription on them, good or not. */
  lineCount = 0;
  faultyLineCount = 0;
  /** Whether the file is one of subscriptions at all; if not, no line of it is read. */
  headerIsWrong = false;

  private readonly lines = new WholeLines(MAX_SUBSCRIPTION_LINE_BYTES);
  private rowReader: SubscriptionRowReader | undefined;
  private lineNumber = 0;

  constructor(private readonly today: SeoulDate) {}

  /** The good lines in batches, one a chunk; ask for the faults when they are read. @throws only what the source throws */
  async *orders(source: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedOrder[], void, undefined> {
    for await (const chunk of chunksOf(source)) {
      const orders = this.read(this.lines.push(chunk));
      if (orders.length > 0) yield orders;
    }
    const last = this.read(this.lines.end());
    if (last.length > 0) yield last;
    if (this.lineNumber === 0) this.refuseHeader();
    else if (this.lineCount === 0 && !this.headerIsWrong) {
      this.faults.add({ line: 2, expected: 'at least one line after the header' });
    }
  }

  /** @param block whole lines, each ending with LF */
  private read(block: Buffer): NumberedOrder[] {
    const orders: NumberedOrder[] = [];
    if (block.length === 0) return orders;
    const lines = linesOf(block);
    const records = recordsOf(lines);
    for (let index = 0; index < lines.length; index += 1) {
      this.lineNumber += 1;
      if (this.headerIsWrong) continue;
      const record = records[index] ?? { fault: 'one line' };
      if (this.lineNumber === 1) this.readHeader(record, lines[index]);
      else if (lines[index]?.length !== 0) this.readRow(record, orders);
    }
    return orders;
  }

  private readHeader(record: LineRecord, line: Buffer = NOTHING): void {
    const foreign = foreignFormOf(line);
    if (foreign !== undefined) this.refuseHeader([{ expected: foreign }]);
    else if (Array.isArray(record) && isHeader(record)) this.rowReader = new SubscriptionRowReader(record, this.today);
    else this.refuseHeader(Array.isArray(record) ? faultsOfHeader(record) : undefined);
  }

  private refuseHeader(faults: InputFault[] = [{ expected: HEADER_EXPECTATION }]): void {
    this.headerIsWrong = true;
    for (const fault of faults) this.faults.add({ line: 1, ...fault });
  }

  private readRow(record: LineRecord, orders: NumberedOrder[]): void {
    this.lineCount += 1;
    const order = Array.isArray(record) ? this.rowReader?.read(record) : undefined;
    if (order !== undefined) {
      orders.push({ lineNumber: this.lineNumber, ...order });
      return;
    }
    this.faultyLineCount += 1;
    const faults = Array.isArray(record) ? (this.rowReader?.faults ?? []) : [{ expected: record.fault }];
    for (const fault of faults) this.faults.add({ line: this.lineNumber, ...fault });
  }
}

/** A line's fields, or what is wrong with its form. */
type LineRecord = string[] | { fault: string };

const CR = 0x0d;
const LF = 0x0a;

function linesOf(block: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(LF, start);
    lines.push(block.subarray(start, end > start && block[end - 1] === CR ? end - 1 : end));
    start = end + 1;
  }
  return lines;
}

/**
 * Parses the lines together, which takes a tenth of the time of one by one; and one by one where a line is not whole in
 * itself, so that a quote that is never closed costs its own line and not the rest of the file.
 */
function recordsOf(lines: readonly Buffer[]): LineRecord[] {
  const whole = lines.every((line) => line.length <= MAX_SUBSCRIPTION_LINE_BYTES);
  const together = whole ? parsed(Buffer.concat(lines.flatMap((line) => [line, NEWLINE]))) : undefined;
  return together?.length === lines.length ? together : lines.map(recordOf);
}

const NEWLINE = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);

function recordOf(line: Buffer): LineRecord {
  if (line.length > MAX_SUBSCRIPTION_LINE_BYTES) return { fault: `at most ${MAX_SUBSCRIPTION_LINE_BYTES} bytes` };
  if (!isUtf8(line)) return { fault: UTF8_EXPECTED };
  if (line.length === 0) return [];
  return (
    parsed(line)?.[0] ?? { fault: 'fields separated by commas, in double quotes where they hold one, on one line' }
  );
}

/** @returns a record a line; fewer when a quoted field goes on over a line's end; `undefined` when the form is broken */
function parsed(text: Buffer): string[][] | undefined {
  if (!isUtf8(text)) return undefined;
  try {
    return parse(text, { record_delimiter: '\n', relax_column_count: true });
  } catch {
    return undefined;
  }
}
