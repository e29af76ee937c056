import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { DataSource } from 'typeorm';
import { BillingTokenVault } from '../../src/billing-token';
import { CredentialVault } from '../../src/gateway-account/credential.vault';
import { rawLineIdentity } from '../../src/bulk-payment/discrepancy/discrepancy-evidence';
import { IdempotencyRepository } from '../../src/admin/idempotency';
import { readConfiguration, type EncryptionKeyConfig } from '../../src/config';
import { SystemClock } from '../../src/platform/clock';
import { ENCRYPTED_COLUMNS, EncryptionKeyCheck, KeyRing, reencryptColumn } from '../../src/platform/crypto';
import { Database, openDataSource, type SqlSession } from '../../src/platform/database';
import { startService } from '../../src/service';
import { serviceEnvironment } from '../support/service-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

const OLD = { keyId: 'old', key: randomBytes(32) };
const NEW = { keyId: 'new', key: randomBytes(32) };
const AT = new Date('2026-11-20T00:00:00Z');
const RAW_LINE = 'skpcorp,9843FA6B77E5C8F8,broken';
const TOKEN_NAME = 'tstore:simulator:client';

describe('Encryption keys', () => {
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: Database;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    dataSource = await openDataSource({ url: testDatabase.url, poolSize: 4 });
    database = new Database(dataSource);
    // Those of every test's people are signed with a key of their own.
    await database.execute('DELETE FROM api_key');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
  });

  const ring = (first: EncryptionKeyConfig, ...others: EncryptionKeyConfig[]): KeyRing =>
    new KeyRing({ keys: [first, ...others] });
  const check = (keys: KeyRing): Promise<void> =>
    new EncryptionKeyCheck(database, keys, new SystemClock()).assertUsable();

  const storeTokens = (keys: KeyRing, tokens: readonly string[]): Promise<void> =>
    new BillingTokenVault(keys).store(database, tokens, AT);

  async function storeAccessToken(keys: KeyRing): Promise<void> {
    const { keyId, ciphertext } = keys.encrypt('access-token', `oauth_token:${TOKEN_NAME}`);
    await database.execute(
      `INSERT INTO oauth_token (name, ciphertext, key_id, token_type, scope, issued_at, expires_at, generation)
       VALUES ($1, $2, $3, 'bearer', '', $4, $4, 1)`,
      [TOKEN_NAME, ciphertext, keyId, AT],
    );
  }

  const secretsOf = (keys: KeyRing): CredentialVault => new CredentialVault(keys);
  const storeCredential = (keys: KeyRing): Promise<void> => {
    const by = { actor: 'test', at: AT, oldValidUntil: AT };
    return secretsOf(keys).add(database, 'tstore', { clientSecret: 'secret' }, by);
  };

  /** @returns the job's id */
  async function storeRawLine(keys: KeyRing): Promise<string> {
    const [job] = await database.rows<{ id: string }>(
      `INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at)
       VALUES ('Created', 'upload', $1, 'mid', 1, 1, $2) RETURNING id`,
      [randomBytes(32), AT],
    );
    const jobId = job?.id ?? '';
    const { keyId, ciphertext } = keys.encrypt(RAW_LINE, rawLineIdentity(jobId, 2));
    await database.execute(
      `INSERT INTO discrepancy (bulk_payment_job_id, kind, line_number, raw_line_ciphertext, raw_line_key_id, created_at)
       VALUES ($1, 'malformed', 2, $2, $3, $4), ($1, 'malformed', 3, NULL, NULL, $4)`,
      [jobId, ciphertext, keyId, AT],
    );
    return jobId;
  }

  const ANSWERED = { owner: 'bootstrap', key: 'of a request' };
  const answers = (keys: KeyRing): IdempotencyRepository =>
    new IdempotencyRepository(database, keys, new SystemClock());

  async function storeAnswer(keys: KeyRing): Promise<void> {
    const reservation = await answers(keys).reserve(ANSWERED, randomBytes(32));
    if (reservation === undefined) throw new Error('the key is taken');
    await answers(keys).answer(reservation, randomBytes(32), { status: 201, body: 'an answer' });
  }

  const columnOf = (table: string) => {
    const column = ENCRYPTED_COLUMNS.find((one) => one.table === table);
    if (column === undefined) throw new Error(`no encrypted column in ${table}`);
    return column;
  };

  it('are listed with every column of ciphertexts there is', async () => {
    const rows = await database.rows<{ place: string }>(
      `SELECT table_name || '.' || column_name AS place FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name LIKE '%ciphertext%' AND table_name <> 'encryption_key'`,
    );
    const listed = ENCRYPTED_COLUMNS.map(({ table, ciphertext }) => `${table}.${ciphertext}`);
    expect(rows.map((row) => row.place).sort()).toEqual(listed.sort());
  });

  describe('are checked', () => {
    it('and pass when first seen, later, in another order, and with one added', async () => {
      await check(ring(OLD));
      await check(ring(OLD));
      await check(ring(NEW, OLD));
      await check(ring(OLD, NEW));
      const rows = await database.rows<{ key_id: string }>('SELECT key_id FROM encryption_key ORDER BY key_id');
      expect(rows.map((row) => row.key_id)).toEqual(['new', 'old']);
    });

    it('and one with the name of another is refused before anything was stored under it', async () => {
      await check(ring(OLD));
      const impostor = ring(NEW, { keyId: 'old', key: randomBytes(32) });
      const refused = { code: 'ciphertext-invalid', message: expect.stringMatching(/^ENCRYPTION_KEYS.*"old"/) };
      await expect(check(impostor)).rejects.toEqual(expect.objectContaining(refused));
      await check(ring(OLD));
    });

    it('and a refusal names the key and shows nothing of any', async () => {
      await check(ring(OLD));
      await storeTokens(ring(OLD), ['token']);
      const impostor = { keyId: 'old', key: randomBytes(32) };
      for (const keys of [ring(impostor), ring(NEW)]) {
        const refusal: unknown = await check(keys).catch((error: unknown) => error);
        const shown = inspect(refusal, { depth: null, showHidden: true });
        expect(shown).toContain('"old"');
        for (const { key } of [OLD, NEW, impostor]) {
          for (const encoding of ['hex', 'base64', 'base64url'] as const) {
            expect(shown).not.toContain(key.toString(encoding).slice(0, 16));
          }
          // As a buffer is printed: byte by byte.
          expect(shown).not.toContain(key.toString('hex', 0, 8).replace(/..(?=.)/g, '$& '));
        }
      }
    });

    it('and of several first seen at once under one name, one wins', async () => {
      const rings = Array.from({ length: 8 }, () => ring({ keyId: 'same', key: randomBytes(32) }));
      const outcomes = await Promise.allSettled(rings.map(check));
      const winners = rings.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const winner of winners) await check(winner);
    });

    it.each([
      ['a billing token', (keys: KeyRing) => storeTokens(keys, ['token'])],
      ['the access token', storeAccessToken],
      ['a raw line', storeRawLine],
      ['an answer', storeAnswer],
      ['a credential', storeCredential],
    ])('and one that %s is under may not be missing', async (_, store) => {
      await store(ring(OLD));
      const refused = { code: 'encryption-key-unknown', message: expect.stringMatching(/^ENCRYPTION_KEYS.*"old"/) };
      await expect(check(ring(NEW))).rejects.toEqual(expect.objectContaining(refused));
      await check(ring(NEW, OLD));
    });

    it('and every key of a column counts, whatever stands between', async () => {
      const middle = { keyId: 'middle', key: randomBytes(32) };
      for (const key of [NEW, middle, OLD]) await storeTokens(ring(key), [`token under ${key.keyId}`]);
      const keys = new EncryptionKeyCheck(database, ring(NEW), new SystemClock());
      expect((await keys.keyIdsInUse()).sort()).toEqual(['middle', 'new', 'old']);
      await expect(check(ring(NEW, OLD))).rejects.toThrow('"middle"');
    });

    it('and one may go when nothing is under it, a place without a secret being none', async () => {
      await check(ring(NEW, OLD));
      await database.execute(`INSERT INTO oauth_token (name) VALUES ('empty')`);
      await expect(check(ring(NEW))).resolves.toBeUndefined();
    });

    it('when the service starts, which says what to mend', async () => {
      await storeTokens(ring(OLD), ['token']);
      const configuration = readConfiguration(serviceEnvironment(testDatabase.url));
      await expect(startService(configuration)).rejects.toEqual(
        expect.objectContaining({
          name: 'StartError',
          message: expect.stringMatching(/ENCRYPTION_KEYS.*"old".*add it/),
        }),
      );
    });
  });

  describe('are replaced', () => {
    const both = ring(NEW, OLD);
    const keyIdsOf = async (table: string): Promise<unknown[]> => {
      const { keyId } = columnOf(table);
      const rows = await database.rows<{ id: string | null }>(
        `SELECT DISTINCT ${keyId} AS id FROM ${table} ORDER BY 1`,
      );
      return rows.map((row) => row.id);
    };

    it('for every secret of every column, which then opens without the old key', async () => {
      const tokens = Array.from({ length: 2_500 }, (_, index) => `token ${index}`);
      await storeTokens(ring(OLD), tokens);
      await storeTokens(both, ['token under the new key']);
      await storeAccessToken(ring(OLD));
      const jobId = await storeRawLine(ring(OLD));
      await storeAnswer(ring(OLD));
      await storeCredential(ring(OLD));
      await storeBillingKey(ring(OLD));
      const done: Record<string, number> = {};
      for (const column of ENCRYPTED_COLUMNS) {
        done[column.table] = await reencryptColumn(database, both, column, (_, unusable) =>
          expect(unusable).toEqual([]),
        );
      }
      const others = {
        ...{ oauth_token: 1, gateway_account_credential: 1, payment_method: 1 },
        ...{
          discrepancy: 1,
          idempotency_key: 1,
          direct_payment: 0,
          deposit_account: 0,
          refund_account: 0,
          customer_order: 0,
          gateway_exchange: 0,
        },
        method_registration: 0,
      };
      expect(done).toEqual({ billing_token: 2_500, ...others });
      await check(ring(NEW));
      await expectAllOpen(ring(NEW), [...tokens, 'token under the new key'], jobId);
    });

    async function expectAllOpen(keys: KeyRing, tokens: readonly string[], jobId: string): Promise<void> {
      const vault = new BillingTokenVault(keys);
      const rows = await database.rows<{ tokenHash: Buffer; keyId: string; ciphertext: Buffer }>(
        'SELECT token_hash AS "tokenHash", key_id AS "keyId", ciphertext FROM billing_token',
      );
      expect(rows.map((row) => vault.decrypt(row.tokenHash.toString('hex'), row)).sort()).toEqual([...tokens].sort());
      const [access] = await database.rows<{ keyId: string; ciphertext: Buffer }>(
        'SELECT key_id AS "keyId", ciphertext FROM oauth_token',
      );
      expect(access && keys.decrypt(access, `oauth_token:${TOKEN_NAME}`).toString()).toBe('access-token');
      expect(await secretsOf(keys).open(database, 'tstore', AT)).toEqual([
        { key: '1', print: '1', secrets: { clientSecret: 'secret' } },
      ]);
      expect((await answers(keys).find(ANSWERED))?.answer).toEqual({ status: 201, body: 'an answer' });
      const [line] = await database.rows<{ keyId: string; ciphertext: Buffer }>(
        `SELECT raw_line_key_id AS "keyId", raw_line_ciphertext AS ciphertext FROM discrepancy WHERE line_number = 2`,
      );
      expect(line && keys.decrypt(line, rawLineIdentity(jobId, 2)).toString()).toBe(RAW_LINE);
      expect(await keyIdsOf('discrepancy')).toEqual(['new', null]);
      const [method] = await database.rows<{ id: string; keyId: string; ciphertext: Buffer }>(
        `SELECT id, key_id AS "keyId", ciphertext FROM payment_method`,
      );
      expect(method && keys.decrypt(method, `payment_method:${method.id}`).toString()).toBe('billing key');
    }

    /** As a gateway's room stores it: under the id that its row gets. */
    async function storeBillingKey(keys: KeyRing): Promise<void> {
      await database.execute(
        `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
         VALUES ('toss', 'toss', 'Toss', 'simulator', 'any', '{}', $1, $1)`,
        [AT],
      );
      const sealed = keys.encrypt('billing key', 'payment_method:1');
      await database.execute(
        `INSERT INTO payment_method (id, customer_reference, gateway, gateway_account, kind, ciphertext, key_id, state,
           created_at) OVERRIDING SYSTEM VALUE VALUES (1, 'ada', 'toss', 'toss', 'billing-key', $1, $2, 'Active', $3)`,
        [sealed.ciphertext, sealed.keyId, AT],
      );
    }

    it('once: a second time there is nothing to do', async () => {
      await storeTokens(ring(OLD), ['token']);
      await reencryptColumn(database, both, columnOf('billing_token'), () => undefined);
      const before = await database.rows('SELECT * FROM billing_token');
      expect(await reencryptColumn(database, both, columnOf('billing_token'), () => undefined)).toBe(0);
      expect(await database.rows('SELECT * FROM billing_token')).toEqual(before);
    });

    it('in batches, and from where it was when it was interrupted', async () => {
      await storeTokens(
        ring(OLD),
        Array.from({ length: 2_500 }, (_, index) => `token ${index}`),
      );
      const interrupted = reencryptColumn(database, both, columnOf('billing_token'), (done) => {
        if (done === 2_000) throw new Error('interrupted');
      });
      await expect(interrupted).rejects.toThrow('interrupted');
      const batches: number[] = [];
      await reencryptColumn(database, both, columnOf('billing_token'), (done) => void batches.push(done));
      expect(batches).toEqual([500]);
      expect(await keyIdsOf('billing_token')).toEqual(['new']);
    });

    it('but for a secret that does not open: it stays as it is and is named', async () => {
      await storeTokens(
        ring(OLD),
        Array.from({ length: 1_500 }, (_, index) => `token ${index}`),
      );
      const damaged = new BillingTokenVault(both).hashOf('token 700');
      await database.execute(`UPDATE billing_token SET ciphertext = '\\x01ff' WHERE token_hash = $1`, [damaged]);
      const named: string[] = [];
      const done = await reencryptColumn(database, both, columnOf('billing_token'), (_, unusable) => {
        named.push(...unusable);
      });
      expect(done).toBe(1_499);
      expect(named).toEqual([`billing_token:${damaged.toString('hex')}`]);
      const left = await database.rows(`SELECT token_hash, ciphertext FROM billing_token WHERE key_id = 'old'`);
      expect(left).toEqual([{ token_hash: damaged, ciphertext: Buffer.of(1, 255) }]);
    });

    it('without overwriting what the service stores at the same moment', async () => {
      await storeAccessToken(ring(OLD));
      const newer = both.encrypt('newer access-token', `oauth_token:${TOKEN_NAME}`);
      let done: Promise<number> | undefined;
      const stored = (session: SqlSession) =>
        session.execute('UPDATE oauth_token SET ciphertext = $1, key_id = $2', [newer.ciphertext, newer.keyId]);
      await whileOpen(database, stored, async () => {
        done = reencryptColumn(database, both, columnOf('oauth_token'), () => undefined);
        await until('the re-encryption waits for the row', async () => {
          const waiting = await database.rows(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return waiting.length > 0 || undefined;
        });
      });
      expect(await done).toBe(0);
      const [row] = await database.rows<{ ciphertext: Buffer }>('SELECT ciphertext FROM oauth_token');
      expect(row?.ciphertext).toEqual(newer.ciphertext);
    });
  });
});
