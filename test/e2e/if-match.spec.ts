import { startAdminWorld, type AdminWorld } from '../support/admin-world';
import { TOKEN_64 } from '../support/request-files';
import { carrierPrice } from '../support/subscribers';

const CONFLICT = { status: 412, body: { code: 'version-conflict', retryable: false } };

describe('If-Match', () => {
  let world: AdminWorld;
  let product: string;
  let subscription: string;

  beforeAll(async () => {
    world = await startAdminWorld();
    const order = { storeProductId: '0910024116', name: 'TV', price: carrierPrice(5_500) };
    product = `products/${(await world.call('POST', 'products', { body: order })).body.id}`;
    const body = {
      customerReference: 'customer',
      storeProductId: '0910024116',
      billingToken: TOKEN_64,
      startedOn: '2027-01-05',
    };
    subscription = `subscriptions/${(await world.call('POST', 'subscriptions', { body })).body.id}`;
  });

  afterAll(() => world.close());

  const etagOf = async (path: string): Promise<string> => {
    const { headers, body } = await world.call('GET', path);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    return headers.get('etag') ?? '';
  };

  it.each([
    ['a product', () => ['PATCH', product, product, { name: 'other' }] as const],
    ['a subscription', () => ['PATCH', subscription, subscription, { cancelAtPeriodEnd: true }] as const],
    ['a pause', () => ['POST', `${subscription}/pause`, subscription, undefined] as const],
    ['a resumption', () => ['POST', `${subscription}/resume`, subscription, undefined] as const],
    [
      'a token',
      () => ['PUT', `${subscription}/billing-token`, subscription, { billingToken: `${'B'.repeat(64)}` }] as const,
    ],
    ['a cancellation', () => ['POST', `${subscription}/cancel`, subscription, { when: 'now' }] as const],
    ['stopping', () => ['POST', 'kill-switch', 'kill-switch', { reason: 'drill' }] as const],
    ['releasing', () => ['DELETE', 'kill-switch', 'kill-switch', { reason: 'over' }] as const],
  ])('lets %s through on what was seen, and refuses it on what was changed since', async (_what, call) => {
    const [method, path, resource, body] = call();
    const seen = await etagOf(resource);
    const stale = await world.call(method, path, { body, headers: { 'If-Match': '"1"' } });
    expect(stale).toMatchObject(CONFLICT);
    expect(await etagOf(resource)).toBe(seen);
    const changed = await world.call(method, path, { body, headers: { 'If-Match': seen } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe(await etagOf(resource));
    expect(changed.headers.get('etag')).not.toBe(seen);
    expect(await world.call(method, path, { body, headers: { 'If-Match': seen } })).toMatchObject(CONFLICT);
  });

  it.each(['products', 'kill-switch'])('lets one of many through that saw the same: %s', async (what) => {
    const [method, path] = what === 'products' ? (['PATCH', product] as const) : (['POST', 'kill-switch'] as const);
    const seen = await etagOf(path);
    const bodies = Array.from({ length: 8 }, (_, at) =>
      what === 'products' ? { name: `TV ${at}` } : { reason: `${at}` },
    );
    const answers = await Promise.all(
      bodies.map((body) => world.call(method, path, { body, headers: { 'If-Match': seen } })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });

  it('may be left out or be any, and is refused when it is no ETag', async () => {
    const change = (headers: Record<string, string>) =>
      world.call('PATCH', product, { body: { name: 'last' }, headers });
    expect((await change({})).status).toBe(200);
    expect((await change({ 'If-Match': '*' })).status).toBe(200);
    for (const header of ['1', '"a"', '"1", 2', 'w/"1"', '"1",', '*, "1"']) {
      expect(await change({ 'If-Match': header })).toMatchObject({
        status: 400,
        body: { faults: [{ field: 'If-Match' }] },
      });
    }
  });

  it('is heeded as a proxy weakens it, and as one of several', async () => {
    const change = (header: string) =>
      world.call('PATCH', product, { body: { name: 'proxied' }, headers: { 'If-Match': header } });
    for (const stale of ['W/"1"', '"1", "2"', 'W/"2","1"']) expect(await change(stale)).toMatchObject(CONFLICT);
    expect((await change(`W/${await etagOf(product)}`)).status).toBe(200);
    expect((await change(`"1", ${await etagOf(product)}`)).status).toBe(200);
    expect((await change(`W/${await etagOf(product)} , "2"`)).status).toBe(200);
  });

  it('says that there is nothing before it says that it was changed', async () => {
    const answer = await world.call('PATCH', 'products/999', { body: { name: 'x' }, headers: { 'If-Match': '"1"' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'product-not-found' } });
  });
});
