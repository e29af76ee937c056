import { Gateways } from '../../src/gateways';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { WindowGateway, type NextAnswer } from '../support/payment-window';
import { requestFile } from '../support/request-files';
import { agreed, send } from '../support/subscribers';
import { until } from '../support/until';

const RETURN_URL = 'https://shop.example/back?from=shop';

/** What a customer buys in person, by a gateway with a window of its own. */
describe('an order', () => {
  let world: BillingWorld;
  let gateway: WindowGateway;
  let counter = 0;
  const logLines: string[] = [];

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { CHECKOUT_REQUESTS_PER_MINUTE: '300' },
      logLines,
    });
    await world.service.app.get(Database).execute(
      `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
       VALUES ('toss-web', 'toss', 'Toss, web shop', 'simulator', 'any', '{}', $1, $1)`,
      [world.clock.now()],
    );
  });

  beforeEach(() => {
    gateway = new WindowGateway();
    const gateways = world.service.app.get(Gateways);
    jest.spyOn(gateways, 'confirming').mockReturnValue(gateway);
    jest.spyOn(gateways, 'findingOrders').mockReturnValue(gateway);
  });

  afterEach(() => jest.restoreAllMocks());
  afterAll(() => world.close());

  const asked = (more: object = {}): object => ({
    reference: `shop-${(counter += 1)}`,
    gatewayAccount: 'toss-web',
    name: '문구 세트',
    items: [
      { name: '연필', unitAmount: 500, quantity: 10 },
      { name: '공책', unitAmount: 10_000 },
    ],
    amount: 15_000,
    customer: { reference: 'nari', email: 'nari@example.com' },
    returnUrl: RETURN_URL,
    ...more,
  });
  const create = (more: object = {}): Promise<JsonAnswer> => send(world, 'POST', 'orders', asked(more));
  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;

  async function call(method: string, path: string, body?: object): Promise<JsonAnswer> {
    const response = await fetch(`${world.service.url}/checkout/v1/orders/${path}`, {
      method,
      redirect: 'manual',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const location = response.headers.get('location');
    return { status: response.status, body: text === '' ? { location } : JSON.parse(text) };
  }

  /** An order whose window is open, and what would come back from it. */
  async function opened(more: object = {}): Promise<{ id: string; token: string; back: JsonBody }> {
    const { body } = await create(more);
    const { body: window } = await call('POST', `${body.checkoutToken}/windows`);
    return { id: body.id, token: body.checkoutToken, back: backOf(window) };
  }

  const backOf = ({ orderNo, amount }: JsonBody): JsonBody => {
    return { paymentKey: `pay-${(counter += 1)}`, orderId: orderNo, amount };
  };
  const confirm = (token: string, back: JsonBody): Promise<JsonAnswer> => call('POST', `${token}/confirm`, back);
  const returnOf = (token: string, back: JsonBody): Promise<JsonAnswer> =>
    call('GET', `${token}/return?${new URLSearchParams(back as Record<string, string>).toString()}`);
  const settled = (id: string, state: string): Promise<JsonBody> =>
    until(`order ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(10);
      const found = await order(id);
      return found.state === state ? found : undefined;
    });
  const chargeOf = async (id: string): Promise<JsonBody> => {
    const { attempts } = await order(id);
    const { orderNo } = attempts.find(({ confirmed }: JsonBody) => confirmed);
    return (await world.get(`charges/${orderNo}`)).body;
  };

  it('is stored before anything is shown, paid in the window, and one charge like any other', async () => {
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'Created', amount: 15_000, gateway: 'toss', actions: ['cancel'] });
    const { status: opening, body: window } = await call('POST', `${body.checkoutToken}/windows`);
    expect(opening).toBe(201);
    expect(window).toMatchObject({
      state: 'Ready',
      gateway: 'toss',
      window: { orderId: window.orderNo, amount: 15_000 },
    });
    expect(window.window.successUrl).toContain(`/checkout/v1/orders/${body.checkoutToken}/return`);
    // Nothing is charged before the customer has agreed.
    expect((await world.get(`charges/${window.orderNo}`)).status).toBe(404);

    const back = backOf(window);
    const { status: returning, body: to } = await returnOf(body.checkoutToken, back);
    expect([returning, to.location]).toEqual([303, `${RETURN_URL}&order=${body.reference}&state=Paid`]);
    expect(await order(body.id)).toMatchObject({ state: 'Paid', failure: null, attempts: [{ confirmed: true }] });
    expect(await chargeOf(body.id)).toMatchObject({
      state: 'Paid',
      gateway: 'toss',
      amount: 15_000,
      transactionId: back.paymentKey,
    });
    const log = (await world.get('settlement-log?limit=1000')).body.items;
    expect(log.at(-1)).toMatchObject({ kind: 'paid', orderNo: window.orderNo, gateway: 'toss', delivery: 'Due' });
    expect(gateway.calls).toBe(1);
  });

  it('takes back what the window says beside what we ask, and leads to the shop where it can’t be read', async () => {
    const { id, token, back } = await opened();
    for (const unreadable of [{ orderId: back.orderId }, { ...back, amount: 'free' }, {}]) {
      const { status, body } = await returnOf(token, unreadable);
      expect([status, body.location]).toEqual([303, expect.stringMatching(/&state=invalid-request$/)]);
    }
    expect(await order(id)).toMatchObject({ state: 'Ready' });
    const { status, body } = await returnOf(token, { ...back, paymentType: 'NORMAL', later: 'something new' });
    expect([status, body.location]).toEqual([303, expect.stringMatching(/&state=Paid$/)]);
  });

  it('is the same under the same reference, and no other amount or customer is taken under it', async () => {
    const order = asked();
    const first = await send(world, 'POST', 'orders', order);
    const again = await send(world, 'POST', 'orders', order);
    expect(again.body).toMatchObject({ id: first.body.id, checkoutToken: first.body.checkoutToken });
    const other = { ...order, items: [{ name: '연필', unitAmount: 500 }], amount: 500 };
    expect(await send(world, 'POST', 'orders', other)).toMatchObject({
      status: 409,
      body: { code: 'order-reference-used', orderId: first.body.id },
    });
    const another = { ...order, customer: { reference: 'mallory' } };
    const refused = await send(world, 'POST', 'orders', another);
    expect(refused).toMatchObject({ status: 409, body: { code: 'order-reference-used' } });
    expect(JSON.stringify(refused.body)).not.toContain(first.body.checkoutToken);
    const ten = asked();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(world, 'POST', 'orders', ten)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it.each([
    ['items that cost something else', { amount: 14_999 }, 'amount'],
    ['an item without a price', { items: [{ name: '연필' }] }, 'items.0'],
    [
      'more that is tax-free than it costs',
      { items: [{ name: '쌀', unitAmount: 15_000, taxFreeAmount: 15_001 }] },
      'items.0.taxFreeAmount',
    ],
    ['no items', { items: [] }, 'items'],
    ['an address that is none', { returnUrl: 'javascript:alert(1)' }, 'returnUrl'],
    ['an address with what nobody sees', { returnUrl: 'https://shop.example/\u0000' }, 'returnUrl'],
    ['an e-mail address that is none', { customer: { email: 'nari' } }, 'customer.email'],
    ['an e-mail address with what nobody sees', { customer: { email: 'na\u200Bri@example.com' } }, 'customer.email'],
  ])('with %s is refused, naming it', async (_what, more, field) => {
    const { status, body } = await create(more);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.faults.map((fault: JsonBody) => fault.field)).toContain(field);
  });

  it('of a product is refused with more that is tax-free than its price, naming it', async () => {
    const rice = { storeProductId: 'rice', name: '쌀', gatewayAccount: 'toss-web', price: { amount: 12_000 } };
    const { body: product } = await send(world, 'POST', 'products', rice);
    const items = [
      { name: '연필', unitAmount: 3_000 },
      { productId: product.id, quantity: 1, taxFreeAmount: 12_001 },
    ];
    const refused = await create({ items });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-request']);
    expect(refused.body.faults.map((fault: JsonBody) => fault.field)).toEqual(['items.1.taxFreeAmount']);
    const all = [items[0], { ...items[1], taxFreeAmount: 12_000 }];
    expect((await create({ items: all })).body).toMatchObject({ amount: 15_000, taxFreeAmount: 12_000 });
  });

  it.each([
    ['another amount', { amount: 1 }, ['amount']],
    ['another order', { orderId: 'O-1-another' }, ['orderId']],
  ])('is not paid by a return of %s: nothing is confirmed', async (_what, wrong, fields) => {
    const { id, token, back } = await opened();
    const refused = await confirm(token, { ...back, ...wrong });
    expect(refused).toMatchObject({ status: 409, body: { code: 'return-mismatch' } });
    expect(refused.body.faults.map(({ field }: JsonBody) => field)).toEqual(fields);
    const { body } = await returnOf(token, { ...back, ...wrong });
    expect(body.location).toContain('state=return-mismatch');
    expect(gateway.calls).toBe(0);
    expect((await order(id)).state).toBe('Ready');
    expect((await confirm(token, back)).body.state).toBe('Paid');
  });

  it('keeps its order number to itself: no upload may use one of that shape', async () => {
    const { token, back } = await opened();
    const taking = requestFile(1, 'taking-').replace('taking-0', back.orderId);
    const refused = await world.upload(taking);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request-file' } });
    expect(refused.body.faults).toMatchObject([{ line: 2, field: 'noBranchOrder' }]);
    expect((await confirm(token, back)).body.state).toBe('Paid');
  });

  it('whose order number another charge has all the same is not paid, says so, and is paid by another window', async () => {
    const { id, token, back } = await opened();
    const uploaded = `taken-${(counter += 1)}`;
    expect((await world.upload(requestFile(1, uploaded))).status).toBe(201);
    await world.service.app
      .get(Database)
      .execute('UPDATE order_attempt SET order_no = $2 WHERE order_no = $1', [back.orderId, `${uploaded}0`]);
    const taken = { ...back, orderId: `${uploaded}0` };
    expect(await confirm(token, taken)).toMatchObject({ status: 409, body: { code: 'duplicate-order-number' } });
    expect((await returnOf(token, taken)).body.location).toContain('state=duplicate-order-number');
    expect(gateway.calls).toBe(0);
    expect((await order(id)).state).toBe('Ready');
    const { body: window } = await call('POST', `${token}/windows`);
    expect((await confirm(token, backOf(window))).body.state).toBe('Paid');
  });

  it('is paid once, however often and at once it comes back', async () => {
    const { id, token, back } = await opened();
    let go: () => void = () => undefined;
    gateway.hold = new Promise((resolve) => (go = resolve));
    const answers = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0 ? confirm(token, back) : returnOf(token, back),
    );
    await until('it is on its way', async () => (await order(id)).state === 'Confirming' || undefined);
    go();
    await Promise.all(answers);
    expect((await settled(id, 'Paid')).state).toBe('Paid');
    // The back button, and a reload.
    expect((await confirm(token, back)).body.state).toBe('Paid');
    expect(gateway.calls).toBe(1);
    expect(gateway.taken.size).toBe(1);
  });

  it('of two windows is paid by the first that comes back, and not by the other', async () => {
    const { id, token, back } = await opened();
    const { body: other } = await call('POST', `${token}/windows`);
    expect(other.orderNo).not.toBe(back.orderId);
    expect((await confirm(token, back)).body.state).toBe('Paid');
    expect(await confirm(token, backOf(other))).toMatchObject({ status: 409, body: { code: 'order-over' } });
    expect(await call('POST', `${token}/windows`)).toMatchObject({ status: 409, body: { code: 'order-over' } });
    expect(gateway.taken.size).toBe(1);
    expect((await order(id)).attempts).toMatchObject([{ confirmed: true }, { confirmed: false }]);
  });

  it.each<NextAnswer>(['lost-before', 'lost-after', 'not-sent', 'unauthorized'])(
    'whose answer is %s becomes one truth, and takes the money once',
    async (answer) => {
      const { id, token, back } = await opened();
      gateway.next.push(answer);
      const { body } = await confirm(token, back);
      expect(['Confirming', 'InDoubt']).toContain(body.state);
      expect(await call('POST', `${token}/windows`)).toMatchObject({ status: 409, body: { code: 'order-busy' } });
      await settled(id, 'Paid');
      expect(gateway.taken.size).toBe(1);
      expect((await chargeOf(id)).state).toBe('Paid');
    },
  );

  it.each<NextAnswer>(['other-amount', 'other-order'])(
    'whose answer is of %s is not taken for paid, and waits for a person',
    async (answer) => {
      const { id, token, back } = await opened();
      gateway.next.push(answer);
      expect((await confirm(token, back)).body.state).toBe('InDoubt');
      expect((await chargeOf(id)).state).toBe('Submitted');
      const { items } = (await world.get('direct-payments?state=Unknown')).body;
      expect(items[0]).toMatchObject({ orderNo: back.orderId, actions: ['look', 'resolve'], transactionId: null });
      expect((await world.get('summary')).body.stuck.map(({ kind }: JsonBody) => kind)).toContain('payments-in-doubt');

      // The gateway has it as it was asked, and nobody says that it has not.
      const resolve = (body: object): Promise<JsonAnswer> =>
        send(world, 'POST', `direct-payments/${items[0].id}/resolve`, { reason: 'asked by telephone', ...body });
      expect(await resolve({ outcome: 'not-paid' })).toMatchObject({ body: { code: 'evidence-contradicts' } });
      expect(await resolve({ outcome: 'paid' })).toMatchObject({ body: { code: 'transaction-id-missing' } });
      const said = await resolve({ outcome: 'paid', transactionId: back.paymentKey });
      expect(said).toMatchObject({ status: 202, body: { kind: 'payment-doubt', amount: 15_000 } });
      expect(said.body.summary).toContain(back.paymentKey);
      expect((await order(id)).state).toBe('InDoubt');
      expect((await agreed(world, said)).status).toBe(200);
      expect((await order(id)).state).toBe('Paid');
      expect(await chargeOf(id)).toMatchObject({ state: 'Paid', transactionId: back.paymentKey });
    },
  );

  it('in doubt is looked up when somebody asks for it', async () => {
    const { id, token, back } = await opened();
    gateway.next.push('other-amount');
    await confirm(token, back);
    const [payment] = (await world.get('direct-payments?state=Unknown')).body.items;
    expect((await send(world, 'POST', `direct-payments/${payment.id}/look`, {})).status).toBe(200);
    await settled(id, 'Paid');
    expect(await send(world, 'POST', `direct-payments/${payment.id}/look`, {})).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    });
  });

  it('that is declined may be tried again in another window, until it is declined for good', async () => {
    const { id, token, back } = await opened();
    gateway.next.push('declined');
    expect((await confirm(token, back)).body).toMatchObject({
      state: 'Ready',
      failure: { code: 'REJECT_CARD_PAYMENT', message: '한도초과' },
    });
    for (let tried = 2; tried <= 5; tried++) {
      const { body: window } = await call('POST', `${token}/windows`);
      gateway.next.push('declined');
      expect((await confirm(token, backOf(window))).body.state).toBe(tried < 5 ? 'Ready' : 'Failed');
    }
    expect(await call('POST', `${token}/windows`)).toMatchObject({ status: 409, body: { code: 'order-over' } });
    expect((await order(id)).attempts).toHaveLength(5);
    expect(gateway.taken.size).toBe(0);
  });

  it('that nobody pays in time expires, and what comes back later takes nothing', async () => {
    const { id, token, back } = await opened({ expiresInMinutes: 10 });
    world.clock.advanceSeconds(600);
    expect(await confirm(token, back)).toMatchObject({ status: 409, body: { code: 'order-over' } });
    await settled(id, 'Expired');
    expect((await returnOf(token, back)).body.location).toContain('state=order-over');
    expect(gateway.calls).toBe(0);
  });

  it('that the shop cancels takes nothing, and one on its way can’t be canceled', async () => {
    const { id, token, back } = await opened();
    const canceled = await send(world, 'POST', `orders/${id}/cancel`, { reason: 'sold out' });
    expect(canceled.body).toMatchObject({ state: 'Canceled', actions: [] });
    expect(await confirm(token, back)).toMatchObject({ status: 409, body: { code: 'order-over' } });
    const other = await opened();
    gateway.next.push('lost-after');
    await confirm(other.token, other.back);
    expect(await send(world, 'POST', `orders/${other.id}/cancel`, { reason: 'sold out' })).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    });
    await settled(other.id, 'Paid');
  });

  it('is changed by nobody who has not its token, nor by saying that it failed', async () => {
    const { id, token } = await opened();
    expect((await call('GET', `${'x'.repeat(43)}`)).status).toBe(404);
    expect((await call('GET', 'short')).status).toBe(400);
    const { status, body } = await call('GET', `${token}/fail?code=PAY_PROCESS_CANCELED&message=x&orderId=y`);
    expect([status, body.location]).toEqual([303, expect.stringContaining('state=Ready&code=PAY_PROCESS_CANCELED')]);
    expect((await call('GET', token)).body).toMatchObject({ state: 'Ready', amount: 15_000 });
    expect((await order(id)).state).toBe('Ready');
    // Whoever has it can pay the order.
    await until('the request is logged', () =>
      Promise.resolve(logLines.some((line) => line.includes('/checkout/v1/')) || undefined),
    );
    expect(logLines.filter((line) => line.includes(token))).toEqual([]);
  });

  it('waits while the kill switch is engaged, and is paid when it is released', async () => {
    const { id, token, back } = await opened();
    await send(world, 'POST', 'kill-switch', { reason: 'a drill' });
    expect((await confirm(token, back)).body.state).toBe('Confirming');
    expect(gateway.calls).toBe(0);
    await send(world, 'DELETE', 'kill-switch', { reason: 'over' });
    await settled(id, 'Paid');
    expect(gateway.calls).toBe(1);
  });

  it('may be asked for by any page, and no more often than an address may', async () => {
    const { token } = await opened();
    const url = `${world.service.url}/checkout/v1/orders/${token}/windows`;
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    const answers = await Promise.all(Array.from({ length: 320 }, () => call('GET', token)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ code: 'rate-limited', retryAfterSeconds: expect.any(Number) });
  });
});
