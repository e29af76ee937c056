import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { buildTemplate } from './template-database';
import { sharedServer } from './shared-server';

/** Durability is not what these tests look at, and without it they are twice as fast. */
const FAST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Starts one PostgreSQL for the whole run, with the migrated template all test databases are cloned from. */
export default async function globalSetup(): Promise<void> {
  const given = process.env['TEST_DATABASE_ADMIN_URL'];
  if (given === undefined) {
    const server = await startEmbeddedPostgres({ directory: '.data/test-postgres', settings: FAST_SETTINGS });
    sharedServer.stop = () => server.stop();
    process.env['TEST_DATABASE_ADMIN_URL'] = server.adminUrl;
  }
  process.env['TEST_TEMPLATE_DATABASE'] = await buildTemplate(process.env['TEST_DATABASE_ADMIN_URL'] as string);
}
