/** A line is bytes[start..end) without its line end; valid during the call only. */
export type LineSink = (bytes: Buffer, start: number, end: number, fileOffset: number) => void;

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into lines wherever the chunks happen to end, inside a line or inside a UTF-8 character.
 * Blank lines are no lines; a last line needs no line end.
 */
export class LineScanner {
  private carry: Buffer = NOTHING;
  private carryOffset = 0;
  private consumed = 0;

  constructor(private readonly sink: LineSink) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      if (this.carry.length === 0) {
        this.emit(chunk, start, end, this.consumed + start);
      } else {
        const line = Buffer.concat([this.carry, chunk.subarray(start, end)]);
        this.carry = NOTHING;
        this.emit(line, 0, line.length, this.carryOffset);
      }
      start = end + 1;
    }
    if (start < chunk.length) {
      if (this.carry.length === 0) this.carryOffset = this.consumed + start;
      this.carry = Buffer.concat([this.carry, chunk.subarray(start)]);
    }
    this.consumed += chunk.length;
  }

  end(): void {
    const line = this.carry;
    this.carry = NOTHING;
    this.emit(line, 0, line.length, this.carryOffset);
  }

  get bytesSeen(): number {
    return this.consumed;
  }

  private emit(bytes: Buffer, start: number, end: number, fileOffset: number): void {
    const trimmed = end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (trimmed > start) this.sink(bytes, start, trimmed, fileOffset);
  }
}
