import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import type { TossFaultOrder } from '../../simulator';
import { send } from '../support/subscribers';
import { askRefund, refundInState } from '../support/refunds';
import { until } from '../support/until';

/** Orders paid in Toss's window: our client, over HTTP, against a gateway that keeps a book of its own. */
describe('an order paid by Toss', () => {
  let world: BillingWorld;
  let counter = 0;

  beforeAll(async () => {
    world = await startWorld({ toss: true });
  });

  afterEach(() => {
    world.simulator.toss.disarmAllFaults();
    world.simulator.toss.forgetDeclines();
  });
  afterAll(() => world.close());

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

  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;

  /** An order whose window is open. */
  async function opened(more: object = {}): Promise<{ id: string; token: string; window: JsonBody }> {
    const { status, body } = await send(world, 'POST', 'orders', {
      reference: `toss-${(counter += 1)}`,
      gatewayAccount: 'toss',
      name: '문구 세트',
      items: [{ name: '연필', unitAmount: 15_000 }],
      amount: 15_000,
      returnUrl: 'https://shop.example/back',
      ...more,
    });
    expect([status, body.code]).toEqual([201, undefined]);
    const { body: answer } = await call('POST', `${body.checkoutToken}/windows`);
    return { id: body.id, token: body.checkoutToken, window: answer.window };
  }

  /** The buyer pays in the window. @returns the address it leads to, below the order's own */
  async function paidIn(window: JsonBody): Promise<string> {
    world.simulator.toss.openPayment({ method: 'CARD', ...window, amount: { currency: 'KRW', value: window.amount } });
    const { redirectUrl } = world.simulator.toss.pay(window.orderId);
    return String(redirectUrl).split('/checkout/v1/orders/')[1] ?? '';
  }

  const ended = (id: string, state: string): Promise<JsonBody> =>
    until(`order ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const found = await order(id);
      return found.state === state ? found : undefined;
    });

  it('is approved once, for the stored amount, and given back by its balance', async () => {
    const { id, window } = await opened();
    const back = await paidIn(window);
    expect((await call('GET', back)).status).toBe(303);
    expect(await order(id)).toMatchObject({ state: 'Paid' });
    expect((await call('GET', back)).status).toBe(303);
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([
      { status: 'DONE', approvals: 1, approvedAmount: 15_000 },
    ]);
    const part = (await askRefund(world, window.orderId, 4_000)).body;
    await refundInState(world, part.id, 'Refunded');
    const rest = (await askRefund(world, window.orderId)).body;
    await refundInState(world, rest.id, 'Refunded');
    expect(world.simulator.toss.bookOfOrder(window.orderId)[0]).toMatchObject({
      canceledAmount: 15_000,
      cancels: [{ amount: 4_000 }, { amount: 11_000 }],
    });
    expect((await world.get(`charges/${window.orderId}`)).body).toMatchObject({ state: 'Refunded' });
  });

  it('is declined by Toss’s own code, and paid in another window', async () => {
    const { id, token, window } = await opened();
    world.simulator.toss.declineApprovals({ orderId: window.orderId, code: 'REJECT_CARD_PAYMENT' });
    const back = await call('GET', await paidIn(window));
    expect(back.body.location).toMatch(/&state=Ready&code=REJECT_CARD_PAYMENT$/);
    expect(await order(id)).toMatchObject({ state: 'Ready', failure: { code: 'REJECT_CARD_PAYMENT' } });
    const { body: again } = await call('POST', `${token}/windows`);
    await call('GET', await paidIn(again.window));
    expect((await order(id)).state).toBe('Paid');
    expect(world.simulator.toss.bookOfOrder(window.orderId)[0]?.approvals).toBe(0);
  });

  const withKey = (back: string, paymentKey: string): string => {
    const [path, query] = back.split('?');
    const members = new URLSearchParams(query);
    members.set('paymentKey', paymentKey);
    return `${path}?${members.toString()}`;
  };

  it('is not tried by returns of payments that Toss does not know, and is paid by the real one of the same window', async () => {
    const { id, window } = await opened();
    const back = await paidIn(window);
    for (const key of ['forged', 'a/../b', 'x'.repeat(200), '%2e%2e', 'forged', 'forged']) {
      const forged = await call('GET', withKey(back, key));
      expect([key, forged.body.location]).toEqual([key, expect.stringMatching(/&state=return-unknown$/)]);
    }
    for (const key of ['.', '..', ' ']) {
      expect((await call('GET', withKey(back, key))).body.location).toMatch(/&state=invalid-request$/);
    }
    expect(await order(id)).toMatchObject({ state: 'Ready', failure: null, attempts: [{ confirmed: false }] });
    expect((await call('GET', back)).body.location).toMatch(/&state=Paid$/);
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
    // A reload is held against what was stored, and asks nobody.
    expect((await call('GET', withKey(back, 'forged'))).body.location).toMatch(/&state=Paid$/);
  });

  it('is not paid by what the customer agreed to for another order', async () => {
    const [one, other] = [await opened(), await opened()];
    const back = await paidIn(one.window);
    const others = new URLSearchParams((await paidIn(other.window)).split('?')[1]);
    const mixed = await call('GET', withKey(back, String(others.get('paymentKey'))));
    expect(mixed.body.location).toMatch(/&state=return-mismatch$/);
    for (const { id } of [one, other]) expect((await order(id)).state).toBe('Ready');
    expect((await call('GET', back)).body.location).toMatch(/&state=Paid$/);
  });

  it('is declined for a forged return only where Toss can’t be asked, and is then paid in another window', async () => {
    const { id, token, window } = await opened();
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 1 });
    const forged = await call('GET', withKey(await paidIn(window), 'forged'));
    expect(forged.body.location).toMatch(/&state=Ready&code=NOT_FOUND_PAYMENT$/);
    const { body: again } = await call('POST', `${token}/windows`);
    await call('GET', await paidIn(again.window));
    expect((await order(id)).state).toBe('Paid');
  });

  it.each<Omit<TossFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-html' },
    { kind: 'answer-refused' },
    { kind: 'call-failing' },
    { kind: 'call-cut' },
    { kind: 'call-html' },
  ])('becomes one truth after $kind, and is approved once', async (fault) => {
    const { id, window } = await opened();
    world.simulator.toss.armFault({ ...fault, call: 'confirm' });
    await call('GET', await paidIn(window));
    await ended(id, 'Paid');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
    expect((await world.get(`charges/${window.orderId}`)).body.state).toBe('Paid');
  });

  it.each<TossFaultOrder['kind']>([
    'answer-other-amount',
    'answer-other-order',
    'answer-other-status',
    'answer-other-currency',
  ])('is not taken for paid by %s, and is by what Toss’s record has of it', async (kind) => {
    const { id, window } = await opened();
    world.simulator.toss.armFault({ kind, call: 'confirm' });
    await call('GET', await paidIn(window));
    expect((await order(id)).state).toBe('InDoubt');
    await ended(id, 'Paid');
    expect(world.simulator.toss.bookOfOrder(window.orderId)).toMatchObject([{ approvals: 1 }]);
  });

  it('of a window that was left is not paid, and Toss has nothing of it', async () => {
    const { id, window } = await opened();
    world.simulator.toss.openPayment({ method: 'CARD', ...window, amount: { currency: 'KRW', value: window.amount } });
    const { redirectUrl } = world.simulator.toss.close(window.orderId);
    const { status } = await call('GET', String(redirectUrl).split('/checkout/v1/orders/')[1] ?? '');
    expect([status, (await order(id)).state]).toEqual([303, 'Ready']);
    expect(world.simulator.toss.bookTotals().approvedCount).toBeGreaterThan(0);
    expect(world.simulator.toss.bookOfOrder(window.orderId).every(({ approvals }) => approvals === 0)).toBe(true);
  });

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
