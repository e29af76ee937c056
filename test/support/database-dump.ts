import { Client } from 'pg';
import type { Searched } from './secret-search';

/** Everything all tables of a database hold: each row as PostgreSQL writes it, and what its bytes stand for. */
export async function dumpOf(databaseUrl: string): Promise<Searched[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const dump: Searched[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(
        `SELECT t::text AS "row as text", t.* FROM ${name} t`,
      );
      dump.push({ place: `table ${name}`, content: rows.map((row) => String(row['row as text'])).join('\n') });
      dump.push({ place: `bytes of table ${name}`, content: Buffer.concat(rows.flatMap(bytesOf)) });
    }
    return dump;
  } finally {
    await client.end();
  }
}

function bytesOf(row: Record<string, unknown>): Buffer[] {
  return Object.values(row).flatMap((value) => (Buffer.isBuffer(value) ? [value, Buffer.from('\n')] : []));
}
