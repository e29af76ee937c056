import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { confirmElsewhere } from '../support/confirm-elsewhere';
import { askRefund, refundInState } from '../support/refunds';
import { send } from '../support/subscribers';
import { awaitedOrder } from '../support/toss-orders';
import { until } from '../support/until';

const FORGED = 300;

/** Messages of Toss, sent by a gateway that keeps a book of its own: each is a reason to look, and none is believed. */
describe('a message of Toss Payments', () => {
  let world: BillingWorld;
  let counter = 0;

  beforeAll(async () => {
    world = await startWorld({ toss: true, environment: { TSTORE_LOOKUPS_PER_MINUTE: '6000' } });
    world.simulator.toss.setWebhookUrls([`${world.service.url}/webhooks/toss/toss`]);
  });

  afterEach(() => world.simulator.toss.disarmAllFaults());
  afterAll(() => world.close());

  const at = (account: string): string => `${world.service.url}/webhooks/toss/${account}`;

  async function post(body: string | object, account = 'toss', init: RequestInit = {}): Promise<JsonAnswer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(at(account), { method: 'POST', body: text, ...init });
    return { status: response.status, body: await response.json() };
  }

  async function call(method: string, path: string): Promise<JsonAnswer> {
    const address = `${world.service.url}/checkout/v1/orders/${path}`;
    const response = await fetch(address, { method, redirect: 'manual' });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const charge = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const messagesOf = async (orderNo: string): Promise<JsonBody[]> =>
    (await world.get(`notifications?orderNo=${orderNo}&limit=1000`)).body.items;
  const questionsOf = (orderNo: string): number =>
    world.simulator.control.calls().filter(({ path, direction }) => direction === 'in' && path.includes(orderNo))
      .length;

  /** An order whose window is open. */
  async function opened(): Promise<{ id: string; token: string; window: JsonBody }> {
    const { body } = await send(world, 'POST', 'orders', {
      reference: `heard-${(counter += 1)}`,
      gatewayAccount: 'toss',
      name: '문구 세트',
      items: [{ name: '연필', unitAmount: 15_000 }],
      amount: 15_000,
      returnUrl: 'https://shop.example/back',
    });
    const { body: answer } = await call('POST', `${body.checkoutToken}/windows`);
    const { window } = answer;
    const amount = { currency: 'KRW', value: window.amount };
    world.simulator.toss.openPayment({ method: 'CARD', ...window, amount });
    return { id: body.id, token: body.checkoutToken, window };
  }

  /** The buyer agrees in the window. @returns where the window leads the browser */
  const agreed = (orderNo: string): string =>
    String(world.simulator.toss.pay(orderNo).redirectUrl).split('/checkout/v1/orders/')[1] ?? '';

  /** The scheduler may have been quicker than the return. */
  const inState = (id: string, state: string): Promise<true> =>
    until(`order ${id} is ${state}`, async () => ((await order(id)).state === state ? true : undefined));

  async function paid(): Promise<{ id: string; orderNo: string }> {
    const { id, window } = await opened();
    await call('GET', agreed(window.orderId));
    await inState(id, 'Paid');
    return { id, orderNo: window.orderId };
  }

  /** Until nothing of it is left to be looked into. */
  const lookedInto = (orderNo: string, count = 1): Promise<JsonBody[]> =>
    until(`messages of ${orderNo} are looked into`, async () => {
      world.clock.advanceSeconds(10);
      const messages = await messagesOf(orderNo);
      const isOpen = ({ state, retry }: JsonBody): boolean => state === 'Received' && retry?.givenUpAt == null;
      return messages.length >= count && !messages.some(isOpen) ? messages : undefined;
    });

  it('is stored, answered 200 at once, and changes nothing that is known', async () => {
    const { id, orderNo } = await paid();
    await world.simulator.toss.deliverWebhooks();
    const [message] = await lookedInto(orderNo);
    const ofIt = world.simulator.toss.webhooks().filter(({ orderId }) => orderId === orderNo);
    expect(ofIt.map(({ attempts }) => attempts.at(-1)?.status)).toEqual([200]);
    expect(message).toMatchObject({ event: 'PAYMENT_STATUS_CHANGED', status: 'DONE', gatewayAccount: 'toss' });
    expect(message.retry.error).toContain('which is known');
    expect((await order(id)).state).toBe('Paid');
  });

  it('is kept without what is secret in it', async () => {
    const { orderNo } = await paid();
    await world.simulator.toss.deliverWebhooks();
    const [message] = await lookedInto(orderNo);
    const { body } = await world.get(`notifications/${message.id}`);
    expect(body.rawBody.text).toContain(orderNo);
    expect(body.rawBody.text).toMatch(/"secret":"sha256:[0-9a-f]{64}"/);
    const sent = world.simulator.toss.webhooks().find(({ orderId }) => orderId === orderNo);
    const { secret } = JSON.parse(sent?.body ?? '{}').data;
    expect(secret).toMatch(/^ps_/);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it.each([
    ['is no JSON', 'nonsense', 400],
    ['is no object', '[]', 400],
    ['says nothing', '{}', 400],
    ['is nested without end', `{"eventType":"X","data":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_001)}`, [200, 400]],
    ['is larger than any', JSON.stringify({ eventType: 'X', data: 'x'.repeat(70_000) }), 413],
  ])('is refused where it %s', async (_what, body, status) => {
    expect([status].flat()).toContain((await post(body)).status);
  });

  it('is refused where its address names an account that is none, and leaves nothing', async () => {
    const orderNo = `nobody-${Date.now()}`;
    const body = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: orderNo, status: 'DONE', paymentKey: 'x' } };
    expect(await post(body, 'nobody')).toMatchObject({ status: 404 });
    expect(await post(body, 'tstore')).toMatchObject({ status: 404 });
    expect(await messagesOf(orderNo)).toEqual([]);
    expect((await post('', 'toss', { method: 'PUT' })).status).toBe(405);
  });

  it('about nothing of ours, or of an event nobody knows, is kept and asks nobody', async () => {
    const orderNo = `theirs-${Date.now()}`;
    await post({ eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: orderNo, status: 'DONE', paymentKey: 'x' } });
    const [message] = await lookedInto(orderNo);
    expect(message).toMatchObject({ state: 'Received', verdict: null });
    expect(message.retry).toMatchObject({ error: 'no payment of this account has this order number' });
    expect(questionsOf(orderNo)).toBe(0);
    const event = `news.${Date.now()}`;
    await post({ eventType: event, data: { billingKey: 'a-secret-billing-key' } });
    const kept = await until('it is set aside', async () => {
      const { items } = (await world.get('notifications?gateway=toss&limit=100')).body;
      return items.find((one: JsonBody) => one.event === event && one.retry?.givenUpAt);
    });
    expect(kept.retry.error).toBe('nothing here acts on this event');
    expect(JSON.stringify((await world.get(`notifications/${kept.id}`)).body)).not.toContain('a-secret-billing-key');
  });

  it('before the return confirms nothing: money moves when the customer comes back, once', async () => {
    const { id, window } = await opened();
    const back = agreed(window.orderId);
    await post({
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: { orderId: window.orderId, status: 'DONE', paymentKey: 'x' },
    });
    const [message] = await lookedInto(window.orderId);
    expect(message.retry.error).toContain('nothing was confirmed');
    expect((await order(id)).state).toBe('Ready');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 0 }]);
    await call('GET', back);
    await inState(id, 'Paid');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
  });

  it('has a payment found out whose answer was lost, though the browser was closed', async () => {
    const { id, window } = await opened();
    world.simulator.toss.armFault({ kind: 'answer-lost', call: 'confirm' });
    await call('GET', agreed(window.orderId));
    await world.simulator.toss.deliverWebhooks();
    await inState(id, 'Paid');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1 }]);
  });

  it.each(['is open', 'is over'])(
    'has a payment taken up that somebody else confirmed, when its order %s',
    async (is) => {
      const { id, window } = await opened();
      agreed(window.orderId);
      if (is === 'is over') {
        world.clock.advanceSeconds(3_600);
        await inState(id, 'Expired');
      }
      // Toss tells so by itself, and at once.
      await confirmElsewhere(world.simulator, window.orderId, 15_000);
      await until('it is paid', async () => {
        world.clock.advanceSeconds(20);
        return (await order(id)).state === 'Paid' ? true : undefined;
      });
      const moves = (await order(id)).history.map(({ toState }: JsonBody) => toState);
      expect(moves.includes('Expired')).toBe(is === 'is over');
      expect(await charge(window.orderId)).toMatchObject({ state: 'Paid', amount: 15_000 });
      expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1 }]);
    },
  );

  it('has a payment given back that somebody else confirmed when its order is canceled, once', async () => {
    const { id, window } = await opened();
    agreed(window.orderId);
    const canceled = await send(world, 'POST', `orders/${id}/cancel`, { reason: 'sold out' });
    expect(canceled.status).toBe(200);
    await confirmElsewhere(world.simulator, window.orderId, 15_000);
    await until('it is given back', async () => {
      world.clock.advanceSeconds(60);
      return (await charge(window.orderId)).state === 'Refunded' ? true : undefined;
    });
    expect((await order(id)).state).toBe('Canceled');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([
      { approvals: 1, canceledAmount: 15_000, cancels: [{ amount: 15_000 }] },
    ]);
    const { items } = (await world.get('refunds?limit=200')).body;
    expect(items.filter(({ orderNo }: JsonBody) => orderNo === window.orderId)).toMatchObject([
      { state: 'Refunded', reason: 'its order was canceled, or is paid by another payment' },
    ]);
    const { stuck } = (await world.get('summary')).body;
    expect(stuck.map(({ kind }: JsonBody) => kind)).not.toContain('payments-not-owed');
  });

  it.each([
    'webhook-contradicted',
    'webhook-duplicated',
    'webhook-out-of-order',
    'webhook-lost',
    'webhook-thin',
  ] as const)('is one truth, and never a downgrade, by %s', async (kind) => {
    world.simulator.toss.armFault({ kind });
    const { id, orderNo } = await paid();
    await world.simulator.toss.deliverWebhooks();
    world.simulator.toss.cancelInConsole(orderNo, { cancelAmount: 1_000 });
    for (let sent = 1; sent > 0;) sent = await world.simulator.toss.deliverWebhooks();
    await until('what was given back is recorded', async () => {
      world.clock.advanceSeconds(10);
      return (await charge(orderNo)).refundedAmount === 1_000 ? true : undefined;
    });
    expect((await order(id)).state).toBe('Paid');
    expect(await charge(orderNo)).toMatchObject({ state: 'PartiallyRefunded' });
  });

  it('of a cancellation in Toss’s own console brings it into the log, once, part by part', async () => {
    const { orderNo } = await paid();
    const ours = (await askRefund(world, orderNo, 4_000)).body;
    await refundInState(world, ours.id, 'Refunded');
    world.simulator.toss.cancelInConsole(orderNo, { cancelAmount: 1_000 });
    await world.simulator.toss.deliverWebhooks();
    await until('the part is recorded', async () => {
      world.clock.advanceSeconds(10);
      return (await charge(orderNo)).refundedAmount === 5_000 ? true : undefined;
    });
    world.simulator.toss.cancelInConsole(orderNo);
    await world.simulator.toss.deliverWebhooks();
    await until('the rest is recorded', async () => {
      world.clock.advanceSeconds(10);
      return (await charge(orderNo)).state === 'Refunded' ? true : undefined;
    });
    // Both within one second of Toss's clock, mostly: told apart by what is left.
    const [{ cancels }] = world.simulator.toss.bookOfOrder(orderNo) as [JsonBody];
    const { items } = (await world.get(`refunds?chargeId=${(await charge(orderNo)).id}`)).body;
    const outside = items.filter((one: JsonBody) => one.outside);
    expect(outside.map(({ amount, result }: JsonBody) => [amount, result.refundTransactionId]).reverse()).toEqual(
      cancels.slice(1).map(({ amount, transactionKey }: JsonBody) => [amount, transactionKey]),
    );
    const seen = (await world.get('outside-refunds?state=Suspected&limit=100')).body.items;
    expect(seen.filter((one: JsonBody) => one.orderNo === orderNo)).toEqual([]);
    // Once more, ten minutes late: nothing is new.
    const last = world.simulator.toss.webhooks().findLast(({ orderId }) => orderId === orderNo);
    world.clock.advanceSeconds(600);
    await world.simulator.toss.sendWebhook(last?.id ?? 0, 3);
    await lookedInto(orderNo);
    expect((await charge(orderNo)).refundedAmount).toBe(15_000);
  });

  it('of a deposit that was given back before it counted brings that into the log, once it counts', async () => {
    const { orderNo } = await awaitedOrder(world);
    world.simulator.toss.deposit(orderNo);
    world.simulator.toss.cancelInConsole(orderNo, { cancelAmount: 4_000 });
    await until('what was given back is in the log', async () => {
      world.clock.advanceSeconds(60);
      const found = await world.get(`charges/${orderNo}`);
      return found.body.refundedAmount === 4_000 ? found.body : undefined;
    });
    const { items } = (await world.get(`charges/${orderNo}/refunds`)).body;
    expect(items).toMatchObject([{ amount: 4_000, state: 'Refunded', outside: true }]);
  });

  it('that strangers send by the hundred makes a handful of questions, and holds up no other', async () => {
    const { orderNo } = await paid();
    const other = await paid();
    await world.simulator.toss.deliverWebhooks();
    await lookedInto(orderNo);
    await lookedInto(other.orderNo);
    const before = questionsOf(orderNo) + world.simulator.toss.bookOfOrder(orderNo).length;
    const asked = lookups();
    for (let sent = 0; sent < FORGED; sent += 1) {
      const data = { orderId: orderNo, status: 'CANCELED', paymentKey: `forged-${sent}` };
      expect((await post({ eventType: 'PAYMENT_STATUS_CHANGED', createdAt: String(sent), data })).status).toBe(200);
    }
    world.simulator.toss.cancelInConsole(other.orderNo, { cancelAmount: 500 });
    await world.simulator.toss.deliverWebhooks();
    await until('the other is noticed', async () => {
      world.clock.advanceSeconds(1);
      return (await charge(other.orderNo)).refundedAmount === 500 ? true : undefined;
    });
    await lookedInto(orderNo, FORGED);
    expect(before).toBeGreaterThan(0);
    expect(lookups() - asked).toBeLessThan(FORGED / 10);
    expect(await charge(orderNo)).toMatchObject({ state: 'Paid', refundedAmount: 0 });
    const { body } = await world.get('summary');
    expect(body.stuck.filter(({ kind }: JsonBody) => kind.startsWith('notifications-'))).toEqual([]);
  });

  const lookups = (): number =>
    world.simulator.control.calls().filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/payments'))
      .length;

  it('leaves the books of both in agreement, to the won', async () => {
    const ours = (await world.get('settlement-log?limit=1000')).body.items;
    const sum = (kinds: string[]): number =>
      ours
        .filter((entry: JsonBody) => entry.gateway === 'toss' && kinds.includes(entry.kind))
        .reduce((total: number, { amount }: JsonBody) => total + amount, 0);
    const book = world.simulator.toss.bookTotals();
    expect(sum(['paid'])).toBe(book.approvedAmount);
    expect(sum(['refunded', 'partially-refunded'])).toBe(book.canceledAmount);
    expect(world.simulator.toss.repeatedOrders()).toEqual([]);
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
  });
});
