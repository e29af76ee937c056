import { REQUEST_FILE_COLUMNS } from '../../../src/gateways/tstore/wire';
import { DECLINE_OTHER_MERCHANT, DECLINE_UNREADABLE, OUTCOME, declineOutcome } from '../result-codes';
import { hash53 } from '../../shared/seeded';
import { GrowingBytes, GrowingDoubles } from './growing-arrays';
import { LineScanner } from './line-scanner';
import { COLUMN, RowFields } from './row-fields';
import { WINDOW_ROWS, type RequestRows } from './request-rows';

/** Other places call the ninth column `amtTms`; a merchant who writes that is understood. */
const HEADERS: readonly string[] = [
  REQUEST_FILE_COLUMNS.join(','),
  [...REQUEST_FILE_COLUMNS.slice(0, -1), 'amtTms'].join(','),
];

/** Far above any honest row; without a limit one endless line would be held in memory. */
const LONGEST_LINE_BYTES = 64 * 1024;

const OUTCOME_UNREADABLE = declineOutcome(DECLINE_UNREADABLE);
const OUTCOME_OTHER_MERCHANT = declineOutcome(DECLINE_OTHER_MERCHANT);

/**
 * Reads a request file as it arrives, keeping 9 bytes a row: a hash of the order number, and whether the row is already
 * known to be declined. The rows themselves stay on disk.
 */
export class RequestFileReader {
  private readonly fields = new RowFields();
  private readonly orderHashes = new GrowingDoubles();
  private readonly fates = new GrowingBytes();
  private readonly windowOffsets: number[] = [];
  private readonly mid: Buffer;
  private readonly scanner = new LineScanner((bytes, start, end, offset) => this.line(bytes, start, end, offset));
  private headerSeen = false;
  private rows = 0;
  private amount = 0;
  private problemFound: string | null = null;

  constructor(mid: string) {
    this.mid = Buffer.from(mid, 'utf8');
  }

  push(chunk: Buffer): void {
    this.scanner.push(chunk);
  }

  /** Call once, after the last chunk. */
  finish(path: string): RequestRows {
    this.scanner.end();
    if (!this.headerSeen) this.problemFound ??= 'The file is empty';
    this.windowOffsets.push(this.scanner.bytesSeen);
    return {
      path,
      count: this.rows,
      amount: this.amount,
      orderHashes: this.orderHashes.trimmed(),
      fates: this.fates.trimmed(),
      windowOffsets: this.windowOffsets,
    };
  }

  /** Why the file as a whole can't be taken; null if it can. */
  get problem(): string | null {
    return this.problemFound;
  }

  private line(bytes: Buffer, start: number, end: number, fileOffset: number): void {
    if (end - start > LONGEST_LINE_BYTES) this.problemFound ??= 'A line is too long';
    if (!this.headerSeen) {
      this.headerSeen = true;
      if (!HEADERS.includes(bytes.toString('utf8', start, end))) this.problemFound ??= 'The first line is no header';
      return;
    }
    if (this.rows % WINDOW_ROWS === 0) this.windowOffsets.push(fileOffset);
    this.rows += 1;
    const fields = this.fields;
    fields.split(bytes, start, end);
    this.orderHashes.push(hash53(bytes, fields.startOf(COLUMN.noBranchOrder), fields.endOf(COLUMN.noBranchOrder)));
    this.fates.push(this.fateOf(fields));
  }

  private fateOf(fields: RowFields): number {
    if (!fields.isReadable()) return OUTCOME_UNREADABLE;
    this.amount += fields.amount(COLUMN.amtReqPurchase);
    return fields.equals(COLUMN.mid, this.mid) ? OUTCOME.waiting : OUTCOME_OTHER_MERCHANT;
  }
}
