import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import type { SqlTransaction } from './database';

/** A value of a COPY row; `null` is SQL's NULL, a Buffer becomes `bytea`. */
export type CopyValue = string | number | Buffer | null;

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

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
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replace(SPECIAL, (character) => ESCAPES[character] as string);
  return `\\\\x${value.toString('hex')}`;
}

/**
 * Streams rows into a table, with back-pressure, in the caller's transaction.
 *
 * @param target table and columns, as SQL: never made from input
 * @param chunks pieces of COPY text, each of whole {@link copyLine} rows
 */
export async function copyInto(session: SqlTransaction, target: string, chunks: AsyncIterable<string>): Promise<void> {
  const client = await session.client();
  await pipeline(
    Readable.from(chunks, { objectMode: true, highWaterMark: 2 }),
    client.query(copyFrom(`COPY ${target} FROM STDIN`)),
  );
}
