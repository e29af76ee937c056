import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { Database } from '../../src/platform/database';
import { carrierPrice, send } from '../support/subscribers';

const BODY = { storeProductId: '0910024116', name: '동영상 클라우드 어린이TV', price: carrierPrice(5_500) };

describe('products over the admin API', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld();
  });

  afterAll(() => world.close());

  const create = (changes: object) => send(world, 'POST', 'products', { ...BODY, ...changes });

  it('are created once for a store product id, and shown with their history', async () => {
    const created = await create({});
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...BODY, id: expect.stringMatching(/^\d+$/), active: true });
    expect(await create({ name: 'another' })).toMatchObject({ status: 409, body: { code: 'duplicate-product' } });
    const { body } = await world.get(`products/${created.body.id}`);
    expect(body).toMatchObject({ ...BODY, history: [{ cause: 'created', actor: ADMIN_ACTOR, changes: null }] });
  });

  it.each([
    ['a comma', 'Kids, TV', /no comma: the request file separates its columns by commas/],
    ['a line break', 'Kids\nTV', /^no U\+000A LINE FEED/],
    ['a control character', 'Kids\u0007TV', /control character/],
    ['no character', '', /1 to 200 characters/],
    ['too many characters', '가'.repeat(201), /at most 200 characters/],
    ['half a character', 'TV \ud83d', /half of one has no UTF-8/],
  ])('are refused with the reason when the name has %s', async (_what, name, reason) => {
    const refused = await create({ storeProductId: 'unnamed', name });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.faults).toEqual([{ field: 'name', expected: expect.stringMatching(reason) }]);
  });

  it.each([
    [{ storeProductId: '상품' }, 'storeProductId'],
    [{ storeProductId: 'a,b' }, 'storeProductId'],
    [{ storeProductId: 'x', price: { ...BODY.price, amount: 0, carrierAmount: 0 } }, 'price.amount'],
    [{ storeProductId: 'x', price: { ...BODY.price, creditCardAmount: 1 } }, 'price.amount'],
    [{ storeProductId: 'x', price: { ...BODY.price, carrierAmount: 5_500.5 } }, 'price.carrierAmount'],
    [{ storeProductId: 'x', price: { ...BODY.price, tmembershipAmount: -1 } }, 'price.tmembershipAmount'],
    [{ storeProductId: 'x', price: { amount: 1 } }, 'price.carrierAmount'],
    [{ storeProductId: 'x', price: undefined }, 'price'],
    [{ storeProductId: 'x', price: 5_500 }, 'price'],
    [{ storeProductId: 'x', colour: 'red' }, 'colour'],
  ])('are refused by field: %j', async (changes, field) => {
    const { status, body } = await create(changes);
    expect(status).toBe(400);
    expect(body.faults.map((fault: { field: string }) => fault.field)).toContain(field);
    const { body: list } = await world.get('products');
    expect(list.items).toHaveLength(1);
  });

  it('keep what every change was, and none when nothing changes', async () => {
    const { body: list } = await world.get('products?active=true');
    const id = list.items[0].id;
    await send(world, 'PATCH', `products/${id}`, { price: carrierPrice(6_600) });
    await send(world, 'PATCH', `products/${id}`, { price: carrierPrice(6_600) });
    const changed = await send(world, 'PATCH', `products/${id}`, { name: 'Kids TV', active: false });
    expect(changed.body).toMatchObject({ name: 'Kids TV', active: false, price: { amount: 6_600 } });
    const { body } = await world.get(`products/${id}`);
    expect(body.history.map((entry: JsonBody) => entry.changes)).toEqual([
      null,
      { amount: { from: 5_500, to: 6_600 }, carrierAmount: { from: 5_500, to: 6_600 } },
      { name: { from: BODY.name, to: 'Kids TV' }, active: { from: true, to: false } },
    ]);
    expect((await world.get('products?active=true')).body.items).toEqual([]);
    expect((await world.get('products?active=false')).body.items).toHaveLength(1);
  });

  it('are not changed into something that could not be billed', async () => {
    const { body: list } = await world.get('products');
    const id = list.items[0].id;
    for (const change of [
      { name: 'a,b' },
      { price: { ...carrierPrice(1), amount: 2 } },
      { name: null },
      { active: null },
    ]) {
      expect((await send(world, 'PATCH', `products/${id}`, change)).status).toBe(400);
    }
    expect((await world.get('products')).body).toEqual(list);
    expect(await send(world, 'PATCH', 'products/999', { name: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'product-not-found' },
    });
  });

  it('leave evidence nobody can change', async () => {
    const database = world.service.app.get(Database);
    await expect(database.execute('DELETE FROM product_history')).rejects.toThrow(/append-only/);
  });

  it.each(['products', 'products/1', 'subscriptions', 'subscriptions/1', 'subscriptions/export'])(
    'GET %s asks for a key',
    async (path) => {
      const answer = await fetch(`${world.service.url}/admin/v1/${path}`);
      expect(answer.status).toBe(401);
    },
  );
});
