import { hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { memoryDirectory } from './memory-directory';
import { sharedServer } from './shared-server';
import { buildTemplate } from './template-database';

/** Durability is not what these tests look at, and without it they are twice as fast. */
const FAST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  max_connections: '200',
  io_method: 'sync',
};

/** Held, shared, by every suite that uses the server: who gets it alone is the last one and stops the server. */
const SUITE_LOCK = 7_261_543_098;

/** Starts one PostgreSQL for the whole run, with the migrated template all test databases are cloned from. */
export default async function globalSetup(): Promise<void> {
  const memory = memoryDirectory();
  const directory =
    memory === undefined
      ? '.data/test-postgres'
      : join(memory, `test-postgres-${hash('sha256', resolve(), 'hex').slice(0, 12)}`);
  const server = await startEmbeddedPostgres({ directory, settings: FAST_SETTINGS });
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query('SELECT pg_advisory_lock_shared($1)', [SUITE_LOCK]);
  process.env.TEST_DATABASE_ADMIN_URL = server.adminUrl;
  process.env.TEST_TEMPLATE_DATABASE = await buildTemplate(server.adminUrl);
  sharedServer.stop = async () => {
    await client.query('SELECT pg_advisory_unlock_shared($1)', [SUITE_LOCK]);
    const { rows } = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [SUITE_LOCK]);
    await client.end();
    if (!rows[0]?.alone) return;
    await server.stop();
    // Memory is given back; what lies on a disk is found again next time.
    if (memory !== undefined) await rm(server.directory, { recursive: true, force: true });
  };
}
