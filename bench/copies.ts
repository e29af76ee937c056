import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { timed, type Run } from './measure';
import { answerOf, startProcess } from './processes';

/** A file to be copied into an emptied table, or a query's rows into a file. */
export type CopyOrder = { file: string } & ({ table: string } | { query: string });

/** Does it in a process of its own: the service keeps its memory small, which would slow the copying down too. */
export function copyApart(url: string, order: CopyOrder): Promise<Run> {
  return answerOf<Run>(startProcess('copy', url, JSON.stringify(order)));
}

/** A plain table of text columns with no index, to copy a file into. */
export async function createTextTable(client: Client, table: string, columns: number): Promise<void> {
  const list = Array.from({ length: columns }, (_, index) => `c${index} text`).join(', ');
  await client.query(`CREATE TABLE ${table} (${list})`);
}

/** A file's bytes straight into an emptied table, without being looked at. */
export async function copyFile(client: Client, table: string, file: string): Promise<Run> {
  await client.query(`TRUNCATE ${table}`);
  const copy = `COPY ${table} FROM STDIN (FORMAT csv, HEADER)`;
  return timed(() => pipeline(createReadStream(file), client.query(copyFrom(copy))));
}

/** A query's rows straight into a file. */
export function copyToFile(client: Client, query: string, file: string): Promise<Run> {
  return timed(() => pipeline(client.query(copyTo(`COPY (${query}) TO STDOUT`)), createWriteStream(file)));
}
