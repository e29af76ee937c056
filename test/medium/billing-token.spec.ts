import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { BillingToken, BillingTokenVault } from '../../src/billing-token';
import { KeyRing } from '../../src/platform/crypto';
import { Database, openDataSource, type SqlSession } from '../../src/platform/database';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

describe('The vault of billing tokens', () => {
  const at = new Date('2026-11-20T00:00:00Z');
  const vault = new BillingTokenVault(new KeyRing({ keys: [{ keyId: 'k1', key: randomBytes(32) }] }));
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: Database;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    dataSource = await openDataSource({ url: testDatabase.url, poolSize: 4, entities: [BillingToken] });
    database = new Database(dataSource);
  });
  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
  });

  const someTokens = (count: number): string[] =>
    Array.from({ length: count }, () => randomBytes(32).toString('hex').toUpperCase());
  const stored = (): Promise<BillingToken[]> => database.manager.find(BillingToken);
  const decrypted = async (): Promise<string[]> =>
    (await stored()).map((row) => vault.decrypt(row.tokenHash.toString('hex'), row)).sort();

  it('keeps each token once, however often it is stored, and stored tokens as they are', async () => {
    const [first = '', second = '', third = ''] = someTokens(3);
    await vault.store(database, [first, second, first], at);
    const before = await stored();
    await vault.store(database, [third, second], new Date('2026-12-20T00:00:00Z'));
    const after = await stored();
    expect(await decrypted()).toEqual([first, second, third].sort());
    expect(after.filter(({ tokenHash }) => !tokenHash.equals(vault.hashOf(third)))).toEqual(
      expect.arrayContaining(before),
    );
    expect(after.map((row) => row.createdAt.toISOString().slice(0, 7)).sort()).toEqual([
      '2026-11',
      '2026-11',
      '2026-12',
    ]);
  });

  it('shows nothing of a token to whoever reads the table', async () => {
    const tokens = someTokens(5);
    await vault.store(database, tokens, at);
    const rows = await database.rows<{ dump: string }>('SELECT t::text AS dump FROM billing_token t');
    expect(rows).toHaveLength(5);
    const dump = rows.map((row) => row.dump.toLowerCase()).join('\n');
    for (const token of tokens) {
      expect(dump).toContain(vault.hashOf(token).toString('hex'));
      // The text as it stands, which is also how its digits would show as bytes; and its characters as bytes.
      for (const shown of [token.toLowerCase(), Buffer.from(token).toString('hex')]) {
        expect(dump).not.toContain(shown.slice(0, 16));
        expect(dump).not.toContain(shown.slice(-16));
      }
    }
  });

  it('stores none and goes on', async () => {
    await vault.store(database, [], at);
    expect(await stored()).toEqual([]);
  });

  it('stores with the transaction it is given, or not at all', async () => {
    const failed = database.transaction(async (session) => {
      await vault.store(session, someTokens(2), at);
      throw new Error('later');
    });
    await expect(failed).rejects.toThrow('later');
    expect(await stored()).toEqual([]);
  });

  it('lets those who store the same tokens in different orders wait for one another, never for ever', async () => {
    const tokens = someTokens(3).sort((one, other) => Buffer.compare(vault.hashOf(one), vault.hashOf(other)));
    const waiting = async (): Promise<number> => {
      const rows = await database.rows(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length;
    };
    let stores: Promise<void>[] = [];
    // Whoever holds the token in the middle makes both others stop half-way, each having stored what the other wants.
    const middle = (session: SqlSession): Promise<void> => vault.store(session, tokens.slice(1, 2), at);
    const holder = whileOpen(database, middle, async () => {
      stores = [tokens, tokens.toReversed()].map((order) => vault.store(database, order, at));
      await until('both wait', async () => (await waiting()) === 2 || undefined);
      throw new Error('rolled back');
    });
    await expect(holder).rejects.toThrow('rolled back');
    await Promise.all(stores);
    expect(await decrypted()).toEqual(tokens.toSorted());
  });

  it.each([31, 33])('refuses a hash of %i bytes', async (length) => {
    const insert = database.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES ($1, '\\x00', 'k1', $2)`,
      [Buffer.alloc(length), at],
    );
    await expect(insert).rejects.toThrow('billing_token_hash_is_sha256');
  });

  it('does not open a ciphertext that was put under another token’s hash', async () => {
    const [first = '', second = ''] = someTokens(2);
    await vault.store(database, [first, second], at);
    await database.execute(
      `UPDATE billing_token SET ciphertext = (SELECT ciphertext FROM billing_token WHERE token_hash = $1)
       WHERE token_hash = $2`,
      [vault.hashOf(first), vault.hashOf(second)],
    );
    await expect(decrypted()).rejects.toEqual(expect.objectContaining({ code: 'ciphertext-invalid' }));
  });
});
