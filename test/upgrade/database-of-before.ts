import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';

/** Rows of a table or view as PostgreSQL writes their columns, in order. */
export interface Rows {
  columns: string[];
  rows: (string | null)[][];
}

/** What the service of before left behind, and what it answered about it. */
export interface DatabaseOfBefore {
  /** When it was asked. */
  clock: string;
  environment: Record<string, string>;
  sequences: { name: string; value: string }[];
  tables: Record<string, Rows>;
  views: Record<string, Rows>;
  /** By the path under `/admin/v1`. */
  answers: Record<string, unknown>;
}

/** Reads the dump that lies beside this file. */
export function readDatabaseOfBefore(): DatabaseOfBefore {
  const text = gunzipSync(readFileSync(join(__dirname, 'one-gateway.json.gz'))).toString('utf8');
  return JSON.parse(text) as DatabaseOfBefore;
}

/** Puts the dump into a bare database, under the schema that its own migrations made: those never change. */
export async function restore(url: string, before: DatabaseOfBefore): Promise<void> {
  const { schema_migration: ran } = before.tables;
  if (ran === undefined) throw new Error('the dump does not say which migrations had run');
  const names = ran.rows.map((row) => row[ran.columns.indexOf('name')]);
  await migrate(
    url,
    MIGRATIONS.filter((migration) => names.includes(migration.name)),
  );
  await withClient(url, async (client) => {
    // The rows have passed every trigger and foreign key already, and come in no order that would please them.
    await client.query(`SET session_replication_role = 'replica'`);
    for (const [table, { columns, rows }] of Object.entries(before.tables)) {
      await client.query(`DELETE FROM ${table}`);
      const places = columns.map((_, at) => `$${at + 1}`).join(', ');
      const insert = `INSERT INTO ${table} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${places})`;
      for (const row of rows) await client.query(insert, row);
    }
    for (const { name, value } of before.sequences) await client.query('SELECT setval($1, $2)', [name, value]);
  });
}

/** The rows of a table or view of today in the columns of before. */
export function rowsOf(url: string, name: string, columns: string[]): Promise<Rows['rows']> {
  return withClient(url, async (client) => {
    const text = `SELECT ${columns.map((column) => `${column}::text`).join(', ')} FROM ${name}`;
    return (await client.query<(string | null)[]>({ text, rowMode: 'array' })).rows;
  });
}

/** Where PostgreSQL keeps the rows of each table: another place after each rewrite. */
export function filesOf(url: string): Promise<Map<string, string>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; file: string }>(
      `SELECT relname AS name, pg_relation_filenode(oid)::text AS file FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    return new Map(rows.map(({ name, file }) => [name, file]));
  });
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
