import { Client } from 'pg';
import { newSecret, sha256Of, writeToken } from '../../src/admin/access/key-token';
import { KeyRing } from '../../src/platform/crypto';
import type { RunningService } from '../../src/service';
import { bearer, callAdmin, startAdminWorld, type AdminWorld } from '../support/admin-world';
import { ADMIN_KEY, ENCRYPTION_KEY, SECOND_PERSONS_KEY } from '../support/people';

const UNKNOWN = { status: 401, body: { code: 'api-key-required' } };

describe('keys in a database that somebody else can write to', () => {
  let world: AdminWorld;
  /** Whoever owns the tables: no trigger stops them. */
  let intruder: Client;

  beforeEach(async () => {
    world = await startAdminWorld();
    intruder = new Client({ connectionString: world.database.url });
    await intruder.connect();
    await intruder.query('SET session_replication_role = replica');
  });

  afterEach(async () => {
    await intruder.end();
    await world.close();
  });

  const as = (token: string, { url }: Pick<RunningService, 'url'> = world.service) =>
    callAdmin(url, 'GET', 'products', { headers: bearer(token) });

  /** @returns the token of a row of one's own */
  async function insert(signature: { mac: Buffer | null; keyId: string | null }): Promise<string> {
    const secret = newSecret();
    const { rows } = await intruder.query<{ id: string }>(
      `INSERT INTO api_key (name, owner, role, secret_sha256, created_by, created_at, mac, mac_key_id)
       VALUES ('backup', 'kim@example.com', 'admin', $1, 'bootstrap key', '2026-01-01', $2, $3) RETURNING id`,
      [sha256Of(secret), signature.mac, signature.keyId],
    );
    return writeToken('simulator', rows[0]?.id ?? '', secret);
  }

  async function signatureOf(id: string): Promise<{ mac: Buffer; keyId: string }> {
    const { rows } = await intruder.query('SELECT mac, mac_key_id AS "keyId" FROM api_key WHERE id = $1', [id]);
    return rows[0];
  }

  it.each([
    ['without a signature', async () => ({ mac: null, keyId: null })],
    ['with another key’s', () => signatureOf('1')],
    ['with one made up', async () => ({ mac: Buffer.alloc(32, 7), keyId: 'test' })],
    ['under a key that is not configured', async () => ({ mac: Buffer.alloc(32, 7), keyId: 'nobodys' })],
  ])('open nothing when they were written by hand, %s; the log says so', async (_how, signature) => {
    const token = await insert(await signature());
    expect(await as(token)).toMatchObject(UNKNOWN);
    const said = world.logLines.filter((line) => line.includes('was not written by this service'));
    expect(said).toEqual([expect.stringContaining(`"keyId":"${token.split('_')[2]}"`)]);
  });

  it.each([
    [`role = 'admin'`],
    [`owner = 'lee@example.com'`],
    [`scopes = '{keys:manage}'`],
    [`expires_at = NULL`],
    [`expires_at = 'infinity'`],
    [`created_at = '2020-01-01'`],
    [`created_by_key_id = NULL`],
    [`name = 'desk'`],
    [`revoked_at = now(), revoked_by = 'x', revocation_reason = 'x'`],
  ])('end when their row is changed: %s', async (change) => {
    const maker = await world.key('admin');
    const order = { name: 'clerk', owner: 'han', role: 'viewer', expiresAt: '2099-01-01T00:00:00Z' };
    const { body } = await world.call('POST', 'api-keys', { body: order, headers: bearer(maker.token) });
    expect((await as(body.token)).status).toBe(200);
    await intruder.query(`UPDATE api_key SET ${change} WHERE id = $1`, [body.id]);
    expect(await as(body.token)).toMatchObject(UNKNOWN);
  });

  it('stay ended when their end is taken out again', async () => {
    const { id, token } = await world.key('operator');
    const { rows } = await intruder.query('SELECT mac FROM api_key WHERE id = $1', [id]);
    await world.call('POST', `api-keys/${id}/revoke`, { body: { reason: 'lost' }, headers: bearer(bootstrap()) });
    expect(await as(token)).toMatchObject({ status: 401, body: { code: 'api-key-revoked' } });
    expect((await signatureOf(id)).mac).not.toEqual(rows[0].mac);
    const undo = 'UPDATE api_key SET revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL WHERE id = $1';
    await intruder.query(undo, [id]);
    expect(await as(token)).toMatchObject(UNKNOWN);
  });

  it('of somebody else’s making are ended like others, and become no more genuine by it', async () => {
    const token = await insert({ mac: null, keyId: null });
    const [, , id = ''] = token.split('_');
    await world.call('POST', `api-keys/${id}/revoke`, { body: { reason: 'found' }, headers: bearer(bootstrap()) });
    expect(await signatureOf(id)).toEqual({ mac: null, keyId: null });
    expect(await as(token)).toMatchObject(UNKNOWN);
  });

  it('keep what they may do and that they ended, by the schema too', async () => {
    const { id } = await world.key('operator');
    await world.call('POST', `api-keys/${id}/revoke`, { body: { reason: 'lost' }, headers: bearer(bootstrap()) });
    await intruder.query('SET session_replication_role = origin');
    for (const change of [`role = 'admin'`, 'scopes = NULL', 'expires_at = NULL', 'revoked_at = now()']) {
      await expect(intruder.query(`UPDATE api_key SET ${change} WHERE id = $1`, [id])).rejects.toThrow(/append-only/);
    }
  });

  describe('of before they were signed', () => {
    /** As the version before left a database: no signature, and under each key the text of those days. */
    async function asBefore(): Promise<void> {
      await intruder.query('UPDATE api_key SET mac = NULL, mac_key_id = NULL');
      await bringOldTextBack();
    }

    async function bringOldTextBack(): Promise<void> {
      const keys = new KeyRing({ keys: [{ keyId: 'test', key: Buffer.from(ENCRYPTION_KEY, 'base64') }] });
      const { ciphertext } = keys.encrypt('encryption key check', 'encryption_key:test');
      await intruder.query(`UPDATE encryption_key SET check_ciphertext = $1 WHERE key_id = 'test'`, [ciphertext]);
    }

    it('are taken over at the first start, and go on', async () => {
      await asBefore();
      expect(await as(ADMIN_KEY)).toMatchObject(UNKNOWN);
      const [one, other] = await Promise.all([world.replica(), world.replica()]);
      for (const token of [ADMIN_KEY, SECOND_PERSONS_KEY]) {
        expect((await as(token, one)).status).toBe(200);
        expect((await as(token, other)).status).toBe(200);
      }
    });

    it('are taken over once: what is added afterwards opens nothing, however often the service starts', async () => {
      await asBefore();
      await world.replica();
      const token = await insert({ mac: null, keyId: null });
      expect(await as(token, await world.replica())).toMatchObject(UNKNOWN);
      await intruder.query('DELETE FROM encryption_key');
      expect(await as(token, await world.replica())).toMatchObject(UNKNOWN);
      await bringOldTextBack();
      expect(await as(token, await world.replica())).toMatchObject(UNKNOWN);
      expect((await as(ADMIN_KEY)).status).toBe(200);
    });

    it('wait for a process that serves the API: others leave them as they are', async () => {
      await asBefore();
      await world.replica({ ROLE: 'listener' });
      expect(await signatureOf('1')).toEqual({ mac: null, keyId: null });
      expect((await as(ADMIN_KEY, await world.replica())).status).toBe(200);
    });
  });

  const bootstrap = (): string => world.environment.ADMIN_BOOTSTRAP_KEY ?? '';
});
