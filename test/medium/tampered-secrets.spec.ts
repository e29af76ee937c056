import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENCRYPTED_COLUMNS, EncryptionKeyCheck, KeyRing, reencryptColumn } from '../../src/platform/crypto';
import type { EncryptedColumn } from '../../src/platform/crypto';
import { SystemClock } from '../../src/platform/clock';
import { Database, openDataSource } from '../../src/platform/database';
import { FileStore } from '../../src/platform/storage';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const AT = new Date('2026-11-21T00:00:00Z');
const FIRST = { keyId: 'first', key: randomBytes(32) };
const SECOND = { keyId: 'second', key: randomBytes(32) };
/** Both write under the same key, so that only what is tampered with differs. */
const KEYS = new KeyRing({ keys: [FIRST, SECOND] });
/** Everything that is under the first key is to be encrypted anew by it, and so looked at. */
const NEXT_KEYS = new KeyRing({ keys: [SECOND, FIRST] });

/** A stored ciphertext: the row it belongs to, and the bytes. */
interface Stored {
  column: EncryptedColumn;
  identity: string;
  ciphertext: Buffer;
}

/** Version byte, nonce, tag, text: one place of each, the last byte, and every way to be too short. */
const TAMPERINGS: readonly [string, (ciphertext: Buffer) => Buffer][] = [
  ['another version', (bytes) => flipped(bytes, 0)],
  ['a bit of the nonce', (bytes) => flipped(bytes, 5)],
  ['a bit of the tag', (bytes) => flipped(bytes, 20)],
  ['a bit of the text', (bytes) => flipped(bytes, 29)],
  ['the last bit', (bytes) => flipped(bytes, bytes.length - 1)],
  ['the last byte gone', (bytes) => bytes.subarray(0, -1)],
  ['one byte more', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
  ['the text gone', (bytes) => bytes.subarray(0, 29)],
  ['cut off in the tag', (bytes) => bytes.subarray(0, 20)],
  ['nothing', () => Buffer.alloc(0)],
  ['noise', (bytes) => Buffer.concat([Buffer.of(1), randomBytes(bytes.length - 1)])],
];

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('what is stored in secret', () => {
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: Database;
  let stored: Stored[];

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    dataSource = await openDataSource({ url: testDatabase.url, poolSize: 4 });
    database = new Database(dataSource);
    stored = [];
    // One after another: accounts for deposits are of payments that are there.
    for (const column of ENCRYPTED_COLUMNS) stored.push(...(await storeTwo(column)));
  });
  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
  });

  /** Two rows with a secret each, as the code that owns the table would write them. */
  async function storeTwo(column: EncryptedColumn): Promise<Stored[]> {
    const { table, ciphertext, keyId, identity } = column;
    const rows = ROWS[table];
    if (rows === undefined) throw new Error(`${table} has a secret that this test does not know: add its rows`);
    await rows(database);
    const found = await database.rows<{ identity: string }>(`SELECT ${identity} AS identity FROM ${table} ORDER BY 1`);
    expect(found).toHaveLength(2);
    return Promise.all(
      found.map(async (row) => {
        const sealed = KEYS.encrypt(`secret of ${row.identity}`, row.identity);
        await database.execute(`UPDATE ${table} SET ${ciphertext} = $1, ${keyId} = $2 WHERE ${identity} = $3`, [
          sealed.ciphertext,
          sealed.keyId,
          row.identity,
        ]);
        return { column, identity: row.identity, ciphertext: sealed.ciphertext };
      }),
    );
  }

  async function replace({ column, identity }: Stored, ciphertext: Buffer, keyId = FIRST.keyId): Promise<void> {
    const { table } = column;
    await database.execute(
      `UPDATE ${table} SET ${column.ciphertext} = $1, ${column.keyId} = $2 WHERE ${column.identity} = $3`,
      [ciphertext, keyId, identity],
    );
  }

  /** @returns the identities of what does not open any more, of all columns */
  async function unusable(keys = NEXT_KEYS): Promise<string[]> {
    const named: string[] = [];
    for (const column of ENCRYPTED_COLUMNS) {
      await reencryptColumn(database, keys, column, (_done, bad) => void named.push(...bad));
    }
    return named.sort();
  }

  it('opens as it was written', async () => {
    expect(stored.map(({ column }) => column.table)).toEqual(ENCRYPTED_COLUMNS.flatMap(({ table }) => [table, table]));
    expect(await unusable()).toEqual([]);
  });

  it.each(TAMPERINGS)('is refused with %s, in every column there is, and its neighbours open', async (_, tamper) => {
    const victims = stored.filter((_one, index) => index % 2 === 0);
    for (const victim of victims) await replace(victim, tamper(victim.ciphertext));
    expect(await unusable()).toEqual(victims.map(({ identity }) => identity).sort());
  });

  it('is refused in any other place: in another row, another column, another table', async () => {
    for (const from of stored) {
      for (const to of stored.filter((other) => other !== from)) {
        const opened = (): Buffer => KEYS.decrypt({ keyId: FIRST.keyId, ciphertext: from.ciphertext }, to.identity);
        expect(opened).toThrow(expect.objectContaining({ code: 'ciphertext-invalid' }));
      }
    }
    for (const [index, to] of stored.entries()) {
      await replace(to, stored[(index + 1) % stored.length]?.ciphertext ?? Buffer.alloc(0));
    }
    expect(await unusable()).toEqual(stored.map(({ identity }) => identity).sort());
  });

  it('is refused when two rows have changed places', async () => {
    const [one, other] = stored.filter(({ column }) => column.table === 'billing_token') as [Stored, Stored];
    await replace(one, other.ciphertext);
    await replace(other, one.ciphertext);
    expect(await unusable()).toEqual([one.identity, other.identity].sort());
  });

  it('is refused under the name of another key that is configured too', async () => {
    for (const one of stored) await replace(one, one.ciphertext, SECOND.keyId);
    expect(await unusable(KEYS)).toEqual(stored.map(({ identity }) => identity).sort());
  });

  it.each(TAMPERINGS)('as the check of a key, keeps the service from starting with %s', async (_, tamper) => {
    // They are signed with a key of their own.
    await database.execute('DELETE FROM api_key');
    const check = new EncryptionKeyCheck(database, KEYS, new SystemClock());
    await check.assertUsable();
    const [row] = await database.rows<{ bytes: Buffer }>(
      `SELECT check_ciphertext AS bytes FROM encryption_key WHERE key_id = 'first'`,
    );
    await database.execute(`UPDATE encryption_key SET check_ciphertext = $1 WHERE key_id = 'first'`, [
      tamper(row?.bytes ?? Buffer.alloc(0)),
    ]);
    await expect(check.assertUsable()).rejects.toEqual(expect.objectContaining({ code: 'ciphertext-invalid' }));
  });
});

async function addTossAccount(database: Database, id: string): Promise<void> {
  await database.execute(
    `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
     VALUES ($2, 'toss', 'Toss', 'simulator', 'any', '{}', $1, $1)`,
    [AT, id],
  );
}

/** How a table gets two rows that could hold a secret. */
const ROWS: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
  oauth_token: (database) =>
    database.execute(
      `INSERT INTO oauth_token (name, ciphertext, key_id, token_type, scope, issued_at, expires_at, generation)
       SELECT name, '', '', '', '', $1, $1, 1 FROM unnest(ARRAY['tstore:one', 'tstore:two']) AS name`,
      [AT],
    ),
  gateway_account_credential: (database) =>
    database.execute(
      `INSERT INTO gateway_account_credential (gateway_account, name, version, ciphertext, key_id, created_at, created_by)
       SELECT 'tstore', name, 1, '', '', $1, 'test' FROM unnest(ARRAY['clientId', 'clientSecret']) AS name`,
      [AT],
    ),
  billing_token: (database) =>
    database.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT hash, '', '', $1 FROM unnest($2::bytea[]) AS hash`,
      [AT, [randomBytes(32), randomBytes(32)]],
    ),
  direct_payment: async (database) => {
    await addTossAccount(database, 'toss-direct');
    await database.execute(
      `WITH charged AS (
         INSERT INTO charge (gateway, gateway_account, order_no, store_product_id, product_name, amount, created_at)
         SELECT 'toss', 'toss-direct', order_no, 'order', 'pens', 500, $1 FROM unnest(ARRAY['O-1', 'O-2']) AS order_no
         RETURNING id)
       INSERT INTO direct_payment (charge_id, gateway, gateway_account, origin, state, idempotency_key,
         reference_ciphertext, reference_key_id, created_at)
       SELECT id, 'toss', 'toss-direct', 'checkout', 'Pending', gen_random_uuid(), '', '', $1 FROM charged`,
      [AT],
    );
  },
  deposit_account: (database) =>
    database.execute(
      `INSERT INTO deposit_account (direct_payment_id, transaction_id, bank_code, bank_name, account_number, holder, due_at,
         secret_ciphertext, secret_key_id, issued_at)
       SELECT id, 'T-' || id, '20', '우리', 'X1', 'ada', $1, '', '', $1 FROM direct_payment`,
      [AT],
    ),
  refund_account: async (database) => {
    await database.execute(
      `INSERT INTO settlement (position, charge_id, kind, amount, gateway, transaction_id, result_code, result_message, settled_at)
       SELECT nextval('settlement_position'), id, 'paid', amount, gateway, 'T-' || id, '', 'planted', $1 FROM charge`,
      [AT],
    );
    await database.execute(
      `WITH asked AS (
         INSERT INTO refund (charge_id, gateway, gateway_account, transaction_id, amount, state, reason, requested_by,
           requested_by_owner, requested_at)
         SELECT id, gateway, gateway_account, 'T-' || id, 100, 'Requested', 'asked', 'desk', 'kim', $1 FROM charge RETURNING id)
       INSERT INTO refund_account (refund_id, bank_code, shown, ciphertext, key_id) SELECT id, '20', '…', '', '' FROM asked`,
      [AT],
    );
  },
  customer_order: async (database) => {
    await addTossAccount(database, 'toss-orders');
    await database.execute(
      `INSERT INTO customer_order (reference, token_hash, token_ciphertext, token_key_id, gateway, gateway_account, state, name,
         amount, tax_free_amount, customer_key, return_url, created_by, created_at, expires_at)
       SELECT reference, reference::bytea, '', '', 'toss', 'toss-orders', 'Created', 'pens', 500, 0, gen_random_uuid(),
         'https://shop.example', 'shop', $1, $1::timestamptz + interval '1 hour' FROM unnest(ARRAY['one', 'two']) AS reference`,
      [AT],
    );
  },
  gateway_exchange: async (database) => {
    await addTossAccount(database, 'toss-exchanges');
    await database.execute(
      `INSERT INTO gateway_exchange (gateway, gateway_account, operation, started_at, seal, ciphertext, key_id)
       SELECT 'toss', 'toss-exchanges', 'confirm', $1, gen_random_uuid(), '', '' FROM generate_series(1, 2)`,
      [AT],
    );
  },
  method_registration: async (database) => {
    await addTossAccount(database, 'toss-registrations');
    await database.execute(
      `INSERT INTO method_registration (customer_reference, gateway, gateway_account, state, token_hash, secrets_ciphertext,
         secrets_key_id, return_url, created_by, created_at, expires_at)
       SELECT customer, 'toss', 'toss-registrations', 'Open', customer::bytea, '', '', 'https://shop.example', 'shop', $1,
         $1::timestamptz + interval '1 hour' FROM unnest(ARRAY['ada', 'bo']) AS customer`,
      [AT],
    );
  },
  payment_method: async (database) => {
    await addTossAccount(database, 'toss');
    await database.execute(
      `INSERT INTO payment_method (customer_reference, gateway, gateway_account, kind, ciphertext, key_id, state, created_at)
       SELECT customer, 'toss', 'toss', 'billing-key', '', '', 'Active', $1 FROM unnest(ARRAY['ada', 'bo']) AS customer`,
      [AT],
    );
  },
  discrepancy: (database) =>
    database.execute(
      `WITH job AS (
         INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at)
         VALUES ('Created', 'upload', $2, 'mid', 1, 1, $1) RETURNING id)
       INSERT INTO discrepancy (bulk_payment_job_id, kind, line_number, raw_line_ciphertext, raw_line_key_id, created_at)
       SELECT id, 'malformed', line, '', '', $1 FROM job, unnest(ARRAY[2, 3]) AS line`,
      [AT, randomBytes(32)],
    ),
  idempotency_key: (database) =>
    database.execute(
      `INSERT INTO idempotency_key
         (owner, key, request_sha256, begun_at, lease_until, expires_at, answer_status, answer_ciphertext, answer_key_id)
       SELECT 'key 1', key, $2, $1, $1, $1, 200, '', '' FROM unnest(ARRAY['one', 'two']) AS key`,
      [AT, randomBytes(32)],
    ),
};

describe('a file stored in secret', () => {
  it('does not open in the place of another, and says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tampered-'));
    const files = new FileStore({ directory }, KEYS);
    const names = ['request-files/job-1.pay', 'request-files/job-2.pay', 'result-files/job-1-x.csv'];
    for (const name of names) await files.write(name, source(`content of ${name}`));
    const invalid = expect.objectContaining({ code: 'ciphertext-invalid' });
    for (const from of names) {
      for (const to of names.filter((name) => name !== from)) {
        const kept = await readFile(join(directory, to));
        await writeFile(join(directory, to), await readFile(join(directory, from)));
        await expect(read(files, to)).rejects.toEqual(invalid);
        await writeFile(join(directory, to), kept);
      }
    }
    await rename(join(directory, names[0] ?? ''), join(directory, 'request-files/job-9.pay'));
    await expect(read(files, 'request-files/job-9.pay')).rejects.toEqual(invalid);
    expect(await read(files, names[1] ?? '')).toBe(`content of ${names[1]}`);
    await rm(directory, { recursive: true });
  });
});

async function* source(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

async function read(files: FileStore, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of files.openRead(name)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
