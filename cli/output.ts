import Table from 'cli-table3';

/** A column of a table: its heading, and what stands in it. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => unknown];

/** Rows as a table for people. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return 'none\n';
  const table = new Table({ head: columns.map(([heading]) => heading), style: { head: [], border: [] } });
  for (const row of rows) table.push(columns.map(([, cell]) => textOf(cell(row))));
  return `${table.toString()}\n`;
}

/** A thing with all its members, those inside indented by their path. */
export function detailsOf(thing: object): string {
  const lines = linesOf(thing, '');
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
}

export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function linesOf(thing: object, path: string): [string, string][] {
  return Object.entries(thing).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    const inside = typeof value === 'object' && value !== null;
    return inside && Object.keys(value).length > 0
      ? linesOf(value, `${path}${name}.`)
      : [[`${path}${name}`, textOf(value)]];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
}

/** Won with their thousands apart: 1,234,500. */
export function won(amount: number | null | undefined): string {
  return amount == null ? '-' : amount.toLocaleString('en-US');
}

/** An instant as Seoul's clocks show it. */
export function seoulTime(instant: string | null | undefined): string {
  if (instant == null) return '-';
  return new Date(instant).toLocaleString('sv-SE', { timeZone: 'Asia/Seoul' });
}
