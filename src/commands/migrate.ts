import { MIGRATIONS } from '../../migrations';
import { readConfiguration } from '../config';
import { migrate } from '../platform/database';
import { inputReport } from './input-report';
import { runCommand, withDatabaseUrl } from './command';

const HELP = `npm run migrate

Brings the database schema up to date: DATABASE_URL, or the embedded PostgreSQL under DATA_DIR.
The service does the same at its start; several at once wait for one another.
`;

void runCommand(HELP, async (print) => {
  const configuration = readConfiguration(process.env, ['DATABASE_URL', 'DATA_DIR']);
  await withDatabaseUrl(configuration, print, async (url) => {
    const done = await migrate(url, MIGRATIONS);
    print(done.length === 0 ? 'The schema is up to date.' : `Ran ${done.length}: ${done.join(', ')}`);
    for (const line of await inputReport(url)) print(line);
  });
});
