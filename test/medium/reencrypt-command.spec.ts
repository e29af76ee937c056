import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { DataSource } from 'typeorm';
import { BillingTokenVault } from '../../src/billing-token';
import type { EncryptionKeyConfig } from '../../src/config';
import { KeyRing } from '../../src/platform/crypto';
import { Database, openDataSource } from '../../src/platform/database';
import { FileStore } from '../../src/platform/storage';
import { built } from '../support/built';
import { processEnvironment } from '../support/process-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OLD = { keyId: 'old', key: randomBytes(32) };
const NEW = { keyId: 'new', key: randomBytes(32) };
const AT = new Date('2026-11-20T00:00:00Z');
const NAME = 'request-files/job-1.pay';
const COMMAND = built('src/commands/reencrypt');

interface CommandOutcome {
  status: number;
  output: string;
  errors: string;
}

describe('npm run reencrypt', () => {
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: Database;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reencrypt-'));
    testDatabase = await createTestDatabase();
    dataSource = await openDataSource({ url: testDatabase.url, poolSize: 2 });
    database = new Database(dataSource);
    // Those of every test's people are signed with a key of their own.
    await database.execute('DELETE FROM api_key');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
    await rm(directory, { recursive: true });
  });

  const filesUnder = (key: EncryptionKeyConfig): FileStore =>
    new FileStore({ directory }, new KeyRing({ keys: [key] }));
  const vaultUnder = (key: EncryptionKeyConfig): BillingTokenVault =>
    new BillingTokenVault(new KeyRing({ keys: [key] }));

  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from('a request file');
  }

  async function storeJob(): Promise<void> {
    await database.execute(
      `INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at,
         request_file_name, request_file_sha256, request_file_bytes, request_file_written_at)
       VALUES ('Created', 'upload', $1, 'mid', 1, 1, $2, $3, $1, 14, $2)`,
      [randomBytes(32), AT, NAME],
    );
  }

  function run(keys: readonly EncryptionKeyConfig[], ...options: string[]): Promise<CommandOutcome> {
    const env = processEnvironment({
      DATABASE_URL: testDatabase.url,
      DATA_DIR: directory,
      ENCRYPTION_KEYS: keys.map(({ keyId, key }) => `${keyId}:${key.toString('base64')}`).join(','),
    });
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [COMMAND, ...options], { env }, (_, output, errors) => {
        resolve({ status: child.exitCode ?? -1, output, errors });
      });
    });
  }

  it('puts rows and files under the first key and says when the old one may go', async () => {
    await vaultUnder(OLD).store(database, ['one', 'two', 'three'], AT);
    await filesUnder(OLD).write(NAME, content());
    await storeJob();
    const { status, output } = await run([NEW, OLD]);
    expect(output).toContain('billing_token: 3 encrypted anew');
    expect(output).toContain('files: 1 encrypted anew');
    expect(output).toContain('Everything is under the key "new" now');
    expect(status).toBe(0);
    expect(await text(filesUnder(NEW).openRead(NAME))).toBe('a request file');
    const again = await run([NEW]);
    expect(again.output).toContain('files: 0 encrypted anew');
    expect(again.status).toBe(0);
  });

  it('names what it could not do, does the rest, and keeps the old key needed', async () => {
    const vault = vaultUnder(OLD);
    await vault.store(database, ['one', 'two'], AT);
    await database.execute(
      `INSERT INTO api_key (name, owner, role, secret_sha256, created_by, created_at, mac, mac_key_id)
       VALUES ('made by hand', 'eve', 'admin', $1, 'bootstrap key', $2, $1, 'old')`,
      [randomBytes(32), AT],
    );
    await database.execute(`UPDATE billing_token SET ciphertext = '\\x00' WHERE token_hash = $1`, [
      vault.hashOf('one'),
    ]);
    await storeJob();
    const { status, output, errors } = await run([NEW, OLD]);
    expect(output).toContain(`billing_token:${vault.hashOf('one').toString('hex')} does not open`);
    expect(output).toContain('billing_token: 1 encrypted anew');
    expect(output).toContain(`${NAME} is missing under DATA_DIR`);
    expect(output).toMatch(/api_key:\d+ was not written by this service/);
    expect(output).not.toContain('may be taken away');
    expect(errors).toContain('3 could not be encrypted anew; keep the old keys');
    expect(status).toBe(1);
  });

  it('begins nothing with a wrong key, and shows no key', async () => {
    await vaultUnder(OLD).store(database, ['one'], AT);
    const before = await database.rows('SELECT * FROM billing_token');
    const { status, output, errors } = await run([NEW]);
    expect(errors).toContain('ENCRYPTION_KEYS lacks the key "old"');
    expect(errors + output).not.toContain(NEW.key.toString('base64'));
    expect(status).toBe(1);
    expect(await database.rows('SELECT * FROM billing_token')).toEqual(before);
  });

  it('explains itself', async () => {
    const { status, output } = await run([NEW], '--help');
    expect(output).toContain('Encrypts every stored secret and file under the first of ENCRYPTION_KEYS');
    expect(status).toBe(0);
  });
});
