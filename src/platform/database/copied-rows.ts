/** What a binary COPY begins with: eleven bytes that say what it is, flags, and the length of an extension, which is 0. */
const HEADER_BYTES = 19;
/** Where the number of columns would stand behind the last row. */
const END_OF_ROWS = -1;
const LENGTH_BYTES = 4;

/**
 * The rows of a COPY in PostgreSQL's binary format, as far as they have come: bytes stay bytes and numbers are numbers,
 * so nothing is written as text, cut apart and read back, a million times.
 *
 * One object stands on one row after the other. No column may be null.
 */
export class CopiedRows {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private isBegun = false;
  private readonly starts: number[];
  private readonly ends: number[];
  /** What each column last said, and the bytes that said so: of most columns, the same in row after row. */
  private readonly texts: { text: string; bytes: Buffer }[];

  constructor(private readonly columns: number) {
    this.starts = new Array<number>(columns).fill(0);
    this.ends = new Array<number>(columns).fill(0);
    this.texts = Array.from({ length: columns }, () => ({ text: '', bytes: Buffer.alloc(0) }));
  }

  /** Adds what came next; rows that were stood on before mean nothing any more. */
  push(chunk: Buffer): void {
    this.bytes = this.at === this.bytes.length ? chunk : Buffer.concat([this.bytes.subarray(this.at), chunk]);
    this.at = 0;
    if (!this.isBegun && this.bytes.length >= HEADER_BYTES) {
      this.at = HEADER_BYTES;
      this.isBegun = true;
    }
  }

  /** @returns whether a whole row is there, which is stood on then. @throws {Error} on a row of other columns, or a null */
  advance(): boolean {
    const { bytes } = this;
    let at = this.at + 2;
    if (!this.isBegun || at > bytes.length) return false;
    const columns = bytes.readInt16BE(this.at);
    if (columns === END_OF_ROWS) {
      this.at = at;
      return false;
    }
    if (columns !== this.columns) throw new Error(`a row of ${columns} columns was copied, not of ${this.columns}`);
    for (let column = 0; column < columns; column += 1) {
      const start = at + LENGTH_BYTES;
      if (start > bytes.length) return false;
      const length = bytes.readInt32BE(at);
      if (length < 0) throw new Error(`column ${column + 1} of a copied row is null`);
      at = start + length;
      if (at > bytes.length) return false;
      this.starts[column] = start;
      this.ends[column] = at;
    }
    this.at = at;
    return true;
  }

  /** A `text` column. */
  text(column: number): string {
    return this.bytes.toString('utf8', this.starts[column], this.ends[column]);
  }

  /** A `text` column that seldom changes from row to row: made anew only when it does. */
  repeatedText(column: number): string {
    const start = this.starts[column] as number;
    const end = this.ends[column] as number;
    const last = this.texts[column] as { text: string; bytes: Buffer };
    if (last.bytes.length !== end - start || last.bytes.compare(this.bytes, start, end) !== 0) {
      last.bytes = Buffer.from(this.bytes.subarray(start, end));
      last.text = this.text(column);
    }
    return last.text;
  }

  /** A `bytea` column in lower-case hexadecimal. */
  hex(column: number): string {
    return this.bytes.toString('hex', this.starts[column], this.ends[column]);
  }

  /** A `bytea` column; a view of bytes that stay as they are. */
  buffer(column: number): Buffer {
    return this.bytes.subarray(this.starts[column], this.ends[column]);
  }

  /** A `bigint` column; beyond 2^53 it is not exact, and not a safe integer. */
  integer(column: number): number {
    const start = this.starts[column] as number;
    return this.bytes.readInt32BE(start) * 2 ** 32 + this.bytes.readUInt32BE(start + 4);
  }
}
