import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { CopiedRows } from './copied-rows';
import type { SqlTransaction } from './database';

/** A value of a COPY row; `null` is SQL's NULL, a Buffer becomes `bytea`. */
export type CopyValue = string | number | Buffer | null;

const SPECIAL = /[\\\t\n\r]/;
const ALL_SPECIAL = new RegExp(SPECIAL, 'g');
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const NULL = '\\N';

/** One row in COPY's text format. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) line += '\t';
    line += copyField(values[index] as CopyValue);
  }
  return line + '\n';
}

function copyField(value: CopyValue): string {
  if (value === null) return NULL;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return copyText(value);
  return copyBytes(value.toString('hex'));
}

/** A field of a COPY row, for rows too many to make an array of each. */
export function copyText(text: string | null): string {
  if (text === null) return NULL;
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (character) => ESCAPES[character] as string) : text;
}

/** A `bytea` field of a COPY row. */
export function copyBytes(hex: string): string {
  return `\\\\x${hex}`;
}

/**
 * Streams rows into a table, with back-pressure, in the caller's transaction.
 *
 * @param target table and columns, as SQL: never made from input
 * @param chunks pieces of COPY text, each of whole {@link copyLine} rows
 * @param options of COPY, as SQL
 */
export async function copyInto(
  session: SqlTransaction,
  target: string,
  chunks: AsyncIterable<string | Buffer>,
  options = '',
): Promise<void> {
  const client = await session.client();
  await pipeline(
    Readable.from(chunks, { objectMode: true, highWaterMark: 2 }),
    client.query(copyFrom(`COPY ${target} FROM STDIN ${options}`)),
  );
}

/**
 * Streams a query's rows, with back-pressure, in the caller's transaction: a third of the work of fetching them through
 * the driver's types.
 *
 * @param query as SQL, without parameters: never made from input
 * @param columns how many it selects, none of them null
 * @returns the same object again and again, with rows to {@link CopiedRows.advance} over
 */
export async function* copyOut(session: SqlTransaction, query: string, columns: number): AsyncGenerator<CopiedRows> {
  const client = await session.client();
  const rows = new CopiedRows(columns);
  for await (const chunk of client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT binary)`))) {
    rows.push(chunk as Buffer);
    yield rows;
  }
}
