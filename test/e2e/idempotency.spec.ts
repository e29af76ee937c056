import { Client } from 'pg';
import { Products } from '../../src/product';
import { Database } from '../../src/platform/database';
import { bearer, startAdminWorld, type AdminAnswer, type AdminWorld } from '../support/admin-world';
import { BOOTSTRAP_KEY } from '../support/people';
import { REQUEST_HEADER, requestFile } from '../support/request-files';
import { carrierPrice } from '../support/subscribers';
import { until } from '../support/until';

let count = 0;
const product = () => ({ storeProductId: `product-${++count}`, name: 'TV', price: carrierPrice(5_500) });

describe('Idempotency-Key', () => {
  let world: AdminWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startAdminWorld({ TSTORE_MID: 'skpcorp' });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  const post = (path: string, key: string, body: unknown, headers: Record<string, string> = {}): Promise<AdminAnswer> =>
    world.call('POST', path, { body, headers: { 'Idempotency-Key': key, ...headers } });

  const replayed = ({ headers }: AdminAnswer) => headers.get('idempotent-replayed');

  it('gives the same answer to the same request, without doing it again', async () => {
    const body = product();
    const first = await post('products', 'same', body);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    const audited = (await world.call('GET', 'audit-log?limit=1')).body.items[0].id;
    const second = await post('products', 'same', body);
    expect([second.status, replayed(second), second.headers.get('content-type')]).toEqual([
      201,
      'true',
      'application/json; charset=utf-8',
    ]);
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('etag')).toBe(`"${first.body.version}"`);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await world.call('GET', 'audit-log?limit=1')).body.items[0].id).toBe(audited);
  });

  it('gives the same refusal again, as problem+json', async () => {
    const body = product();
    await world.call('POST', 'products', { body });
    const first = await post('products', 'refused', body);
    const second = await post('products', 'refused', body);
    expect(first).toMatchObject({ status: 409, body: { code: 'duplicate-product' } });
    expect(second).toMatchObject({ status: 409, body: first.body });
    expect(second.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it('refuses another body, another query and another address under the same key', async () => {
    await post('products', 'other', product());
    for (const [path, body] of [
      ['products', product()],
      ['kill-switch', { reason: 'x' }],
      ['products?x=1', product()],
    ] as const) {
      expect(await post(path, 'other', body)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    }
  });

  it('is each API key’s own', async () => {
    const body = product();
    const { token } = await world.key('operator');
    const own = await post('products', 'shared', body);
    expect(own.status).toBe(201);
    const other = await post('products', 'shared', body, bearer(token));
    expect(other).toMatchObject({ status: 409, body: { code: 'duplicate-product' } });
  });

  it.each(['', 'with space', 'x'.repeat(256)])('is refused when it is %j', async (key) => {
    const refused = await post('products', key, product());
    expect(refused.status).toBe(400);
    expect(refused.body.faults).toMatchObject([{ field: 'Idempotency-Key' }]);
  });

  it('says that the first request is still running, and lets one of many through', async () => {
    const locker = new Client({ connectionString: world.database.url });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE product IN ACCESS EXCLUSIVE MODE');
    const body = product();
    const first = post('products', 'slow', body);
    await until('it is reserved', async () => {
      const rows = await database.rows("SELECT 1 FROM idempotency_key WHERE key = 'slow'");
      return rows.length > 0 || undefined;
    });
    const meanwhile = await Promise.all(Array.from({ length: 3 }, () => post('products', 'slow', body)));
    for (const answer of meanwhile) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency-key-in-use', retryable: true } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await post('products', 'slow', product())).status).toBe(422);
    await locker.query('COMMIT');
    await locker.end();
    expect((await first).status).toBe(201);
    expect((await post('products', 'slow', body)).body).toEqual((await first).body);
  });

  it('makes one of many that come at once', async () => {
    const body = product();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('products', 'at once', body)));
    expect(answers.filter((answer) => answer.status === 400)).toHaveLength(8);
    const good = await Promise.all(Array.from({ length: 8 }, () => post('products', 'at-once', body)));
    const made = good.filter((answer) => answer.status === 201 && replayed(answer) === null);
    expect(made).toHaveLength(1);
    for (const { status } of good) expect([201, 409]).toContain(status);
    const { body: products } = await world.call('GET', 'products?limit=1000');
    expect(
      products.items.filter((item: { storeProductId: string }) => item.storeProductId === body.storeProductId),
    ).toHaveLength(1);
  });

  it('is taken over when the process died in the middle, and not before', async () => {
    const body = product();
    // A process that died: it reserved the key, and will not renew its lease.
    await post('products', 'died', body);
    await database.execute(
      `UPDATE idempotency_key SET answer_status = NULL, answer_ciphertext = NULL, answer_key_id = NULL
       WHERE key = 'died'`,
    );
    world.clock.advanceSeconds(50);
    expect(await post('products', 'died', body)).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-in-use' },
    });
    world.clock.advanceSeconds(20);
    expect(await post('products', 'died', product())).toMatchObject({ status: 422 });
    // It runs again, and finds what the dead one did.
    expect(await post('products', 'died', body)).toMatchObject({ status: 409, body: { code: 'duplicate-product' } });
  });

  it('is kept for two days, then free, and cleared away', async () => {
    const body = product();
    await post('products', 'old', body);
    world.clock.advanceSeconds(47 * 3_600);
    expect(replayed(await post('products', 'old', body))).toBe('true');
    world.clock.advanceSeconds(3_600);
    await post('products', 'new', product());
    await post('products', 'newer', product());
    const left = await database.rows<{ key: string }>('SELECT key FROM idempotency_key WHERE expires_at <= $1', [
      world.clock.now(),
    ]);
    expect(left).toEqual([]);
    expect(await post('products', 'old', body)).toMatchObject({ status: 409, body: { code: 'duplicate-product' } });
  });

  it('lets an answer go that says to try again', async () => {
    const body = product();
    await database.execute('ALTER TABLE product RENAME TO away');
    const failed = await post('products', 'failed', body).finally(() =>
      database.execute('ALTER TABLE away RENAME TO product'),
    );
    // A failure nobody foresaw may have done something: it is kept, and the caller must look.
    expect(failed).toMatchObject({ status: 500, body: { retryable: false } });
    expect(replayed(await post('products', 'failed', body))).toBe('true');
    const create = jest
      .spyOn(world.service.app.get(Products), 'create')
      .mockRejectedValueOnce(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect(await post('products', 'away', body)).toMatchObject({ status: 503, body: { retryable: true } });
    create.mockRestore();
    expect(await post('products', 'away', body)).toMatchObject({ status: 201 });
  });

  it('keeps answers encrypted, and a new key’s token not at all: it is shown once', async () => {
    const order = { name: 'kept', owner: 'kim', role: 'viewer' };
    const first = await post('api-keys', 'key', order, bearer(BOOTSTRAP_KEY));
    const second = await post('api-keys', 'key', order, bearer(BOOTSTRAP_KEY));
    expect(first.body.token).toEqual(expect.any(String));
    expect(second.body).toEqual({ ...first.body, token: null });
    const [row] = await database.rows<{ row: string; text: string }>(
      `SELECT idempotency_key::text AS row, encode(answer_ciphertext, 'escape') AS text FROM idempotency_key WHERE key = 'key'`,
    );
    expect(row?.row).toContain('key');
    expect(row?.text).not.toContain(first.body.token.slice(0, 20));
    const { body } = await world.call('GET', 'api-keys?limit=1000');
    expect(body.items.filter((key: { name: string }) => key.name === 'kept')).toHaveLength(1);
  });

  describe('of an upload', () => {
    const upload = (key: string, file: string, query = '') =>
      post(`bulk-payment-jobs${query}`, key, file, { 'Content-Type': 'text/plain' });

    it('compares the file, which is hashed on its way', async () => {
      const file = requestFile(3, 'idem-1-');
      const first = await upload('file', file);
      expect(first.status).toBe(201);
      const second = await upload('file', file);
      expect([second.status, replayed(second), second.body]).toEqual([201, 'true', first.body]);
      expect(await upload('file', `${file}\n`)).toMatchObject({ status: 422 });
      expect(await upload('file', file, '?batchReference=other')).toMatchObject({ status: 422 });
    });

    it('keeps a refusal after the whole file was read', async () => {
      const faulty = `${REQUEST_HEADER}\nnot,a,row\n`;
      const first = await upload('faulty', faulty);
      expect(first).toMatchObject({ status: 400, body: { code: 'invalid-request-file' } });
      expect(replayed(await upload('faulty', faulty))).toBe('true');
    });
  });
});
