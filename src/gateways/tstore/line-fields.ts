import { isUtf8 } from 'node:buffer';
import { isBlank } from './result-file/result-file-rules';

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const DIGIT_ZERO = 0x30;
const FIRST_PRINTABLE = 0x20;
const BACKSLASH = 0x5c;
const FIRST_NON_ASCII = 0x80;
/** 2^53 - 1 has this many digits. */
const MOST_AMOUNT_DIGITS = 16;

/**
 * The columns of one line at a time, as byte offsets into a block of whole lines; one object serves all lines.
 *
 * Bytes are looked at once and text is made only of the columns asked for: splitting into strings costs twice the time
 * of loading the file into PostgreSQL.
 */
export class LineFields {
  /** Columns of the current line; an empty line has one. */
  count = 0;
  /** Bytes of the current line, its line end not counted. */
  byteLength = 0;
  hasNul = false;
  /** Whether no control character is in the current line and no backslash in its block: its bytes mean what they are. */
  isPlain = true;

  private readonly ends: Int32Array;
  private block: Buffer = Buffer.alloc(0);
  private blockIsUtf8 = true;
  private blockHasBackslash = false;
  /** The block with one character a byte: exact for ASCII, and its slices cost next to nothing. */
  private text = '';
  private start = 0;
  private next = 0;
  /** One bit a column that holds more than ASCII. */
  private nonAscii = 0;

  /** @param columns how many columns a line should have; further ones are counted but can't be read */
  constructor(private readonly columns: number) {
    this.ends = new Int32Array(columns);
  }

  /** @param block whole lines, each ending with LF */
  open(block: Buffer): void {
    this.block = block;
    this.blockIsUtf8 = isUtf8(block);
    this.blockHasBackslash = block.includes(BACKSLASH);
    this.text = block.toString('latin1');
    this.next = 0;
  }

  /** Goes to the next line. @returns whether there was one. */
  advance(): boolean {
    const { block, ends, columns } = this;
    if (this.next >= block.length) return false;
    let column = 0;
    let nonAscii = 0;
    let hasNul = false;
    let controls = 0;
    let at = this.next;
    this.start = at;
    for (let byte = block[at] as number; byte !== LF; byte = block[++at] as number) {
      if (byte > COMMA && byte < FIRST_NON_ASCII) continue;
      if (byte === COMMA) {
        if (column < columns) ends[column] = at;
        column += 1;
      } else if (byte >= FIRST_NON_ASCII) {
        nonAscii |= 1 << column;
      } else if (byte < FIRST_PRINTABLE) {
        controls += 1;
        if (byte === 0) hasNul = true;
      }
    }
    this.next = at + 1;
    if (at > this.start && block[at - 1] === CR) {
      at -= 1;
      controls -= 1;
    }
    if (column < columns) ends[column] = at;
    this.count = column + 1;
    this.byteLength = at - this.start;
    this.hasNul = hasNul;
    this.isPlain = controls === 0 && !this.blockHasBackslash;
    this.nonAscii = nonAscii;
    return true;
  }

  /** Whether nothing but blanks is in the current line. */
  get isBlank(): boolean {
    return isBlank(this.block, this.start, this.start + this.byteLength);
  }

  isUtf8(): boolean {
    return this.nonAscii === 0 || this.blockIsUtf8 || isUtf8(this.bytes(this.byteLength));
  }

  /** A column's text. Keeps its block alive, so copy what outlives the batch. */
  textOf(column: number): string {
    const start = this.startOf(column);
    const end = this.ends[column] as number;
    return (this.nonAscii >> column) & 1 ? this.block.toString('utf8', start, end) : this.text.slice(start, end);
  }

  /** Columns as they stand in the line, with the commas between them, one character a byte. */
  bytesOf(first: number, last = first): string {
    return this.text.slice(this.startOf(first), this.ends[last]);
  }

  lengthOf(column: number): number {
    return (this.ends[column] as number) - this.startOf(column);
  }

  /** @returns the column as a whole number as {@link parseWon} reads it, or -1 when it is none */
  amountOf(column: number): number {
    const { block } = this;
    const start = this.startOf(column);
    const end = this.ends[column] as number;
    const digits = end - start;
    if (digits < 1 || digits > MOST_AMOUNT_DIGITS || (digits > 1 && block[start] === DIGIT_ZERO)) return -1;
    let amount = 0;
    for (let at = start; at < end; at += 1) {
      const digit = (block[at] as number) - DIGIT_ZERO;
      if (digit < 0 || digit > 9) return -1;
      amount = amount * 10 + digit;
    }
    return Number.isSafeInteger(amount) ? amount : -1;
  }

  /** Whether every byte of the column is one of those marked with 1 in a table of 256. */
  consistsOf(column: number, allowed: Uint8Array): boolean {
    const { block } = this;
    const end = this.ends[column] as number;
    for (let at = this.startOf(column); at < end; at += 1) {
      if (allowed[block[at] as number] !== 1) return false;
    }
    return true;
  }

  /** The line's first bytes, its line end not counted. */
  bytes(limit: number): Buffer {
    return this.block.subarray(this.start, this.start + Math.min(limit, this.byteLength));
  }

  private startOf(column: number): number {
    return column === 0 ? this.start : (this.ends[column - 1] as number) + 1;
  }
}
