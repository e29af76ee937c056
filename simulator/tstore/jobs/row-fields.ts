import { isUtf8 } from 'node:buffer';
import { REQUEST_FILE_COLUMNS } from '../../../src/gateways/tstore/wire';

const COMMA = 44;
const DIGIT_ZERO = 48;
const COLUMNS = REQUEST_FILE_COLUMNS.length;

export const COLUMN = {
  mid: 0,
  billingToken: 1,
  productId: 2,
  nmProduct: 3,
  noBranchOrder: 4,
  amtReqPurchase: 5,
  amtCarrier: 6,
  amtCreditCard: 7,
  amtRms: 8,
} as const;

/** The fields of one row of a request file, as positions in its bytes: a million rows make no garbage. */
export class RowFields {
  private readonly starts = new Int32Array(COLUMNS + 1);
  private bytes: Buffer = Buffer.alloc(0);
  private lineStart = 0;
  private lineEnd = 0;
  count = 0;

  split(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.lineStart = start;
    this.lineEnd = end;
    this.starts[0] = start;
    this.count = 1;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== COMMA) continue;
      if (this.count < COLUMNS) this.starts[this.count] = at + 1;
      this.count += 1;
    }
    this.starts[Math.min(this.count, COLUMNS)] = end + 1;
  }

  startOf(column: number): number {
    return column < this.count ? (this.starts[column] as number) : this.lineEnd;
  }

  endOf(column: number): number {
    return column < this.count ? (this.starts[column + 1] as number) - 1 : this.lineEnd;
  }

  text(column: number): string {
    return this.bytes.toString('utf8', this.startOf(column), this.endOf(column));
  }

  equals(column: number, expected: Buffer): boolean {
    return this.bytes.compare(expected, 0, expected.length, this.startOf(column), this.endOf(column)) === 0;
  }

  /** Won, or -1 when it is not a whole number that a double holds exactly. */
  amount(column: number): number {
    const start = this.startOf(column);
    const end = this.endOf(column);
    if (end <= start || end - start > 15) return -1;
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const digit = (this.bytes[at] as number) - DIGIT_ZERO;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  /** Nine columns of valid UTF-8 with an order number, and parts that add up to the whole. */
  isReadable(): boolean {
    if (this.count !== COLUMNS || this.endOf(COLUMN.noBranchOrder) === this.startOf(COLUMN.noBranchOrder)) return false;
    const total = this.amount(COLUMN.amtReqPurchase);
    const parts = [COLUMN.amtCarrier, COLUMN.amtCreditCard, COLUMN.amtRms].map((column) => this.amount(column));
    if (total < 0 || parts.some((part) => part < 0)) return false;
    if (parts.reduce((sum, part) => sum + part, 0) !== total) return false;
    return isUtf8(this.bytes.subarray(this.lineStart, this.lineEnd));
  }
}
