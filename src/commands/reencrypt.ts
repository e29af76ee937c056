import { readConfiguration, type Configuration } from '../config';
import { SystemClock } from '../platform/clock';
import { ENCRYPTED_COLUMNS, EncryptionKeyCheck, KeyRing, reencryptColumn } from '../platform/crypto';
import { Database, openDataSource } from '../platform/database';
import { FileStore } from '../platform/storage';
import { runCommand, withDatabaseUrl } from './command';

const HELP = `npm run reencrypt

Encrypts every stored secret and file under the first of ENCRYPTION_KEYS, while the service runs.

To change the key: put the new one in front (new:…,old:…), restart the service, run this, and when it says that
everything is done, take the old one away. It may be ended at any time and run again.
`;

/** Names fetched at a time. */
const PAGE_FILES = 500;

void runCommand(HELP, async (print) => {
  const configuration = readConfiguration(process.env, ['DATABASE_URL', 'DATA_DIR', 'ENCRYPTION_KEYS']);
  await withDatabaseUrl(configuration, print, (url) => reencryptAll(url, configuration, print));
});

async function reencryptAll(url: string, configuration: Configuration, print: (line: string) => void): Promise<void> {
  const dataSource = await openDataSource({ url, poolSize: 2 });
  try {
    const database = new Database(dataSource);
    const keys = new KeyRing(configuration.encryption);
    await new EncryptionKeyCheck(database, keys, new SystemClock()).assertUsable();
    for (const column of ENCRYPTED_COLUMNS) {
      const progress = (rows: number) => print(`  ${column.table}: ${rows} …`);
      const rows = await reencryptColumn(database, keys, column, progress);
      print(`${column.table}: ${rows} encrypted anew`);
    }
    const files = await reencryptFiles(database, new FileStore(configuration.storage, keys));
    print(`files: ${files} encrypted anew`);
    print(`Everything is under the key "${keys.firstKeyId}" now; the others may be taken away.`);
  } finally {
    await dataSource.destroy();
  }
}

async function reencryptFiles(database: Database, files: FileStore): Promise<number> {
  let done = 0;
  let afterId = '0';
  for (;;) {
    const jobs = await database.rows<{ id: string; names: string[] }>(
      `SELECT id, array_remove(ARRAY[request_file_name, result_file_name], NULL) AS names
       FROM bulk_payment_job WHERE id > $1 ORDER BY id LIMIT ${PAGE_FILES}`,
      [afterId],
    );
    const last = jobs.at(-1);
    if (last === undefined) return done;
    afterId = last.id;
    for (const name of jobs.flatMap((job) => job.names)) {
      if (await files.reencrypt(name)) done += 1;
    }
  }
}
