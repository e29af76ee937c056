import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { addPeople } from './people';

const TEMPLATE_LOCK = 7_261_543_099;

/**
 * A migrated database to clone, with the keys of two people, made once for each state of `migrations/`: its name carries
 * their hash.
 *
 * @returns its name
 */
export async function buildTemplate(adminUrl: string): Promise<string> {
  const name = `template_${migrationsHash()}`;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Two suites on one server: one builds, the other waits and finds it built.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (rowCount === 0) {
      await client.query(`DROP DATABASE IF EXISTS ${name}`);
      await client.query(`CREATE DATABASE ${name}`);
      await migrate(databaseUrl(adminUrl, name), MIGRATIONS);
      await withClient(databaseUrl(adminUrl, name), addPeople);
      await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    }
    return name;
  } finally {
    await client.end();
  }
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The address of another database on the same server. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

function migrationsHash(): string {
  const directory = join(__dirname, '../../migrations');
  const hash = createHash('sha256').update(readFileSync(join(__dirname, `people${extname(__filename)}`)));
  hash.update(readFileSync(join(__dirname, `../../src/admin/access/key-signature${extname(__filename)}`)));
  for (const file of readdirSync(directory).sort()) hash.update(file).update(readFileSync(join(directory, file)));
  return hash.digest('hex').slice(0, 16);
}
