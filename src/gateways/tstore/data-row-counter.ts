import { Transform, type TransformCallback } from 'node:stream';
import { HEADER_PROBE_BYTES, startsResultFileHeader } from './result-file-rules';

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
/** Enough of a line to tell a blank one and the header; the file's first line may begin with a byte order mark. */
const PROBE_BYTES = BYTE_ORDER_MARK.length + HEADER_PROBE_BYTES + 1;

/**
 * Counts the data rows of a result file while its bytes go by, by the rules of {@link ResultFileParser}: the same number
 * of lines comes out of both, for any bytes. Looks only for newlines, so it costs a fraction of reading the file.
 */
export class DataRowCounter {
  private rows = 0;
  private headerIsPossible = true;
  private isFirstLine = true;
  /** The beginning of the line that is not finished, one character a byte. */
  private probe = '';

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
    const isBlank = end === start || (end === start + 1 && chunk[start] === CR);
    if (!isBlank) this.rows += 1;
  }

  private finishLine(chunk: Buffer, start: number, end: number): void {
    this.extend(chunk, start, end);
    const line = this.lineBeginning();
    this.probe = '';
    this.isFirstLine = false;
    if (line === '') return;
    const isHeader = this.headerIsPossible && startsResultFileHeader(line);
    this.headerIsPossible = false;
    if (!isHeader) this.rows += 1;
  }

  private extend(chunk: Buffer, start: number, end: number): void {
    const missing = PROBE_BYTES - this.probe.length;
    if (missing > 0) this.probe += chunk.toString('latin1', start, Math.min(end, start + missing));
  }

  private lineBeginning(): string {
    const marked = this.isFirstLine && this.probe.startsWith(BYTE_ORDER_MARK);
    const line = marked ? this.probe.slice(BYTE_ORDER_MARK.length) : this.probe;
    return line.endsWith('\r') && this.probe.length < PROBE_BYTES ? line.slice(0, -1) : line;
  }
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
