import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';

const GLOSSARY = readFileSync(join(__dirname, '../../docs/glossary.md'), 'utf8');

describe('docs/glossary.md', () => {
  it('names tables and columns that exist', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    await client.end();
    await database.drop();

    const known = new Set(rows.flatMap(({ table, column }) => [table, `${table}.${column}`]));
    const tables = [...GLOSSARY.matchAll(/\btable `(\w+)`/g)].map(([, table]) => table);
    const columns = [...GLOSSARY.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, column]) => column);
    expect(tables.length).toBeGreaterThan(10);
    expect(columns.length).toBeGreaterThan(10);
    expect([...tables, ...columns].filter((name) => name === undefined || !known.has(name))).toEqual([]);
  });
});
