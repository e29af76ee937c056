import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';

const GLOSSARY = readFileSync(join(__dirname, '../../docs/glossary.md'), 'utf8');

/** Tables that keep another's past or numbers, or the service's own household: nobody speaks of them. */
const BOOKKEEPING =
  /_(history|total|day|lookup|look|seen|item|outcome|registration_return|key)$|^(schema_migration|write_proof|line_check|scheduler_step|pace|input_report)$/;

describe('docs/glossary.md', () => {
  let columns: { table: string; column: string; isTable: boolean }[];

  beforeAll(async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<(typeof columns)[number]>(
      `SELECT table_name AS table, column_name AS column, table_type = 'BASE TABLE' AS "isTable"
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public'`,
    );
    await client.end();
    await database.drop();
    columns = rows;
  });

  it('names tables and columns that exist', () => {
    const known = new Set(columns.flatMap(({ table, column }) => [table, `${table}.${column}`]));
    const tablesNamed = [...GLOSSARY.matchAll(/\btable `(\w+)`/g)].map(([, table]) => table);
    const columnsNamed = [...GLOSSARY.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, column]) => column);
    expect(tablesNamed.length).toBeGreaterThan(10);
    expect(columnsNamed.length).toBeGreaterThan(10);
    expect([...tablesNamed, ...columnsNamed].filter((name) => name === undefined || !known.has(name))).toEqual([]);
  });

  it('has a word for every table that one speaks of', () => {
    const tables = new Set(
      columns.flatMap(({ table, isTable }) => (isTable && !BOOKKEEPING.test(table) ? [table] : [])),
    );
    expect(tables.size).toBeGreaterThan(10);
    expect([...tables].filter((table) => !GLOSSARY.includes(`table \`${table}\``)).sort()).toEqual([]);
  });
});
