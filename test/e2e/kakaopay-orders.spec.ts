import { KAKAOPAY_MERCHANT, SECOND_KAKAOPAY_MERCHANT, type KakaoPayFaultOrder } from '../../simulator';
import { DirectPaymentResolution, DirectPaymentSending } from '../../src/direct-payment';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import {
  agreedTo,
  browser,
  paidByKakaopay,
  readyOrder,
  storedOrder,
  type ReadyOrder,
} from '../support/kakaopay-orders';
import { askRefund, refundInState } from '../support/refunds';
import { keyOf, send } from '../support/subscribers';
import { until } from '../support/until';

const OPEN_SECONDS = 60 * 60;

/** Orders paid in KakaoPay's page: our client, over HTTP, against a gateway that keeps a book of its own. */
describe('an order paid by KakaoPay', () => {
  let world: BillingWorld;
  /** Won that KakaoPay has taken and that wait for a person. */
  let unsettled = 0;

  beforeAll(async () => {
    world = await startWorld({ kakaopay: true });
  });

  afterEach(() => {
    world.simulator.kakaopay.disarmAllFaults();
    world.simulator.kakaopay.forgetDeclines();
    world.simulator.kakaopay.endMaintenance();
  });
  afterAll(() => world.close());

  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const booked = ({ orderNo }: ReadyOrder) => world.simulator.kakaopay.bookOfOrder(orderNo);
  const tidOf = (of: ReadyOrder): string => booked(of)[0]?.tid ?? '';
  const back = async (address: string): Promise<string> => (await browser(world, 'GET', address)).body.location;
  const withToken = (address: string, token: string): string => {
    const url = new URL(address);
    url.searchParams.set('pg_token', token);
    return url.href;
  };

  const ended = (id: string, state: string): Promise<JsonBody> =>
    until(`order ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const found = await order(id);
      return found.state === state ? found : undefined;
    });

  it('is approved once, for the stored amount, whatever the browser that returns', async () => {
    const ready = await readyOrder(world, { customer: 'nari' });
    const address = agreedTo(world, ready);
    expect(await back(address)).toMatch(/^https:\/\/shop\.example\/back\?order=kakaopay-\d+&state=Paid$/);
    expect(await back(address)).toMatch(/&state=Paid$/);
    expect(await back(withToken(address, 'another'))).toMatch(/&state=Paid$/);
    expect(booked(ready)).toMatchObject([
      { status: 'SUCCESS_PAYMENT', approvals: 1, approvedAmount: 15_000, vat: 1_364 },
    ]);
    const charge = (await world.get(`charges/${ready.orderNo}`)).body;
    expect(charge).toMatchObject({ state: 'Paid', gateway: 'kakaopay', transactionId: tidOf(ready) });
  });

  it('gives a browser where to go, and nothing that KakaoPay knows the payment by', async () => {
    const ready = await readyOrder(world);
    expect(Object.keys(ready.window).sort()).toEqual(
      expect.arrayContaining(['next_redirect_app_url', 'next_redirect_mobile_url', 'next_redirect_pc_url']),
    );
    const shown = await browser(world, 'GET', ready.token);
    expect(JSON.stringify([ready.window, shown.body])).not.toContain(tidOf(ready));
    const [row] = await world.service.app
      .get(Database)
      .rows('SELECT gateway_reference FROM order_attempt WHERE order_no = $1', [ready.orderNo]);
    expect(row).toEqual({ gateway_reference: tidOf(ready) });
    // Who the customer is nobody can tell from what KakaoPay is told.
    const named = await readyOrder(world, { customer: 'nari@example.com' });
    expect(booked(named)[0]?.userId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<KakaoPayFaultOrder['kind']>(['call-failing', 'call-cut', 'call-html', 'answer-lost', 'answer-truncated'])(
    'has no window after %s of ready, and gets one when it is asked for again',
    async (kind) => {
      const { id, checkoutToken: token } = await storedOrder(world);
      world.simulator.kakaopay.armFault({ kind, call: 'ready' });
      const lost = await browser(world, 'POST', `${token}/windows`);
      expect([lost.status, lost.body.code]).toEqual([503, 'window-not-opened']);
      const { status, body } = await browser(world, 'POST', `${token}/windows`);
      expect(status).toBe(201);
      await back(agreedTo(world, body));
      expect(await order(id)).toMatchObject({ state: 'Paid', attempts: [{ confirmed: false }, { confirmed: true }] });
      const all = [...(await order(id)).attempts].flatMap(({ orderNo }) =>
        world.simulator.kakaopay.bookOfOrder(orderNo),
      );
      expect(all.reduce((sum, { approvals }) => sum + approvals, 0)).toBe(1);
    },
  );

  it('is told plainly what KakaoPay would refuse', async () => {
    const { checkoutToken: token } = await storedOrder(world, { amount: 99 });
    const { status, body } = await browser(world, 'POST', `${token}/windows`);
    expect([status, body.code]).toEqual([409, 'gateway-cannot']);
    expect(body.detail).toMatch(/100/);
  });

  it('is offered a card alone above what money pays at once, and is led into no decline', async () => {
    const most = await readyOrder(world, { amount: 2_000_000 });
    expect(await back(agreedTo(world, most, { means: 'MONEY' }))).toMatch(/&state=Paid$/);
    const above = await readyOrder(world, { amount: 2_000_001 });
    expect(() => agreedTo(world, above, { means: 'MONEY' })).toThrow(/means/);
    expect(await back(agreedTo(world, above))).toMatch(/&state=Paid$/);
    expect(booked(above)).toMatchObject([{ method: 'CARD', approvals: 1, approvedAmount: 2_000_001 }]);
  });

  it('is left as it was by returns that KakaoPay does not take, and is paid by the right one', async () => {
    const ready = await readyOrder(world);
    // Before the customer has authenticated at all.
    const early = `${world.service.url}/checkout/v1/orders/${ready.token}/windows/1/return?pg_token=early`;
    expect(await back(early)).toMatch(/&state=Ready$/);
    const address = agreedTo(world, ready);
    for (const forged of ['forged', '%2e%2e', 'x'.repeat(100)]) {
      expect(await back(withToken(address, forged))).toMatch(/&state=Ready$/);
    }
    for (const unreadable of ['', ' ', 'x'.repeat(101)]) {
      expect(await back(withToken(address, unreadable))).toMatch(/&state=invalid-request$/);
    }
    expect(await back(address.replace('/windows/1/', '/windows/2/'))).toMatch(/&state=return-mismatch$/);
    const seen = await order(ready.id);
    expect(seen).toMatchObject({ state: 'Ready', failure: null, attempts: [{ confirmed: false }] });
    expect(booked(ready)).toMatchObject([{ status: 'AUTH_PASSWORD', approvals: 0 }]);
    expect(await back(address)).toMatch(/&state=Paid$/);
    expect(await order(ready.id)).toMatchObject({ state: 'Paid', attempts: [{ confirmed: true }] });
    expect(booked(ready)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
  });

  it('ends what a refused return began where nobody comes back, and nothing was paid', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    expect(await back(withToken(address, 'forged'))).toMatch(/&state=Ready$/);
    const [waiting] = (await world.get(`direct-payments?orderNo=${ready.orderNo}`)).body.items;
    expect(waiting).toMatchObject({ state: 'Pending' });
    await until('it has ended', async () => {
      world.clock.advanceSeconds(2 * OPEN_SECONDS);
      const { state } = (await world.get(`direct-payments/${waiting.id}`)).body;
      return state === 'Declined' || undefined;
    });
    expect((await world.get(`charges/${ready.orderNo}`)).body.state).toBe('Declined');
    expect(booked(ready)).toMatchObject([{ approvals: 0 }]);
    await ended(ready.id, 'Expired');
  });

  it('is not paid by a window that its customer left, or failed in, and is by another', async () => {
    const ready = await readyOrder(world);
    const left = world.simulator.kakaopay.leave(ready.orderNo).redirectUrl;
    expect(await back(left)).toMatch(/&state=Ready&code=QUIT_PAYMENT$/);
    const { body: second } = await browser(world, 'POST', `${ready.token}/windows`);
    const failed = world.simulator.kakaopay.fail(second.orderNo).redirectUrl;
    expect(await back(failed)).toMatch(/&state=Ready&code=FAIL_AUTH_PASSWORD$/);
    expect(await order(ready.id)).toMatchObject({ state: 'Ready', attempts: [{ confirmed: false }, {}] });
    const { body: third } = await browser(world, 'POST', `${ready.token}/windows`);
    expect(await back(agreedTo(world, third))).toMatch(/&state=Paid$/);
  });

  it('is declined by the method’s own code, and paid in another window', async () => {
    const ready = await readyOrder(world);
    world.simulator.kakaopay.declineApprovals({ orderId: ready.orderNo, code: 'LACK_BALANCE' });
    expect(await back(agreedTo(world, ready))).toMatch(/&state=Ready&code=LACK_BALANCE$/);
    expect(await order(ready.id)).toMatchObject({ state: 'Ready', failure: { code: 'LACK_BALANCE' } });
    const { body: again } = await browser(world, 'POST', `${ready.token}/windows`);
    world.simulator.kakaopay.declineApprovals({ orderId: again.orderNo, code: 'NONE' });
    expect(await back(agreedTo(world, again))).toMatch(/&state=Ready&code=-780$/);
    const { body: last } = await browser(world, 'POST', `${ready.token}/windows`);
    expect(await back(agreedTo(world, last))).toMatch(/&state=Paid$/);
    expect(booked(ready)).toMatchObject([{ status: 'FAIL_PAYMENT', approvals: 0 }]);
  });

  it.each<Omit<KakaoPayFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-html' },
    { kind: 'answer-refused' },
    { kind: 'answer-refused', options: { code: '-702', status: 400 } },
    { kind: 'answer-refused', options: { code: '-785', status: 400 } },
    { kind: 'answer-refused', options: { code: '-783', status: 400 } },
    { kind: 'answer-refused', options: { code: '-708', status: 400 } },
    { kind: 'answer-refused', options: { code: '-780', status: 400 } },
    { kind: 'answer-refused', options: { code: '-9798', status: 503 } },
    { kind: 'answer-other-amount' },
    { kind: 'answer-other-order' },
    { kind: 'answer-other-cid' },
    { kind: 'answer-other-status' },
  ])('becomes one truth after $kind $options, and is approved once', async (fault) => {
    const ready = await readyOrder(world);
    world.simulator.kakaopay.armFault({ ...fault, call: 'approve' });
    await back(agreedTo(world, ready));
    await ended(ready.id, 'Paid');
    expect(booked(ready)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
    expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ state: 'Paid', amount: 15_000 });
    const { items } = (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body;
    expect(items.filter(({ operation }: JsonBody) => operation === 'confirm')).toHaveLength(1);
  });

  it.each<KakaoPayFaultOrder['kind']>(['call-cut', 'call-failing', 'call-html'])(
    'is never approved again after %s: it is asked for until its time is over, and another window pays it',
    async (kind) => {
      const ready = await readyOrder(world);
      const address = agreedTo(world, ready);
      world.simulator.kakaopay.armFault({ kind, call: 'approve' });
      expect(await back(address)).toMatch(/&state=InDoubt$/);
      world.clock.advanceSeconds(OPEN_SECONDS / 2);
      await world.service.app.get(DirectPaymentResolution).runOnce();
      expect((await order(ready.id)).state).toBe('InDoubt');
      expect((await browser(world, 'POST', `${ready.token}/windows`)).body.code).toBe('order-busy');
      await until('it has ended', async () => {
        world.clock.advanceSeconds(OPEN_SECONDS / 6);
        return (await order(ready.id)).state === 'Ready' || undefined;
      });
      expect(booked(ready)).toMatchObject([{ status: 'AUTH_PASSWORD', approvals: 0 }]);
      const { items } = (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body;
      expect(items.filter(({ operation }: JsonBody) => operation === 'confirm')).toHaveLength(1);
      const { body: again } = await browser(world, 'POST', `${ready.token}/windows`);
      expect(await back(agreedTo(world, again))).toMatch(/&state=Paid$/);
    },
  );

  it('is approved later where the process that was to do it ended', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    const sending = world.service.app.get(DirectPaymentSending);
    const sendNow = jest.spyOn(sending, 'sendNow').mockResolvedValue();
    await back(address);
    sendNow.mockRestore();
    await ended(ready.id, 'Paid');
    expect(booked(ready)).toMatchObject([{ approvals: 1 }]);
  });

  it('keeps the token of the return sealed, and shows it nowhere', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    const token = new URL(address).searchParams.get('pg_token') ?? '';
    await back(address);
    const { items } = (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body;
    const approve = items.find(({ operation }: JsonBody) => operation === 'confirm');
    const wire = (await world.get(`gateway-exchanges/${approve.id}/wire`)).body;
    expect(JSON.stringify(wire)).toContain(tidOf(ready));
    for (const secret of [token, booked(ready)[0]?.userId ?? '', world.environment.KAKAOPAY_SECRET_KEY ?? '']) {
      expect(secret).not.toBe('');
      expect(JSON.stringify(wire)).not.toContain(secret);
    }
  });

  it('of a return after its time, or its end, is approved by nobody', async () => {
    const expired = await readyOrder(world, { expiresInMinutes: 5 });
    const canceled = await readyOrder(world);
    const addresses = [agreedTo(world, expired), agreedTo(world, canceled)];
    await send(world, 'POST', `orders/${canceled.id}/cancel`, { reason: 'out of stock' });
    world.clock.advanceSeconds(400);
    for (const address of addresses) expect(await back(address)).toMatch(/&state=order-over$/);
    for (const each of [expired, canceled])
      expect(booked(each)).toMatchObject([{ status: 'AUTH_PASSWORD', approvals: 0 }]);
  });

  it('of a window whose time is over at KakaoPay is declined, and paid in another', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    world.simulator.kakaopay.armFault({ kind: 'call-refused', call: 'approve', options: { code: '-723' } });
    expect(await back(address)).toMatch(/&state=Ready&code=-723$/);
    const { body: again } = await browser(world, 'POST', `${ready.token}/windows`);
    expect(await back(agreedTo(world, again))).toMatch(/&state=Paid$/);
  });

  it('waits through a night of maintenance, and is declined by nothing that was said then', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    world.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'approve' });
    const held = world.simulator.kakaopay.armFault({
      kind: 'call-refused',
      call: 'order',
      times: 1_000,
      options: { code: '-9798', status: 503 },
    });
    expect(await back(address)).toMatch(/&state=InDoubt$/);
    world.clock.advanceSeconds(5 * OPEN_SECONDS);
    await world.service.app.get(DirectPaymentResolution).runOnce();
    expect((await order(ready.id)).state).toBe('InDoubt');
    world.simulator.kakaopay.disarmFault(held.id);
    await ended(ready.id, 'Paid');
  });

  it('stops the line where KakaoPay has it paid after all, once nobody was to pay it any more', async () => {
    const ready = await readyOrder(world);
    const address = agreedTo(world, ready);
    world.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'approve' });
    const blind = world.simulator.kakaopay.armFault({ kind: 'order-absent', times: 1_000 });
    expect(await back(address)).toMatch(/&state=InDoubt$/);
    await until('it is not looked for any more', async () => {
      world.clock.advanceSeconds(OPEN_SECONDS / 2);
      return (await order(ready.id)).state === 'Ready' || undefined;
    });
    await send(world, 'POST', `orders/${ready.id}/cancel`, { reason: 'the customer has gone' });
    world.simulator.kakaopay.disarmFault(blind.id);
    const stop = await until('the line is stopped', async () => {
      world.clock.advanceSeconds(24 * OPEN_SECONDS);
      return (await world.get('line-stops?state=Open')).body.items[0];
    });
    expect(stop).toMatchObject({ kind: 'paid-after-all', evidence: { transactionId: tidOf(ready) } });
    expect((await order(ready.id)).lineStop).toBe(`/admin/v1/line-stops/${stop.id}`);
    unsettled += booked(ready)[0]?.approvedAmount ?? 0;
  });

  it('is given back in parts whose split adds up to its own, and in full', async () => {
    const ready = await paidByKakaopay(world, { amount: 9_997, taxFreeAmount: 3_331 });
    for (const amount of [3_333, 1_111, undefined]) {
      const { body } = await askRefund(world, ready.orderNo, amount);
      await refundInState(world, body.id, 'Refunded');
    }
    const [entry] = booked(ready);
    const sum = (of: 'amount' | 'taxFree' | 'vat'): number =>
      (entry?.cancels ?? []).reduce((all, one) => all + one[of], 0);
    expect(entry).toMatchObject({ status: 'CANCEL_PAYMENT', canceledAmount: 9_997 });
    expect([sum('amount'), sum('taxFree'), sum('vat')]).toEqual([9_997, 3_331, entry?.vat]);
    expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ state: 'Refunded' });
  });

  it.each<Omit<KakaoPayFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-other-amount' },
    { kind: 'answer-refused', options: { code: '-784', status: 400 } },
    { kind: 'answer-refused', options: { code: '-781', status: 400 } },
  ])('is given back once though the answer was $kind $options', async (fault) => {
    const ready = await paidByKakaopay(world);
    world.simulator.kakaopay.armFault({ ...fault, call: 'cancel' });
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await until('the refund has ended', async () => {
      world.clock.advanceSeconds(60);
      return (await world.get(`refunds/${body.id}`)).body.state === 'Refunded' || undefined;
    });
    expect(booked(ready)).toMatchObject([{ canceledAmount: 4_000, cancels: [{ amount: 4_000 }] }]);
    const rest = (await askRefund(world, ready.orderNo)).body;
    await refundInState(world, rest.id, 'Refunded');
    expect(booked(ready)).toMatchObject([{ canceledAmount: 15_000, cancels: [{}, { amount: 11_000 }] }]);
  });

  it('is not given back where somebody has in the partner console, before a person says how much', async () => {
    const ready = await paidByKakaopay(world);
    world.simulator.kakaopay.cancelInConsole(ready.orderNo, { cancel_amount: 4_000, cancel_tax_free_amount: 0 });
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await refundInState(world, body.id, 'Failed');
    expect(booked(ready)).toMatchObject([{ canceledAmount: 4_000 }]);
  });

  it('of another contract, with a secret of its own and of the legacy generation, is paid and given back the same way', async () => {
    const { secretKey, adminKey } = SECOND_KAKAOPAY_MERCHANT;
    const credentials = { cidSecret: SECOND_KAKAOPAY_MERCHANT.contracts[0]?.cidSecret };
    const account = { gateway: 'kakaopay', label: 'Second shop', identifiers: { cid: 'CSIMSHOP02' } };
    const legacy = { cid: 'TC0ONETIME', generation: 'legacy' };
    const made = [
      { ...account, id: 'kakaopay-second', credentials: { ...credentials, secretKey } },
      { ...account, id: 'kakaopay-old', identifiers: legacy, credentials: { secretKey: KAKAOPAY_MERCHANT.adminKey } },
    ];
    expect(adminKey).not.toBe(secretKey);
    const headers = { Authorization: `Bearer ${await keyOf(world, 'Park', 'admin')}` };
    const create = (body: object) => send(world, 'POST', 'gateway-accounts', body, headers);
    for (const body of made) expect((await create(body)).status).toBe(201);
    const refused = { ...account, id: 'kakaopay-none', credentials: { secretKey }, identifiers: { cid: 'short' } };
    expect((await create(refused)).body.code).toBe('invalid-request');
    // Its domain is registered, and where this service is it is not.
    const { checkoutToken } = await storedOrder(world, { gatewayAccount: 'kakaopay-second' });
    const unregistered = await browser(world, 'POST', `${checkoutToken}/windows`);
    expect([unregistered.status, unregistered.body.code]).toEqual([503, 'window-not-opened']);
    expect(unregistered.body.detail).toMatch(/-799/);
    const ready = await paidByKakaopay(world, { gatewayAccount: 'kakaopay-old' });
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await refundInState(world, body.id, 'Refunded');
    expect(booked(ready)).toMatchObject([{ cid: 'TC0ONETIME', approvedAmount: 15_000, canceledAmount: 4_000 }]);
  });

  it('leaves the books of both in agreement, to the won', async () => {
    const ours = (await world.get('settlement-log?limit=1000')).body.items;
    const sum = (kinds: string[]): number =>
      ours
        .filter((entry: JsonBody) => entry.gateway === 'kakaopay' && kinds.includes(entry.kind))
        .reduce((total: number, { amount }: JsonBody) => total + amount, 0);
    const book = world.simulator.kakaopay.bookTotals();
    expect(sum(['paid'])).toBe(book.approvedAmount - unsettled);
    // One was given back by nobody of ours, and waits for a person.
    expect(sum(['refunded', 'partially-refunded'])).toBe(book.canceledAmount - 4_000);
    expect(world.simulator.kakaopay.repeatedOrders()).toEqual([]);
    const stops = (await world.get('line-stops?state=Open')).body.items;
    expect(stops.map(({ kind }: JsonBody) => kind)).toEqual(['paid-after-all']);
  });
});
