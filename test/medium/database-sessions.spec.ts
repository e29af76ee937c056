import { Client, type Pool } from 'pg';
import { Connection, UnfitDatabaseError, assertFits, openDataSource, openPool } from '../../src/platform/database';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** What an administrator may have given a database as its defaults. */
const FOREIGN = {
  datestyle: "'German, DMY'",
  intervalstyle: 'sql_standard',
  timezone: "'America/New_York'",
  bytea_output: 'escape',
  extra_float_digits: '-5',
  standard_conforming_strings: 'off',
  search_path: 'elsewhere',
  default_transaction_isolation: 'serializable',
  client_encoding: 'LATIN1',
  statement_timeout: "'10s'",
};

const SPOKEN = `SELECT timestamptz '2026-11-28T00:00:00.123456Z' AS at, '\\x00ff'::bytea AS bytes, 0.1::float8 + 0.2 AS sum,
  interval '1 day 2 hours' AS lasts, '가' AS text, 'a\\b' AS backslash, current_schema() AS schema,
  current_setting('transaction_isolation') AS isolation, current_setting('timezone') AS zone`;

describe('a session with the database', () => {
  let database: TestDatabase;
  let administrator: Client;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    administrator = new Client({ connectionString: database.url });
    await administrator.connect();
    for (const [name, value] of Object.entries(FOREIGN)) {
      await administrator.query(`ALTER DATABASE ${database.name} SET ${name} = ${value}`);
    }
  });

  afterAll(async () => {
    for (const close of closers) await close();
    await administrator.end();
    await database.drop();
  });

  async function lone(): Promise<Pick<Connection, 'query'>> {
    const connection = new Connection(database.url);
    await connection.connect();
    closers.push(() => connection.end());
    return connection;
  }

  function ofPool(): Pool {
    const pool = openPool({ connectionString: database.url, max: 1, statement_timeout: 5_000 });
    closers.push(() => pool.end());
    return pool;
  }

  async function ofTypeOrm(): Promise<Pool> {
    const dataSource = await openDataSource({ url: database.url, poolSize: 1 });
    closers.push(() => dataSource.destroy());
    return (dataSource.driver as unknown as { master: Pool }).master;
  }

  it.each([
    ['alone', lone],
    ['of a pool', async () => ofPool()],
    ['of TypeORM', ofTypeOrm],
  ])('%s relies on nothing the database was given as a default', async (_, open) => {
    const session = await open();
    const { rows } = await session.query<Record<string, unknown>>(SPOKEN);
    expect(rows).toEqual([
      {
        at: new Date('2026-11-28T00:00:00.123Z'),
        bytes: Buffer.of(0, 255),
        sum: 0.30000000000000004,
        lasts: expect.objectContaining({ days: 1, hours: 2 }),
        text: '가',
        backslash: 'a\\b',
        schema: 'public',
        isolation: 'read committed',
        zone: 'UTC',
      },
    ]);
  });

  it('has the limits it was opened with, which no startup parameter carries', async () => {
    const { rows } = await ofPool().query(
      "SELECT name, setting, source FROM pg_settings WHERE name = 'statement_timeout'",
    );
    expect(rows).toEqual([{ name: 'statement_timeout', setting: '5000', source: 'session' }]);
  });

  it('is not opened with a database of another encoding', async () => {
    await administrator.query(
      `CREATE DATABASE ${database.name}_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`,
    );
    const url = new URL(database.url);
    url.pathname = `/${database.name}_latin1`;
    const refused = assertFits(url.href);
    await expect(refused).rejects.toThrow(UnfitDatabaseError);
    await expect(refused).rejects.toThrow('its encoding is LATIN1; names need UTF8');
    await administrator.query(`DROP DATABASE ${database.name}_latin1`);
  });

  it('is not opened where our tables are in another schema than the one that is looked into', async () => {
    const copy = await createTestDatabase();
    const owner = new Client({ connectionString: copy.url });
    await owner.connect();
    await owner.query('CREATE SCHEMA billing; ALTER TABLE schema_migration SET SCHEMA billing');
    await owner.end();
    await expect(assertFits(copy.url)).rejects.toThrow('its tables are in the schema "billing"');
    await copy.drop();
  });

  it('is opened with the databases of the tests', async () => {
    await expect(assertFits(database.url)).resolves.toBeUndefined();
  });
});
