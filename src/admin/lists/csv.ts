import { stringify } from 'csv-stringify/sync';
import { seoulTimestamp } from '../../kernel/seoul-calendar';
import { textOf, valueAt, type ListColumn } from './columns';

/** Without it Excel reads UTF-8 as the code page of its country, and Hangul as something else. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Rows as CSV, a piece at a time. A text that a spreadsheet would calculate gets an apostrophe. */
export async function* csvOf(
  columns: readonly ListColumn[],
  pieces: AsyncIterable<readonly unknown[]>,
  { bom }: { bom: boolean },
): AsyncGenerator<string> {
  yield (bom ? BYTE_ORDER_MARK : '') + stringify([columns.map(({ name }) => name)]);
  for await (const rows of pieces) {
    yield stringify(
      rows.map((row) => columns.map((column) => cellOf(valueAt(row, column)))),
      { escape_formulas: true },
    );
  }
}

function cellOf(value: unknown): string {
  return value instanceof Date ? seoulTimestamp(value) : textOf(value);
}
