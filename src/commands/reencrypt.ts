import { ApiKeyRepository, KeySignature, KeySigning } from '../admin';
import { readConfiguration, type Configuration } from '../config';
import { DomainError } from '../kernel/errors';
import { SystemClock } from '../platform/clock';
import { ENCRYPTED_COLUMNS, EncryptionKeyCheck, KeyRing, reencryptColumn } from '../platform/crypto';
import { Database, openDataSource } from '../platform/database';
import { FileStore } from '../platform/storage';
import { runCommand, withDatabaseUrl } from './command';

const HELP = `npm run reencrypt

Encrypts every stored secret and file under the first of ENCRYPTION_KEYS, and signs the keys to the admin API with it,
while the service runs.

To change the key: give every replica the new one as well, at the end (old:…,new:…), and restart them; then put it in
front (new:…,old:…) and restart them again; then run this. When it says that everything is done, take the old one away.
It may be ended at any time and run again.
`;

/** Jobs fetched at a time. */
const PAGE_JOBS = 500;
const PRINT_EVERY_ROWS = 50_000;
/** As many as a person reads; the number of all is told. */
const SHOWN_FAULTS = 20;

void runCommand(HELP, async (print) => {
  const configuration = readConfiguration(process.env, ['ENVIRONMENT', 'DATABASE_URL', 'DATA_DIR', 'ENCRYPTION_KEYS']);
  await withDatabaseUrl(configuration, print, (url) => reencryptAll(url, configuration, print));
});

/** What could not be encrypted anew, for a person to look at. */
type Report = (fault: string) => void;

async function reencryptAll(url: string, configuration: Configuration, print: (line: string) => void): Promise<void> {
  const dataSource = await openDataSource({ url, poolSize: 2 });
  try {
    const database = new Database(dataSource);
    const keys = new KeyRing(configuration.encryption);
    const check = new EncryptionKeyCheck(database, keys, new SystemClock());
    await check.assertUsable();
    let faults = 0;
    const report: Report = (fault) => {
      faults += 1;
      if (faults <= SHOWN_FAULTS) print(`  ! ${fault}`);
    };
    await reencryptColumns(database, keys, print, report);
    const signature = new KeySignature(keys);
    const signing = new KeySigning(database, new ApiKeyRepository(database, signature), signature, keys, check);
    const signed = await signing.renew((id) => report(`api_key:${id} was not written by this service`));
    print(`api_key: ${signed} signed anew`);
    const files = await reencryptFiles(database, new FileStore(configuration.storage, keys), report);
    print(`files: ${files} encrypted anew`);
    await conclude(check, keys.firstKeyId, faults, print);
  } finally {
    await dataSource.destroy();
  }
}

async function reencryptColumns(
  database: Database,
  keys: KeyRing,
  print: (line: string) => void,
  report: Report,
): Promise<void> {
  for (const column of ENCRYPTED_COLUMNS) {
    let printed = 0;
    const rows = await reencryptColumn(database, keys, column, (done, unusable) => {
      for (const identity of unusable) report(`${identity} does not open`);
      if (done - printed < PRINT_EVERY_ROWS) return;
      printed = done;
      print(`  ${column.table}: ${done} …`);
    });
    print(`${column.table}: ${rows} encrypted anew`);
  }
}

/** Goes by the jobs and not by the directory: an upload on its way in or the file of a lost claim is nobody's to keep. */
async function reencryptFiles(database: Database, files: FileStore, report: Report): Promise<number> {
  let done = 0;
  let afterId = '0';
  for (;;) {
    const jobs = await database.rows<{ id: string; names: string[] }>(
      `SELECT id, array_remove(ARRAY[request_file_name, result_file_name], NULL)
           || ARRAY(SELECT file_name FROM refused_result_file WHERE bulk_payment_job_id = bulk_payment_job.id) AS names
       FROM bulk_payment_job WHERE id > $1 ORDER BY id LIMIT ${PAGE_JOBS}`,
      [afterId],
    );
    const last = jobs.at(-1);
    if (last === undefined) return done;
    afterId = last.id;
    for (const name of jobs.flatMap((job) => job.names)) {
      if (await reencryptFile(files, name, report)) done += 1;
    }
  }
}

async function reencryptFile(files: FileStore, name: string, report: Report): Promise<boolean> {
  if (!(await files.exists(name))) {
    report(`${name} is missing under DATA_DIR`);
    return false;
  }
  try {
    return await files.reencrypt(name);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    report(`${name}: ${error.message}`);
    return false;
  }
}

/** @throws {Error} when an old key is needed still */
async function conclude(
  check: EncryptionKeyCheck,
  firstKeyId: string,
  faults: number,
  print: (line: string) => void,
): Promise<void> {
  if (faults > 0) throw new Error(`${faults} could not be encrypted anew; keep the old keys until they are looked at`);
  const others = (await check.keyIdsInUse()).filter((keyId) => keyId !== firstKeyId);
  if (others.length > 0) {
    throw new Error(
      `Something was stored under ${others.join(', ')} meanwhile: restart every replica with "${firstKeyId}" in front, and run this again`,
    );
  }
  print(`Everything is under the key "${firstKeyId}" now; the others may be taken away.`);
}
