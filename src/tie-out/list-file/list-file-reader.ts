import { CsvError, parse } from 'csv-parse';
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Readable, pipeline } from 'node:stream';
import type { ReadsListFiles } from '../../gateways';
import type { InputFault } from '../../kernel/errors';
import { FaultList } from '../../kernel/fault-list';
import { WholeLines, chunksOf, foreignFormOf } from '../../platform/lines';
import { columnsOf, type ListColumn, type StatedColumns } from './list-file-columns';
import { ListRowReader, type ListRow } from './list-row';

/** Some ten times a usual line. */
const MAX_LINE_BYTES = 8_192;
/** Sites put titles and what was searched for above the headings. */
const HEADINGS_WITHIN_LINES = 20;
const BATCH = 1_000;
const LF = 0x0a;

export const LIST_ENCODINGS = ['utf-8', 'euc-kr'] as const;
export type ListEncoding = (typeof LIST_ENCODINGS)[number];

const FORM_EXPECTED = 'fields separated by commas, in double quotes where they hold one';

/** SHA-256 of a file, and how its text is encoded: whatever is not UTF-8 is taken for the code page of Korea, CP949. */
export async function looksOf(content: AsyncIterable<Uint8Array>): Promise<{ digest: Buffer; encoding: ListEncoding }> {
  const hash = createHash('sha256');
  const lines = new WholeLines(MAX_LINE_BYTES);
  let isAllUtf8 = true;
  for await (const chunk of chunksOf(content)) {
    hash.update(chunk);
    isAllUtf8 &&= isUtf8(lines.push(chunk));
  }
  isAllUtf8 &&= isUtf8(lines.end());
  return { digest: hash.digest(), encoding: isAllUtf8 ? 'utf-8' : 'euc-kr' };
}

/**
 * Reads a list that was downloaded from a gateway's own site: CSV, in UTF-8 or CP949, with titles above its headings and totals below its
 * rows if it likes. Memory does not grow with the file.
 */
export class ListFileReader {
  readonly faults = new FaultList();
  /** Of the file; empty as long as its headings were not found. */
  columns: readonly ListColumn[] = [];
  /** Rows in which no money moved. */
  ignoredCount = 0;

  private rowReader: ListRowReader | undefined;
  private lineCount = 0;
  /** What the likeliest line lacks to be that of the headings. */
  private missing: InputFault[] | undefined;

  constructor(
    private readonly reads: ReadsListFiles,
    private readonly stated: StatedColumns,
    private readonly encoding: ListEncoding,
  ) {}

  /** The good rows in batches; ask for the faults when they are read. @throws only what the source throws */
  async *rows(source: AsyncIterable<Uint8Array>): AsyncGenerator<ListRow[], void, undefined> {
    const parser = parse({
      ...{ bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
      ...{ max_record_size: 4 * MAX_LINE_BYTES, record_delimiter: ['\r\n', '\n'] },
    });
    // Whoever reads hears what went wrong, by the loop.
    pipeline(Readable.from(this.textOf(source)), parser, () => undefined);
    let batch: ListRow[] = [];
    try {
      for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
        const row = this.read(record, info.lines);
        if (row !== undefined) batch.push(row);
        if (batch.length === BATCH) {
          yield batch;
          batch = [];
        }
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const line = typeof error.lines === 'number' ? error.lines : undefined;
      this.faults.add({ ...(line !== undefined && { line }), expected: FORM_EXPECTED });
    }
    if (batch.length > 0) yield batch;
    if (this.rowReader === undefined) this.missHeadings();
  }

  private read(cells: string[], line: number): ListRow | undefined {
    if (this.rowReader === undefined) {
      this.findHeadings(cells, line);
      return undefined;
    }
    const row = this.rowReader.read(cells, line);
    if (row === 'nothing-moved') this.ignoredCount += 1;
    else if (Array.isArray(row)) for (const fault of row) this.faults.add(fault);
    else return row;
    return undefined;
  }

  private findHeadings(cells: readonly string[], line: number): void {
    if (line > HEADINGS_WITHIN_LINES) return;
    const { columns, faults } = columnsOf(cells, this.reads, this.stated);
    if (faults.length === 0) {
      this.columns = columns;
      this.rowReader = new ListRowReader(columns, this.reads);
    } else if (this.missing === undefined || faults.length < this.missing.length) {
      this.missing = faults.map((fault) => ({ line, ...fault }));
    }
  }

  private missHeadings(): void {
    if (this.faults.count > 0) return;
    const expected = `headings within the first ${HEADINGS_WITHIN_LINES} lines`;
    for (const fault of this.missing ?? [{ line: 1, expected }]) this.faults.add(fault);
  }

  /** The text of the file, which ends where it is none; lines that can't be read are told of, and left blank. */
  private async *textOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
    const lines = new WholeLines(MAX_LINE_BYTES);
    for await (const chunk of chunksOf(source)) {
      const block = lines.push(chunk);
      if (block.length === 0) continue;
      if (this.isForeign(block)) return;
      yield this.decode(block);
    }
    const last = lines.end();
    if (last.length > 0 && !this.isForeign(last)) yield this.decode(last);
  }

  private decode(block: Buffer): string {
    const decoder = new TextDecoder(this.encoding, { fatal: true });
    const lines = linesOf(block);
    try {
      const isOfUsualLines = lines.every(({ length }) => length <= MAX_LINE_BYTES);
      if (isOfUsualLines) return decoder.decode(block);
    } catch {
      // One of the lines: which one is told below.
    } finally {
      this.lineCount += lines.length;
    }
    const before = this.lineCount - lines.length;
    return lines.map((line, index) => this.decodeLine(decoder, line, before + index + 1)).join('');
  }

  private decodeLine(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, line: number): string {
    try {
      if (bytes.length <= MAX_LINE_BYTES) return decoder.decode(bytes);
      this.faults.add({ line, expected: `at most ${MAX_LINE_BYTES} bytes` });
    } catch {
      this.faults.add({ line, expected: 'text in UTF-8 or CP949 (EUC-KR)' });
    }
    return '\n';
  }

  /** A workbook, or UTF-16: no line of it is read. */
  private isForeign(block: Buffer): boolean {
    if (this.lineCount > 0) return false;
    const expected = foreignFormOf(block.subarray(0, block.indexOf(LF)));
    if (expected === undefined || !/workbook|UTF-16/.test(expected)) return false;
    this.faults.add({ line: 1, expected });
    return true;
  }
}

function linesOf(block: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(LF, start) + 1;
    lines.push(block.subarray(start, end));
    start = end;
  }
  return lines;
}
