import { ALL_SCOPES, ROLES, scopesOf } from '../../src/admin/access';
import { newSecret, writeToken } from '../../src/admin/access/key-token';
import { Database } from '../../src/platform/database';
import { bearer, callAdmin, startAdminWorld, type AdminWorld } from '../support/admin-world';
import { BOOTSTRAP_KEY } from '../support/service-environment';

describe('API keys', () => {
  let world: AdminWorld;

  beforeAll(async () => {
    world = await startAdminWorld();
  });

  afterAll(() => world.close());

  const make = (body: object, token = BOOTSTRAP_KEY) =>
    world.call('POST', 'api-keys', { body, headers: bearer(token) });

  const as = (token: string, path: string) => world.call('GET', path, { headers: bearer(token) });

  it('are shown once, look like keys, and are stored as a hash only', async () => {
    const made = await make({ name: '정산 담당', owner: 'Han@Example.com', role: 'finance' });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { token, ...key } = made.body;
    expect(token).toMatch(/^tmb_simulator_\d+_[0-9a-f]{72}$/);
    expect(key).toMatchObject({
      ...{ name: '정산 담당', owner: 'han@example.com', statedOwner: 'Han@Example.com', role: 'finance' },
      ...{ createdBy: 'bootstrap key', createdByKeyId: null },
      ...{ revocation: null, actions: ['revoke'] },
    });
    expect(key.scopes).toContain('refunds:create');
    expect(key.scopes).not.toContain('keys:manage');
    expect((await world.call('GET', `api-keys/${key.id}`)).body).toEqual(key);
    const secret = token.split('_')[3].slice(0, 64);
    const dump = await world.service.app
      .get(Database)
      .rows<{ row: string }>(
        'SELECT api_key::text AS row FROM api_key UNION ALL SELECT audit_outcome::text FROM audit_outcome',
      );
    expect(dump.length).toBeGreaterThanOrEqual(2);
    for (const { row } of dump) expect(row).not.toContain(secret);
    expect(world.logLines.join('')).not.toContain(secret);
  });

  it.each([
    [{ name: 'x', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: 'Kim Lee', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: '김', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: 'k\u0456m@example.com', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: '+2@example.com', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: 'kim@lee@example.com', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: 'Bootstrap', role: 'viewer' }, 'owner'],
    [{ name: 'x', owner: 'billing-scheduler.', role: 'viewer' }, 'owner'],
    [{ owner: 'kim', role: 'viewer' }, 'name'],
    [{ name: 'x', owner: 'kim', role: 'root' }, 'role'],
    [{ name: 'a\nb', owner: 'kim', role: 'viewer' }, 'name'],
    [{ name: 'x', owner: 'kim', role: 'viewer', scopes: [] }, 'scopes'],
    [{ name: 'x', owner: 'kim', role: 'viewer', scopes: ['all'] }, 'scopes'],
    [{ name: 'x', owner: 'kim', role: 'viewer', scopes: ['products:manage'] }, 'scopes'],
    [{ name: 'x', owner: 'kim', role: 'viewer', expiresAt: '2099-01-01T00:00:00' }, 'expiresAt'],
    [{ name: 'x', owner: 'kim', role: 'viewer', expiresAt: '2099-02-30T00:00:00Z' }, 'expiresAt'],
    [{ name: 'x', owner: 'kim', role: 'viewer', expiresAt: '2000-01-01T00:00:00Z' }, 'expiresAt'],
  ])('that make no sense are refused by field: %j', async (body, field) => {
    const { status, body: problem } = await make(body);
    expect(status).toBe(400);
    expect(problem.faults.map((fault: { field: string }) => fault.field)).toContain(field);
  });

  it('may do what their role may, and are told by name which scope they lack', async () => {
    const { token } = await world.key('viewer');
    expect((await as(token, 'products')).status).toBe(200);
    const refused = await world.call('POST', 'products', { body: {}, headers: bearer(token) });
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope-missing', scope: 'products:manage' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="products:manage"');
    expect((await as(token, 'audit-log')).body).toMatchObject({ scope: 'audit:read' });
  });

  it('may be narrowed to some scopes of their role, and give no more than they have', async () => {
    const { token } = await world.key('admin', { scopes: ['keys:manage', 'products:read'] });
    expect((await as(token, 'products')).status).toBe(200);
    expect((await as(token, 'subscriptions')).status).toBe(403);
    const give = (body: object) => make({ name: 'x', owner: 'kim', ...body }, token);
    expect(await give({ role: 'viewer' })).toMatchObject({ status: 403, body: { code: 'scope-missing' } });
    expect((await give({ role: 'viewer', scopes: ['products:read'] })).status).toBe(201);
  });

  it('either make keys or move money, but for no role both; and an admin’s gives what it has not', async () => {
    const moving = ALL_SCOPES.filter((scope) =>
      /^(approvals:(decide|withdraw)|jobs:(decide|upload)|refunds:create|runs:open|discrepancies:decide|subscriptions:manage|products:manage|line-stops:resolve)$/.test(
        scope,
      ),
    );
    expect(moving).toHaveLength(10);
    for (const role of ROLES) {
      const scopes = scopesOf(role, null);
      expect([role, scopes.has('keys:manage') && moving.some((scope) => scopes.has(scope))]).toEqual([role, false]);
    }
    expect(scopesOf('operator', null).has('files:download')).toBe(false);
    for (const token of [BOOTSTRAP_KEY, (await world.key('admin')).token]) {
      const refused = await world.call('POST', 'charges/x/refunds', { body: { reason: 'r' }, headers: bearer(token) });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'refunds:create' } });
      expect((await make({ name: 'x', owner: 'choi', role: 'manager' }, token)).status).toBe(201);
    }
    const { token } = await world.key('manager');
    expect(await make({ name: 'x', owner: 'choi', role: 'viewer' }, token)).toMatchObject({
      body: { scope: 'keys:manage' },
    });
  });

  it('end no later than the key that made them, and show which that was', async () => {
    const inAnHour = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
    const later = new Date(world.clock.now().getTime() + 3_600_001).toISOString();
    const { id, token } = await world.key('admin', { expiresAt: inAnHour });
    const order = { name: 'child', owner: 'park', role: 'viewer' };
    for (const expiresAt of [undefined, later]) {
      const refused = await make({ ...order, expiresAt }, token);
      expect(refused).toMatchObject({ status: 400, body: { faults: [{ field: 'expiresAt' }] } });
      expect(refused.body.faults[0].expected).toContain(inAnHour);
    }
    const { body: child } = await make({ ...order, expiresAt: inAnHour }, token);
    expect(child).toMatchObject({ createdBy: `a admin (key ${id})`, createdByKeyId: id, expiresAt: inAnHour });
    const { body: made } = await world.call('GET', `api-keys?createdByKeyId=${id}`);
    expect(made.items.map((key: { id: string }) => key.id)).toEqual([child.id]);
    const written = world.service.app.get(Database).execute('UPDATE api_key SET created_by_key_id = NULL');
    await expect(written).rejects.toThrow(/append-only/);
  });

  it.each(['kim@example.com.', 'kim+2@example.com', 'KIM@example.com', ' kim@example.com', 'k\u200bim@example.com'])(
    'of the owner %j are Kim’s',
    async (owner) => {
      const { body } = await make({ name: 'alias', owner, role: 'viewer' });
      expect(body).toMatchObject({ owner: 'kim@example.com', statedOwner: owner });
      const { body: found } = await world.call('GET', `api-keys?owner=${encodeURIComponent(owner)}`);
      expect(found.items[0].id).toBe(body.id);
    },
  );

  it.each([
    ['a letter less', (token: string) => token.slice(0, -1)],
    ['a letter mistyped', (token: string) => token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['another environment', (token: string) => token.replace('_simulator_', '_live_')],
    ['another id', (token: string) => token.replace(/_(\d+)_/, (_, id) => `_${Number(id) + 1}_`)],
    ['the secret alone', (token: string) => token.split('_')[3] ?? ''],
  ])('are refused with %s', async (_what, change) => {
    const { token } = await world.key('viewer');
    const refused = await as(change(token), 'products');
    expect(refused).toMatchObject({ status: 401, body: { code: 'api-key-required' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect((await as(token, 'products')).status).toBe(200);
  });

  it('end when they expire, to the instant', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
    const { token } = await world.key('viewer', { expiresAt });
    world.clock.advanceSeconds(3_590);
    expect((await as(token, 'products')).status).toBe(200);
    world.clock.advanceSeconds(10);
    expect(await as(token, 'products')).toMatchObject({ status: 401, body: { code: 'api-key-expired' } });
  });

  it('end at once when they are revoked, in every replica, with who and why', async () => {
    const replica = await world.replica();
    const { id, token } = await world.key('viewer');
    const there = () => callAdmin(replica.url, 'GET', 'products', { headers: bearer(token) });
    expect((await there()).status).toBe(200);
    const reason = 'laptop lost';
    const revoke = (keyId: string, why: string) =>
      world.call('POST', `api-keys/${keyId}/revoke`, { body: { reason: why }, headers: bearer(BOOTSTRAP_KEY) });
    const revoked = await revoke(id, reason);
    expect(revoked.body.revocation).toMatchObject({ by: 'bootstrap key', reason });
    expect(await there()).toMatchObject({ status: 401, body: { code: 'api-key-revoked' } });
    const again = await revoke(id, 'once more');
    expect(again).toMatchObject({ status: 200, body: { revocation: revoked.body.revocation } });
    const unknown = await revoke('999999', reason);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'api-key-not-found' } });
  });

  it('note when and from where they were used, once a minute', async () => {
    const { id, token } = await world.key('viewer');
    const lastUsed = async () => (await world.call('GET', `api-keys/${id}`)).body.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await as(token, 'products');
    const first = await lastUsed();
    expect(first).not.toBeNull();
    world.clock.advanceSeconds(50);
    await as(token, 'products');
    expect(await lastUsed()).toBe(first);
    world.clock.advanceSeconds(10);
    await as(token, 'products');
    expect(Date.parse(await lastUsed()) - Date.parse(first)).toBeGreaterThanOrEqual(60_000);
    expect((await world.call('GET', `api-keys/${id}`)).body.lastUsedAddress).toBe('127.0.0.1');
  });

  it('are named in what they change', async () => {
    const { id, token } = await world.key('operator', { name: 'night shift' });
    const { body } = await world.call('POST', 'kill-switch', { body: { reason: 'drill' }, headers: bearer(token) });
    expect(body).toMatchObject({ engaged: true, actor: `night shift (key ${id})` });
  });

  it('are listed newest first, page by page', async () => {
    const { body: all } = await world.call('GET', 'api-keys?limit=1000');
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await world.call('GET', `api-keys?limit=3${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.body.items.map((key: { id: string }) => key.id));
      cursor = page.body.nextCursor;
    }
    expect(paged).toEqual(all.items.map((key: { id: string }) => key.id));
    const { body: hans } = await world.call('GET', 'api-keys?owner=HAN@example.com');
    expect(hans.items).toMatchObject([{ name: '정산 담당', owner: 'han@example.com' }]);
    expect(paged.map(Number)).toEqual(paged.map(Number).sort((one, other) => other - one));
  });

  describe('with limits', () => {
    it('answer 429 with Retry-After when a key asks too often, and leave other keys alone', async () => {
      const limited = await world.replica({ ADMIN_REQUESTS_PER_MINUTE: '3' });
      const [one, other] = [await world.key('viewer'), await world.key('viewer')];
      const ask = (token: string) => callAdmin(limited.url, 'GET', 'products', { headers: bearer(token) });
      for (let count = 0; count < 3; count++) expect((await ask(one.token)).status).toBe(200);
      const refused = await ask(one.token);
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited', retryable: true } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await ask(other.token)).status).toBe(200);
    });

    /** Asks a replica behind a proxy that tells where requests come from. @returns the status */
    async function asker(settings: NodeJS.ProcessEnv) {
      const limited = await world.replica({ TRUSTED_PROXY_CIDRS: '127.0.0.0/8', ...settings });
      return async (key: string, from: string): Promise<number> => {
        const headers = { ...bearer(key), 'X-Forwarded-For': from };
        return (await callAdmin(limited.url, 'GET', 'products', { headers })).status;
      };
    }

    /** Well formed, and nobody's. */
    const guess = (id: number | string): string => writeToken('simulator', String(id), newSecret());

    it('refuse no right key, however many wrong ones came from the same address or for the same id', async () => {
      const ask = await asker({ ADMIN_FAILED_KEYS_PER_MINUTE: '2' });
      const { id, token } = await world.key('viewer');
      const from = '203.0.113.9';
      expect([await ask('guess-1', from), await ask('guess-2', from), await ask('guess-3', from)]).toEqual([
        401, 401, 429,
      ]);
      expect([await ask(guess(id), from), await ask(token, from), await ask(BOOTSTRAP_KEY, from)]).toEqual([
        429, 200, 200,
      ]);
      const fresh = await world.key('viewer');
      expect(await ask(fresh.token, from)).toBe(200);
      expect([await ask(guess(id), '203.0.113.10'), await ask(guess(id), '203.0.113.11')]).toEqual([401, 429]);
      expect(await ask(token, '203.0.113.11')).toBe(200);
    });

    it('count wrong keys with ever other ids, by address: without its port, and by network of IPv6', async () => {
      const ask = await asker({ ADMIN_FAILED_KEYS_PER_MINUTE: '5' });
      let id = 1_000_000;
      const outcomes = async (addressOf: (index: number) => string): Promise<number[]> => {
        const statuses: number[] = [];
        for (let index = 0; index < 8; index += 1) statuses.push(await ask(guess((id += 1)), addressOf(index)));
        return statuses;
      };
      const limited = [401, 401, 401, 401, 401, 429, 429, 429];
      expect(await outcomes(() => '198.51.100.1')).toEqual(limited);
      expect(await outcomes((index) => `198.51.100.2:${4_000 + index}`)).toEqual(limited);
      expect(await outcomes((index) => `2001:db8:5:6::${index + 1}`)).toEqual(limited);
      expect(await outcomes((index) => (index % 2 === 0 ? '198.51.100.3' : '::ffff:198.51.100.3'))).toEqual(limited);
      expect(await ask(guess((id += 1)), '2001:db8:5:7::1')).toBe(401);
    });

    it('answer a key that has ended like one that asks too often, and count it against nobody else', async () => {
      const ask = await asker({ ADMIN_FAILED_KEYS_PER_MINUTE: '2' });
      const { id, token: lost } = await world.key('viewer');
      await world.call('POST', `api-keys/${id}/revoke`, { body: { reason: 'lost' }, headers: bearer(BOOTSTRAP_KEY) });
      const from = '203.0.113.9';
      expect([await ask(lost, from), await ask(lost, from), await ask(lost, from)]).toEqual([401, 401, 429]);
      expect(await ask('guess', from)).toBe(401);
      expect(await ask('', from)).toBe(401);
    });
  });
});
