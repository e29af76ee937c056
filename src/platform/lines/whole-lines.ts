const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const NOTHING = Buffer.alloc(0);

/**
 * Cuts chunks of any size into blocks of whole lines, so that no line and no UTF-8 character is ever looked at in
 * halves. A byte order mark at the very beginning is dropped.
 *
 * Every line of a block ends with LF, the file's last one too. A line longer than the limit is kept only so far that
 * its length still shows that it is too long, so memory stays flat on a file without newlines.
 */
export class WholeLines {
  private readonly keptBytes: number;
  private tail: Buffer = NOTHING;
  private atBeginning = true;

  /** @param maxLineBytes without the line end, which may be LF or CRLF */
  constructor(maxLineBytes: number) {
    // What does not count (a byte order mark, a CR), and one byte more that proves the excess.
    this.keptBytes = maxLineBytes + BYTE_ORDER_MARK.length + 2;
  }

  /** @returns the lines this chunk completed; empty when it completed none */
  push(chunk: Buffer): Buffer {
    const lastEnd = chunk.lastIndexOf(LF);
    if (lastEnd < 0) {
      this.tail = this.bounded(Buffer.concat([this.tail, chunk.subarray(0, this.keptBytes)]));
      return NOTHING;
    }
    const block = this.tail.length === 0 ? chunk.subarray(0, lastEnd + 1) : this.joined(chunk, lastEnd);
    // Copied: a slice would keep the whole chunk alive, and be overwritten where the source reuses its buffers.
    this.tail = Buffer.from(this.bounded(chunk.subarray(lastEnd + 1)));
    return this.withoutMark(block);
  }

  /** @returns the last line, with the LF it lacked; empty when there is none */
  end(): Buffer {
    if (this.tail.length === 0) return NOTHING;
    const block = Buffer.concat([this.tail, Buffer.from([LF])]);
    this.tail = NOTHING;
    return this.withoutMark(block);
  }

  private joined(chunk: Buffer, lastEnd: number): Buffer {
    const firstEnd = chunk.indexOf(LF);
    return Buffer.concat([
      this.bounded(Buffer.concat([this.tail, chunk.subarray(0, Math.min(firstEnd, this.keptBytes))])),
      chunk.subarray(firstEnd, lastEnd + 1),
    ]);
  }

  private bounded(line: Buffer): Buffer {
    return line.length <= this.keptBytes ? line : line.subarray(0, this.keptBytes);
  }

  private withoutMark(block: Buffer): Buffer {
    if (!this.atBeginning || block.length === 0) return block;
    this.atBeginning = false;
    return block.subarray(0, 3).equals(BYTE_ORDER_MARK) ? block.subarray(3) : block;
  }
}
