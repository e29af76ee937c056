import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { seoulTimestamp } from '../../kernel/seoul-calendar';
import { columnsForPeople, textOf, valueAt, type ListColumn } from './columns';

/** How a column of each kind is shown. Text stays text: ids keep their digits, and nothing is calculated. */
const FORMAT: Record<ListColumn['kind'], { numFmt: string; width: number }> = {
  instant: { numFmt: 'yyyy-mm-dd hh:mm:ss', width: 20 },
  date: { numFmt: 'yyyy-mm-dd', width: 12 },
  won: { numFmt: '#,##0', width: 14 },
  number: { numFmt: '0', width: 10 },
  text: { numFmt: '@', width: 18 },
};

/** Excel’s own limit for a cell; a longer text makes the whole file unreadable to it. */
const MAX_CELL = 32_767;

// What XML can’t hold, whatever is written for it.
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

// A text that looks like OOXML's way to write a character by its number would be read as that character.
const ESCAPE = /_(?=x[\dA-F]{4}_)/gi;

/**
 * Rows as an XLSX workbook, written while they are read: memory does not grow with their number. What is more than a sheet
 * holds goes on in the next one. Who opens one is a person: links, versions and actions are in the CSV.
 */
export async function xlsxOf(
  name: string,
  all: readonly ListColumn[],
  pieces: AsyncIterable<readonly unknown[]>,
): Promise<Readable> {
  // Loaded when somebody asks for a workbook, and not at every start.
  const { writeXlsxStream } = await import('hucre/xlsx');
  const columns = columnsForPeople(all);
  async function* rows(): AsyncGenerator<(string | number | boolean | Date | null)[]> {
    for await (const piece of pieces) {
      for (const row of piece) yield columns.map((column) => cellOf(valueAt(row, column), column.kind));
    }
  }
  const workbook = writeXlsxStream(rows(), {
    name: name.slice(0, 31),
    columns: columns.map(sheetColumnOf),
    freezePane: { rows: 1 },
    // With it LibreOffice 7 can't read the file. Without it a sheet's XML ends at 4 GiB, some twice what a full one needs.
    zip64: false,
  });
  return Readable.fromWeb(workbook as ReadableStream);
}

/** Wide enough for its heading, too: what is cut off there is read as another column's. */
function sheetColumnOf(column: ListColumn): { header: string; numFmt: string; width: number } {
  const header = headerOf(column);
  const { numFmt, width } = FORMAT[column.kind];
  return { header, numFmt, width: Math.max(width, header.length + 2) };
}

/** A cell of a spreadsheet knows no zone: the heading says whose clock it is. */
function headerOf({ name, kind }: ListColumn): string {
  return kind === 'instant' ? `${name} (Seoul)` : name;
}

function cellOf(value: unknown, kind: ListColumn['kind']): string | number | boolean | Date | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return new Date(`${seoulTimestamp(value).slice(0, 23)}Z`);
  if (kind === 'date' && typeof value === 'string') return new Date(`${value}T00:00:00Z`);
  return textOf(value).replaceAll(NOT_XML, '\uFFFD').slice(0, MAX_CELL).replaceAll(ESCAPE, '_x005F_');
}
