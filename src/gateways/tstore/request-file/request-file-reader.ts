import type { InputFault } from '../../../kernel/errors';
import { ZERO_WON, won, type Won } from '../../../kernel/won';
import { WholeLines, chunksOf, foreignFormOf } from '../../../platform/lines';
import { ContentDigest } from './content-digest';
import { FaultList } from '../../../kernel/fault-list';
import { LineFields } from '../line-fields';
import { MAX_REQUEST_LINE_BYTES, REQUEST_FILE_HEADER, REQUEST_FILE_HEADER_AMT_TMS } from './request-file-rules';
import type { NumberedRequestRow } from './request-row';
import { RequestRowReader, type ReservedOrderNos } from './request-row-reader';
import { REQUEST_FILE_COLUMNS } from '../wire';

export type RequestFileVerdict =
  | {
      kind: 'accepted';
      lineCount: number;
      totalAmount: Won;
      /** Of the normalised content, so it equals the digest of the file {@link RequestFileWriter} writes from the rows. */
      contentSha256: string;
    }
  | {
      kind: 'refused';
      /** The first hundred; columns by the file's own names. */
      faults: readonly InputFault[];
      faultCount: number;
    };

/**
 * Reads a merchant's `.pay` file: strict on every line, tolerant of a byte order mark, CRLF and blank lines at the end.
 *
 * Memory does not grow with the file. Whether an order number occurs twice is for the database to say.
 */
export class RequestFileReader {
  private readonly lines = new WholeLines(MAX_REQUEST_LINE_BYTES);
  private readonly fields = new LineFields(REQUEST_FILE_COLUMNS.length);
  private readonly rowReader: RequestRowReader;
  private readonly faults = new FaultList();
  private readonly digest = new ContentDigest();
  private lineNumber = 0;
  private lineCount = 0;
  private totalAmount: Won = ZERO_WON;
  /** Line of the first blank line that no row has followed yet. */
  private blankLine: number | undefined;
  private headerIsWrong = false;
  private finished: RequestFileVerdict | undefined;

  /**
   * @param merchantId what every row must have as `mid`
   * @param reserved order numbers no row may have
   */
  constructor(merchantId: string, reserved?: readonly ReservedOrderNos[]) {
    this.rowReader = new RequestRowReader(this.fields, merchantId, reserved);
  }

  /**
   * Reads a file to its end and keeps nothing of it: half the work of making its rows.
   *
   * @throws only what the source throws
   */
  async check(source: AsyncIterable<Uint8Array>): Promise<RequestFileVerdict> {
    for await (const chunk of chunksOf(source)) this.scan(this.lines.push(chunk));
    this.scan(this.lines.end());
    this.finish();
    return this.verdict;
  }

  /**
   * The rows in batches, one a chunk, until the first fault: from there on the file is refused as a whole and only read
   * to its end for further faults. Ask for the {@link verdict} afterwards.
   *
   * @throws only what the source throws
   */
  async *rows(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly NumberedRequestRow[], void, undefined> {
    for await (const chunk of chunksOf(source)) {
      const rows = this.read(this.lines.push(chunk));
      if (rows.length > 0) yield rows;
    }
    const last = this.read(this.lines.end());
    if (last.length > 0) yield last;
    this.finish();
  }

  /** @throws {Error} before the rows were read to the end */
  get verdict(): RequestFileVerdict {
    if (this.finished === undefined) throw new Error('the request file was not read to its end');
    return this.finished;
  }

  private finish(): void {
    if (this.lineNumber === 0) this.wrongHeader();
    else if (this.lineCount === 0 && this.faults.count === 0) {
      this.faults.add({ line: 2, expected: 'at least one row after the header' });
    }
    this.finished =
      this.faults.count > 0
        ? { kind: 'refused', faults: this.faults.reported, faultCount: this.faults.count }
        : {
            kind: 'accepted',
            lineCount: this.lineCount,
            totalAmount: this.totalAmount,
            contentSha256: this.digest.finish(),
          };
  }

  private read(block: Buffer): NumberedRequestRow[] {
    const rows: NumberedRequestRow[] = [];
    this.scan(block, () => rows.push(this.rowReader.row()));
    return this.faults.count > 0 ? [] : rows;
  }

  /** @param take called while the row reader stands on a row that is good */
  private scan(block: Buffer, take?: () => void): void {
    // A file of something else would only give noise, so a wrong header is the file's one fault.
    if (this.headerIsWrong) return;
    this.fields.open(block);
    while (this.fields.advance()) {
      this.lineNumber += 1;
      if (this.lineNumber === 1) {
        this.checkHeader();
        if (this.headerIsWrong) return;
      } else if (this.fields.byteLength === 0) this.blankLine ??= this.lineNumber;
      else if (this.isGoodRow()) take?.();
    }
  }

  private checkHeader(): void {
    const line = this.fields.bytes(MAX_REQUEST_LINE_BYTES);
    const header = line.toString('latin1');
    if (header !== REQUEST_FILE_HEADER && header !== REQUEST_FILE_HEADER_AMT_TMS) this.wrongHeader(foreignFormOf(line));
  }

  private wrongHeader(expected = `the header ${REQUEST_FILE_HEADER}`): void {
    this.headerIsWrong = true;
    this.faults.add({ line: 1, expected });
  }

  private isGoodRow(): boolean {
    this.lineCount += 1;
    if (this.blankLine !== undefined) {
      this.faults.add({ line: this.blankLine, expected: 'a row; blank lines may stand at the end only' });
      this.blankLine = undefined;
    }
    const faults = this.rowReader.check(this.lineNumber);
    for (const fault of faults) this.faults.add(fault);
    if (faults.length > 0) return false;
    this.count();
    return true;
  }

  /** What a row may ask for at most leaves room for 900 million of them: more than any file that is taken has bytes for. */
  private count(): void {
    this.totalAmount = won(this.totalAmount + this.rowReader.amount);
    this.digest.add(this.fields.bytes(MAX_REQUEST_LINE_BYTES));
  }
}
