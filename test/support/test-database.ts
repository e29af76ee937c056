import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { databaseUrl } from './template-database';

const MOST_LOOKS = 2_400;

export interface TestDatabase {
  name: string;
  url: string;
  /** Drops it. @throws {Error} naming whoever left a connection open: a leaked pool is a fault of the test or the code */
  drop(): Promise<void>;
}

/** A migrated, empty database for one test file; or a copy of another one, to which nobody may be connected. */
export async function createTestDatabase(copyOf?: TestDatabase): Promise<TestDatabase> {
  const template = copyOf?.name ?? setting('TEST_TEMPLATE_DATABASE');
  // A third of the time of the usual strategy, which writes every page to the log as well; dropping it is quicker, too.
  return create(`TEMPLATE ${template} STRATEGY FILE_COPY`);
}

/** A database without any table. */
export function createBareDatabase(): Promise<TestDatabase> {
  return create('TEMPLATE template0');
}

async function create(how: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin((client) => client.query(`CREATE DATABASE ${name} ${how}`));
  return { name, url: databaseUrl(setting('TEST_DATABASE_ADMIN_URL'), name), drop: () => drop(name) };
}

async function drop(name: string): Promise<void> {
  const leaked = await asAdmin(async (client) => {
    const found = await openConnections(client, name);
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    return found;
  });
  if (leaked.length > 0) throw new Error(`connections left open: ${leaked.join('; ')}`);
}

/**
 * A closed connection leaves the list as soon as its server process comes to run, which on a busy machine may be a while: only
 * those count that stay for some minutes.
 */
async function openConnections(client: Client, name: string): Promise<string[]> {
  for (let looks = 1; ; looks++) {
    const { rows } = await client.query<{ application_name: string; query: string }>(
      'SELECT application_name, query FROM pg_stat_activity WHERE datname = $1 AND pg_sleep(0.05) IS NOT NULL',
      [name],
    );
    if (rows.length === 0 || looks === MOST_LOOKS) return rows.map((row) => `${row.application_name}: ${row.query}`);
  }
}

async function asAdmin<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: setting('TEST_DATABASE_ADMIN_URL') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests through npm test`);
  return value;
}
