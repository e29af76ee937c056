import { GatewayAccounts } from '../../src/gateway-account';
import { Database } from '../../src/platform/database';
import { bearer, startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import { dumpOf } from '../support/database-dump';
import { leaksIn } from '../support/secret-search';

const SECRET = 'first-secret-of-the-kids-client+/=';
const NEWER = 'second-secret-of-the-kids-client+/=';
const CLIENT_ID = 'client-of-the-kids-brand';
const KIDS = {
  id: 'tstore-kids',
  gateway: 'tstore',
  label: 'T store, children’s brand',
  identifiers: { bid: 'kids', mid: 'kidscorp' },
};
const BODY = { ...KIDS, credentials: { clientId: CLIENT_ID, clientSecret: SECRET } };

describe('gateway accounts over the admin API', () => {
  let world: AdminWorld;
  let admin: { Authorization: string };
  const answers: AdminAnswer[] = [];

  beforeAll(async () => {
    world = await startAdminWorld();
    admin = bearer((await world.key('admin')).token) as typeof admin;
  });
  afterAll(() => world.close());

  const call = async (method: string, path = '', body?: unknown, headers = {}): Promise<AdminAnswer> => {
    const request = { ...(body !== undefined && { body }), headers: { ...admin, ...headers } };
    const answer = await world.call(method, `gateway-accounts${path}`, request);
    answers.push(answer);
    return answer;
  };
  const secretsOf = async (id: string, of = accounts()) => (await of.credentials(id)).map(({ secrets }) => secrets);
  const accounts = (): GatewayAccounts => world.service.app.get(GatewayAccounts, { strict: false });

  it('begin with the one that the settings make', async () => {
    const { body } = await call('GET');
    expect(body.items).toEqual([
      expect.objectContaining({
        id: 'tstore',
        environment: 'simulator',
        identifiers: { bid: 'bid', mid: 'mid' },
        fromSettings: true,
        enabled: true,
        problem: null,
        createdAt: null,
      }),
    ]);
    expect(await secretsOf('tstore')).toEqual([{ clientId: 'client', clientSecret: 'secret-of-the-client' }]);
  });

  it('are made once for an id, however often it is asked, and shown without their secrets', async () => {
    const once = { 'Idempotency-Key': 'make-the-kids-account' };
    const created = await call('POST', '', BODY, once);
    expect(created).toMatchObject({ status: 201, body: { ...KIDS, purpose: 'any', environment: 'simulator' } });
    expect((await call('POST', '', BODY, once)).headers.get('idempotent-replayed')).toBe('true');
    expect(await call('POST', '', BODY)).toMatchObject({ status: 409, body: { code: 'duplicate-gateway-account' } });
    const { body } = await call('GET', '/tstore-kids');
    expect(body).toMatchObject({
      fromSettings: false,
      actions: ['change', 'disable', 'rotate'],
      history: [{ cause: 'created', changes: null }],
    });
    expect(body.credentials.map(({ name, validUntil }: Record<string, unknown>) => [name, validUntil])).toEqual([
      ['clientId', null],
      ['clientSecret', null],
    ]);
    expect(await secretsOf('tstore-kids')).toEqual([{ clientId: CLIENT_ID, clientSecret: SECRET }]);
  });

  it.each([
    [{ id: 'Kids' }, 'id'],
    [{ id: 'x'.repeat(41) }, 'id'],
    [{ gateway: 'paypal' }, 'gateway'],
    [{ label: '' }, 'label'],
    [{ environment: 'production' }, 'environment'],
    [{ purpose: 'all' }, 'purpose'],
    [{ atOnce: 0 }, 'atOnce'],
    [{ lookupsPerMinute: 1.5 }, 'lookupsPerMinute'],
    [{ identifiers: { mid: 'kidscorp' } }, 'identifiers.bid'],
    [{ identifiers: { bid: 'kids', mid: 'a,b' } }, 'identifiers.mid'],
    [{ identifiers: { bid: 'kids', mid: 'kidscorp', cid: 'x' } }, 'identifiers'],
    [{ identifiers: [] }, 'identifiers'],
    [{ credentials: { clientId: CLIENT_ID } }, 'credentials.clientSecret'],
    [{ credentials: { clientId: 'a:b', clientSecret: SECRET } }, 'credentials.clientId'],
    [{ credentials: { clientId: CLIENT_ID, clientSecret: 7 } }, 'credentials.clientSecret'],
    [{ credentials: { clientId: CLIENT_ID, clientSecret: SECRET, mid: 'x' } }, 'credentials'],
    [{ credentials: undefined }, 'credentials'],
  ])('are refused by field, and nothing is stored: %j', async (changes, field) => {
    const { status, body } = await call('POST', '', { ...BODY, id: 'faulty', ...changes });
    expect(status).toBe(400);
    expect(body.faults.map((fault: { field: string }) => fault.field)).toEqual([field]);
    expect((await call('GET')).body.items).toHaveLength(2);
  });

  it('keep what every change was, refuse what somebody else changed meanwhile, and note nothing when nothing changes', async () => {
    const { body: seen } = await call('GET', '/tstore-kids');
    const ifMatch = { 'If-Match': `"${seen.version}"` };
    const changes = { purpose: 'recurring', atOnce: 3, identifiers: { bid: 'kids2' } };
    const { body: changed } = await call('PATCH', '/tstore-kids', changes, ifMatch);
    expect(changed).toMatchObject({ purpose: 'recurring', atOnce: 3, identifiers: { bid: 'kids2', mid: 'kidscorp' } });
    expect(await call('PATCH', '/tstore-kids', { atOnce: 4 }, ifMatch)).toMatchObject({
      status: 412,
      body: { code: 'version-conflict' },
    });
    await call('PATCH', '/tstore-kids', { atOnce: 3 });
    await call('PATCH', '/tstore-kids', { atOnce: null });
    const { body } = await call('GET', '/tstore-kids');
    expect(body.history.slice(1)).toMatchObject([
      {
        cause: 'changed',
        changes: {
          purpose: { from: 'any', to: 'recurring' },
          atOnce: { from: null, to: 3 },
          bid: { from: 'kids', to: 'kids2' },
        },
      },
      { cause: 'changed', changes: { atOnce: { from: 3, to: null } } },
    ]);
  });

  it('wait when they are disabled, and serve again when they are enabled', async () => {
    const disabled = await call('POST', '/tstore-kids/disable', { reason: 'contract under review' });
    expect(disabled).toMatchObject({ status: 200, body: { enabled: false, problem: 'It is disabled' } });
    const unusable = { code: 'gateway-account-unusable', message: expect.stringContaining('is disabled') };
    await expect(accounts().require('tstore-kids')).rejects.toMatchObject(unusable);
    await expect(accounts().require('tstore-kids', 'set-up')).resolves.toBeDefined();
    expect((await accounts().serving()).map(({ id }) => id)).toEqual(['tstore']);
    await call('POST', '/tstore-kids/enable', { reason: 'reviewed' });
    expect((await accounts().serving()).map(({ id }) => id)).toEqual(['tstore', 'tstore-kids']);
    const { body } = await call('GET', '/tstore-kids');
    expect(body.history.slice(-2)).toMatchObject([
      { cause: 'disabled', reason: 'contract under review', changes: { enabled: { from: true, to: false } } },
      { cause: 'enabled', reason: 'reviewed' },
    ]);
  });

  it('have their old secrets and the new at once until the old end, and then only the new', async () => {
    const rotation = { credentials: { clientSecret: NEWER }, reason: 'yearly' };
    const { status, body } = await call('POST', '/tstore-kids/credentials', rotation);
    expect(status).toBe(200);
    const tomorrow = new Date(Date.parse(body.credentials[1].createdAt) + 86_400_000).toISOString();
    expect(body.credentials).toMatchObject([
      { name: 'clientId', rotation: 1, validUntil: null },
      { name: 'clientSecret', rotation: 2, validUntil: null },
      { name: 'clientSecret', rotation: 1, validUntil: tomorrow },
    ]);
    const [older, newer] = [SECRET, NEWER].map((clientSecret) => ({ clientId: CLIENT_ID, clientSecret }));
    expect(await secretsOf('tstore-kids')).toEqual([newer, older]);
    world.clock.advanceSeconds(86_400);
    expect(await secretsOf('tstore-kids')).toEqual([newer]);
  });

  it('end every old secret at once when one got out', async () => {
    await call('POST', '/tstore-kids/credentials', { credentials: { clientSecret: SECRET }, reason: 'back' });
    expect(await secretsOf('tstore-kids')).toHaveLength(2);
    const credentials = { clientSecret: NEWER };
    const oldValidUntil = world.clock.now().toISOString();
    await call('POST', '/tstore-kids/credentials', { credentials, oldValidUntil, reason: 'seen in a log' });
    expect(await secretsOf('tstore-kids')).toEqual([{ clientId: CLIENT_ID, clientSecret: NEWER }]);
  });

  it('leave those of the settings to the settings, which the refusal names, but for pace and being enabled', async () => {
    const rotation = { credentials: { clientSecret: NEWER }, reason: 'yearly' };
    const refused = await call('POST', '/tstore/credentials', rotation);
    expect(refused).toMatchObject({ status: 409, body: { code: 'gateway-account-of-settings' } });
    expect(refused.body.settings).toEqual(['TSTORE_CLIENT_ID', 'TSTORE_CLIENT_SECRET']);
    const renamed = await call('PATCH', '/tstore', { identifiers: { mid: 'another' } });
    expect(renamed).toMatchObject({ status: 409, body: { settings: ['TSTORE_MID'] } });
    expect(renamed.body.detail).toMatch(/set TSTORE_MID anew and restart/);
    expect(await call('POST', '', { ...BODY, id: 'toss' })).toMatchObject({
      status: 409,
      body: { code: 'gateway-account-of-settings' },
    });
    expect(await call('PATCH', '/tstore', { atOnce: 2, label: 'T store, main' })).toMatchObject({ status: 200 });
    expect((await call('POST', '/tstore/disable', { reason: 'a test' })).body).toMatchObject({ enabled: false });
    expect((await call('POST', '/tstore/enable', { reason: 'a test' })).body).toMatchObject({ enabled: true });
  });

  it('follow the settings at the next start, whoever else runs with the old ones', async () => {
    const other = await world.replica({ TSTORE_CLIENT_SECRET: 'changed-secret', TSTORE_MID: 'newmid' });
    const there = other.app.get(GatewayAccounts, { strict: false });
    expect(await secretsOf('tstore', there)).toEqual([{ clientId: 'client', clientSecret: 'changed-secret' }]);
    expect((await there.get('tstore')).identifiers).toEqual({ bid: 'bid', mid: 'newmid' });
    expect((await accounts().get('tstore')).identifiers).toEqual({ bid: 'bid', mid: 'mid' });
  });

  it('are kept and not used where they are of another environment than the deployment', async () => {
    const live = { ...BODY, id: 'tstore-live', environment: 'live' };
    expect((await call('POST', '', live)).body).toMatchObject({
      environment: 'live',
      problem: 'It is of live, and this deployment is simulator',
    });
    await expect(accounts().credentials('tstore-live')).rejects.toMatchObject({ code: 'gateway-account-unusable' });
    expect((await accounts().serving('set-up')).map(({ id }) => id)).not.toContain('tstore-live');
  });

  it('are named by products, but for those that are not there, for something else, or of another environment', async () => {
    await call('POST', '', { ...BODY, id: 'tstore-once', purpose: 'one-time' });
    const price = { amount: 100, carrierAmount: 100, creditCardAmount: 0, tmembershipAmount: 0 };
    const sell = (gatewayAccount: string) =>
      world.call('POST', 'products', {
        body: { storeProductId: `of-${gatewayAccount}`, name: 'TV', price, gatewayAccount },
      });
    expect((await sell('tstore-kids')).body).toMatchObject({ gatewayAccount: 'tstore-kids' });
    const reasons = [
      ['nobody', /the id of a gateway account/],
      ['tstore-once', /collects what is recurring; this one is for one-time/],
      ['tstore-live', /an account of simulator; this one is of live/],
    ] as const;
    for (const [account, reason] of reasons) {
      const { status, body } = await sell(account);
      expect([status, body.faults]).toEqual([
        400,
        [{ field: 'gatewayAccount', expected: expect.stringMatching(reason) }],
      ]);
    }
    const { body: sold } = await world.call('GET', 'products');
    const change = { body: { gatewayAccount: 'tstore-once' } };
    expect(await world.call('PATCH', `products/${sold.items[0].id}`, change)).toMatchObject({ status: 400 });
    const moved = await world.call('PATCH', `products/${sold.items[0].id}`, { body: { gatewayAccount: 'tstore' } });
    expect(moved.body).toMatchObject({ gatewayAccount: 'tstore' });
  });

  it('are managed by administrators alone, and unknown ones are not found', async () => {
    const manager = bearer((await world.key('manager')).token);
    expect(await world.call('GET', 'gateway-accounts', { headers: manager })).toMatchObject({ status: 200 });
    expect(await world.call('POST', 'gateway-accounts', { body: BODY, headers: manager })).toMatchObject({
      status: 403,
      body: { code: 'scope-missing' },
    });
    expect(await call('GET', '/nobody')).toMatchObject({ status: 404, body: { code: 'gateway-account-not-found' } });
    expect(await call('POST', '/nobody/disable', { reason: 'x' })).toMatchObject({ status: 404 });
  });

  it('show their secrets in no answer, log line, audit entry or row', async () => {
    const { body: audit } = await world.call('GET', 'audit-log?resource=gateway-accounts&limit=1000', {
      headers: admin,
    });
    expect(audit.items.length).toBeGreaterThan(10);
    const secrets = [SECRET, NEWER, CLIENT_ID].map((value, index) => ({ name: `secret ${index}`, value }));
    const searched = [
      ...answers.map(({ body }, index) => ({ place: `answer ${index}`, content: JSON.stringify(body) })),
      { place: 'audit log', content: JSON.stringify(audit) },
      { place: 'log', content: world.logLines.join('') },
      ...(await dumpOf(world.database.url)),
    ];
    expect(leaksIn(searched, secrets)).toEqual([]);
  });

  it('open no secret that was moved to another account, name or rotation', async () => {
    const database = world.service.app.get(Database);
    await database.execute(
      `UPDATE gateway_account_credential AS moved SET ciphertext = other.ciphertext
       FROM gateway_account_credential AS other
       WHERE moved.gateway_account = 'tstore-kids' AND moved.name = 'clientId'
         AND other.gateway_account = 'tstore-live' AND other.name = 'clientId'`,
    );
    await expect(accounts().credentials('tstore-kids')).rejects.toMatchObject({ code: 'ciphertext-invalid' });
  });

  it('of Toss Payments are their two keys, which belong together and are rotated together', async () => {
    const toss = { id: 'toss-web', gateway: 'toss', label: 'Toss, web shop', identifiers: {} };
    const keys = (secretKey: string, clientKey: string) => ({ credentials: { secretKey, clientKey } });
    const good = keys('test_sk_OfTheWebShop', 'test_ck_OfTheWebShop');
    const faultsOf = async (changes: object) => {
      const { status, body } = await call('POST', '', { ...toss, ...good, ...changes });
      return [status, body.faults?.map((fault: { field: string }) => fault.field)];
    };
    expect(await faultsOf({ identifiers: { mid: 'x' } })).toEqual([400, ['identifiers']]);
    expect(await faultsOf({ credentials: { secretKey: 'test_sk_OfTheWebShop' } })).toEqual([
      400,
      ['credentials.clientKey'],
    ]);
    expect(await faultsOf(keys('test_sk_a', 'test_gck_a'))).toEqual([400, ['credentials.clientKey']]);
    expect(await faultsOf(keys('test_ck_a', 'test_sk_a'))).toEqual([400, ['credentials.secretKey']]);
    const both = ['credentials.secretKey', 'credentials.clientKey'];
    expect(await faultsOf(keys('live_sk_a', 'live_ck_a'))).toEqual([400, both]);
    expect(await faultsOf({ environment: 'live' })).toEqual([400, both]);
    expect(await call('POST', '', { ...toss, ...good })).toMatchObject({
      status: 201,
      body: { ...toss, problem: null },
    });
    const rotated = (credentials: object) =>
      call('POST', '/toss-web/credentials', { credentials, reason: 'a new set' });
    expect(await rotated({ secretKey: 'test_sk_Newer' })).toMatchObject({ status: 400 });
    expect(await rotated(keys('live_sk_b', 'live_ck_b').credentials)).toMatchObject({ status: 400 });
    expect((await rotated(keys('test_sk_Newer', 'test_ck_Newer').credentials)).status).toBeLessThan(300);
    expect(await secretsOf('toss-web')).toEqual([keys('test_sk_Newer', 'test_ck_Newer').credentials, good.credentials]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/OfTheWebShop|_Newer/);
  });
});
