import { MIGRATIONS } from '../../migrations';
import { readConfiguration } from '../config';
import { Database, migrate, openDataSource } from '../platform/database';
import { grantTo } from '../start/service-role';
import { inputReport } from './input-report';
import { runCommand, withDatabaseUrl } from './command';

const HELP = `npm run migrate [-- --grant-to ROLE]

Brings the database schema up to date: DATABASE_URL, or the embedded PostgreSQL under DATA_DIR.
The service does the same at its start; several at once wait for one another.

  --grant-to ROLE  then gives ROLE what a service needs that runs under it, and nothing else: what is appended can't be
                   changed or taken away by it. DATABASE_URL is the owner's; docs/operations.md says more.
`;

void runCommand(
  HELP,
  async (print, options) => {
    const configuration = readConfiguration(process.env, ['ENVIRONMENT', 'DATABASE_URL', 'DATA_DIR']);
    await withDatabaseUrl(configuration, print, async (url) => {
      const done = await migrate(url, MIGRATIONS);
      print(done.length === 0 ? 'The schema is up to date.' : `Ran ${done.length}: ${done.join(', ')}`);
      const role = options['grant-to'];
      if (role !== undefined) await grant(url, role, print);
      for (const line of await inputReport(url)) print(line);
    });
  },
  ['grant-to'],
);

async function grant(url: string, role: string, print: (line: string) => void): Promise<void> {
  const dataSource = await openDataSource({ url, poolSize: 1 });
  try {
    const given = await new Database(dataSource).transaction((session) => grantTo(session, role));
    print(`The role "${role}" has these rights, and no others of ours:`);
    for (const line of given) print(`  ${line}`);
  } finally {
    await dataSource.destroy();
  }
}
