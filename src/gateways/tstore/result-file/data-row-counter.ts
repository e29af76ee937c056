import { Transform, type TransformCallback } from 'node:stream';
import { HEADER_PROBE_BYTES, MAX_RESULT_LINE_BYTES, isBlank, startsResultFileHeader } from './result-file-rules';

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
/** Enough of a line to tell a blank one and the header; the file's first line may begin with a byte order mark. */
const PROBE_BYTES = BYTE_ORDER_MARK.length + HEADER_PROBE_BYTES + 1;

/**
 * Counts the data rows of a result file while its bytes go by, by the rules of {@link ResultFileParser}: the same number
 * of lines comes out of both, for any bytes. Looks only for newlines, so it costs a fraction of reading the file.
 */
class DataRowCounter {
  private rows = 0;
  private headerIsPossible = true;
  private isFirstLine = true;
  /** The beginning of the line that is not finished, one character a byte. */
  private probe = '';
  /** Of the line that is not finished: its bytes so far, the last of them, and whether all behind the probe are blanks. */
  private byteLength = 0;
  private lastByte = 0;
  private restIsBlank = true;

  /** Rows finished so far; the last one counts once {@link end} was called. */
  get count(): number {
    return this.rows;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      if (this.probe === '' && !this.headerIsPossible) this.countLine(chunk, start, end);
      else this.finishLine(chunk, start, end);
      start = end + 1;
    }
    this.extend(chunk, start, chunk.length);
  }

  end(): void {
    if (this.probe !== '') this.finishLine(Buffer.alloc(0), 0, 0);
  }

  private countLine(chunk: Buffer, start: number, end: number): void {
    const isRow = !isBlank(chunk, start, end) || isTooLong(end - start, chunk[end - 1]);
    if (isRow) this.rows += 1;
  }

  private finishLine(chunk: Buffer, start: number, end: number): void {
    this.extend(chunk, start, end);
    const line = this.lineBeginning();
    const isRow =
      !this.restIsBlank ||
      !/^[ \t\r]*$/.test(line) ||
      isTooLong(this.byteLength - (this.hasMark ? BYTE_ORDER_MARK.length : 0), this.lastByte);
    this.probe = '';
    this.byteLength = 0;
    this.restIsBlank = true;
    this.isFirstLine = false;
    if (!isRow) return;
    const isHeader = this.headerIsPossible && startsResultFileHeader(line);
    this.headerIsPossible = false;
    if (!isHeader) this.rows += 1;
  }

  private extend(chunk: Buffer, start: number, end: number): void {
    if (end <= start) return;
    const missing = PROBE_BYTES - this.probe.length;
    if (missing > 0) this.probe += chunk.toString('latin1', start, Math.min(end, start + missing));
    this.byteLength += end - start;
    this.lastByte = chunk[end - 1] as number;
    this.restIsBlank &&= isBlank(chunk, start + Math.max(0, missing), end);
  }

  private get hasMark(): boolean {
    return this.isFirstLine && this.probe.startsWith(BYTE_ORDER_MARK);
  }

  private lineBeginning(): string {
    const line = this.hasMark ? this.probe.slice(BYTE_ORDER_MARK.length) : this.probe;
    return line.endsWith('\r') && this.probe.length < PROBE_BYTES ? line.slice(0, -1) : line;
  }
}

/** Longer lines are rows whatever is in them; a CR at the end belongs to the line end. */
function isTooLong(byteLength: number, lastByte: number | undefined): boolean {
  return byteLength - (lastByte === CR ? 1 : 0) > MAX_RESULT_LINE_BYTES;
}

class DataRowCountStream extends Transform {
  private readonly counter = new DataRowCounter();

  get rowCount(): number {
    return this.counter.count;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.counter.push(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    this.counter.end();
    done();
  }
}

/** Passes a result file through unchanged and counts its data rows; `rowCount` holds once the stream has ended. */
export function countDataRows(): Transform & { readonly rowCount: number } {
  return new DataRowCountStream();
}
