import type { KakaoPayFaultOrder } from '../../simulator';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { browser } from '../support/kakaopay-orders';
import { paymentIn } from '../support/payment-methods';
import { askRefund, refundInState } from '../support/refunds';
import { OTHER_PRODUCT, PRODUCT, agreed, moveTo, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const HALF_HOUR_SECONDS = 30 * 60;

/** Subscriptions that are paid by a SID of KakaoPay's, month by month, against a gateway that keeps a book of its own. */
describe('a subscription paid by a SID', () => {
  let world: BillingWorld;
  let days = new Date('2027-01-05T00:00:00Z');
  let simulatorAheadMs = 0;

  beforeAll(async () => {
    world = await startWorld({ kakaopay: true, simulator: { declineRate: 0 } });
  });

  afterEach(() => {
    world.simulator.kakaopay.disarmAllFaults();
    world.simulator.kakaopay.forgetDeclines();
  });
  afterAll(() => world.close());

  /** Each test has days of its own, ten after those of the test before. */
  function nextDay(): string {
    days = new Date(days.getTime() + 10 * 86_400_000);
    return days.toISOString().slice(0, 10);
  }
  const after = (day: string, more: number): string =>
    new Date(Date.parse(`${day}T00:00:00Z`) + more * 86_400_000).toISOString().slice(0, 10);

  /** A registration, and the window that its customer is led to. */
  async function opened(customerReference: string, more: object = {}) {
    const asked = { customerReference, gatewayAccount: 'kakaopay', returnUrl: 'https://shop.example/card', ...more };
    const { status, body } = await send(world, 'POST', 'payment-method-registrations', asked);
    expect([status, body.code]).toEqual([201, undefined]);
    const at = `${world.service.url}/checkout/v1/registrations/${body.checkoutToken}`;
    const window = await browser(world, 'POST', `${at}/window`);
    return { id: String(body.id), at, window };
  }

  const registration = async (id: string): Promise<JsonBody> =>
    (await world.get(`payment-method-registrations/${id}`)).body;

  /** The latest payment that was made ready for a registration. */
  const madeReady = (id: string): string =>
    world.simulator.kakaopay.bookEntries().findLast(({ orderId }) => orderId.startsWith(`R${id}-`))?.orderId ?? '';

  async function registered(customer: string, more: object = {}): Promise<{ method: JsonBody; sid: string }> {
    const { id } = await opened(customer, more);
    const orderNo = madeReady(id);
    await browser(world, 'GET', world.simulator.kakaopay.pay(orderNo).redirectUrl);
    const { paymentMethodId } = await until(`${customer} has a SID`, async () => {
      const found = await registration(id);
      return found.paymentMethodId === null ? undefined : found;
    });
    const sid = world.simulator.kakaopay.bookOfOrder(orderNo)[0]?.sid ?? '';
    return { method: (await world.get(`payment-methods/${paymentMethodId}`)).body, sid };
  }

  async function subscriber(customer: string, startedOn: string) {
    const { method, sid } = await registered(customer);
    const id = await subscribe(world, customer, startedOn);
    const put = await send(world, 'PUT', `subscriptions/${id}/payment-method`, { paymentMethodId: method.id });
    expect([put.status < 300, put.body.code]).toEqual([true, undefined]);
    const orderNo = (day: string, attempt = 1) => `B${day.replaceAll('-', '')}-${id}-${attempt}`;
    return { id, method, sid, orderNo };
  }

  const shown = async (id: string): Promise<JsonBody> => (await world.get(`subscriptions/${id}`)).body;
  const booked = (orderNo: string) => world.simulator.kakaopay.bookOfOrder(orderNo);
  const approvals = (orderNo: string): number => booked(orderNo).reduce((sum, { approvals: each }) => sum + each, 0);
  /** The simulator's clock catches up with the service's. */
  async function sameTime(): Promise<void> {
    const aheadMs = world.clock.now().getTime() - Date.now();
    await world.simulator.control.advance(Math.max(0, aheadMs - simulatorAheadMs));
    simulatorAheadMs = Math.max(simulatorAheadMs, aheadMs);
  }

  /** Plans the run of a day, on which it is the same time for both. */
  async function plan(day: string): Promise<void> {
    moveTo(world, day);
    await sameTime();
    await planOn(world, day);
  }

  it('is registered without a charge, by what the window alone leads back to, and nobody is shown the SID', async () => {
    const { id, window } = await opened('ada');
    expect(window.status).toBe(201);
    const orderNo = madeReady(id);
    const tid = booked(orderNo)[0]?.tid ?? '';
    expect(JSON.stringify(window.body)).not.toContain(tid);
    const address = world.simulator.kakaopay.pay(orderNo).redirectUrl;
    const elsewhere = address.replace(/windows\/[0-9a-f]{16}/, 'windows/0123456789abcdef');
    expect((await browser(world, 'GET', elsewhere)).body.location).toMatch(/&state=return-mismatch$/);
    const [back, again] = [await browser(world, 'GET', address), await browser(world, 'GET', address)];
    for (const { body } of [back, again]) expect(body.location).toMatch(/&state=Issued$/);
    const method = (await world.get(`payment-methods/${(await registration(id)).paymentMethodId}`)).body;
    expect(method).toMatchObject({ state: 'Active', kind: 'sid', gateway: 'kakaopay', label: 'MONEY' });
    expect(booked(orderNo)).toMatchObject([{ status: 'ISSUED_SID', amount: 0, approvedAmount: 0 }]);
    expect(JSON.stringify([method, await registration(id)])).not.toContain(booked(orderNo)[0]?.sid);
  });

  it('is not registered where the window was left, or the answer is lost, and is in another registration', async () => {
    const left = await opened('bo');
    const { redirectUrl } = world.simulator.kakaopay.leave(madeReady(left.id));
    expect((await browser(world, 'GET', redirectUrl)).body.location).toMatch(/&state=Open&code=QUIT_PAYMENT$/);
    const lost = await opened('bo');
    world.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'approve' });
    await browser(world, 'GET', world.simulator.kakaopay.pay(madeReady(lost.id)).redirectUrl);
    const failed = await until('it has failed', async () => {
      world.clock.advanceSeconds(20);
      const found = await registration(lost.id);
      return found.state === 'Failed' ? found : undefined;
    });
    expect(failed.failure.code).toBe('never-answered');
    expect(approvals(madeReady(lost.id))).toBe(0);
    expect((await registered('bo')).method.state).toBe('Active');
  });

  it('is not registered by a cid that issues no SID, and people are told', async () => {
    const { id } = await opened('cho');
    world.simulator.kakaopay.armFault({ kind: 'answer-without-sid', call: 'approve' });
    await browser(world, 'GET', world.simulator.kakaopay.pay(madeReady(id)).redirectUrl);
    expect(await registration(id)).toMatchObject({ state: 'Failed', failure: { code: 'no-sid' } });
  });

  it('is charged by one call each month, looked at first, and given back like any other', async () => {
    const day = nextDay();
    const { id, sid, orderNo } = await subscriber('dan', day);
    await plan(day);
    await paymentIn(world, orderNo(day), 'Paid');
    const [entry] = booked(orderNo(day));
    expect(entry).toMatchObject({ sid, isSubscription: true, approvals: 1, approvedAmount: PRODUCT.amount });
    expect((await world.get(`charges/${orderNo(day)}`)).body).toMatchObject({
      ...{ state: 'Paid', gateway: 'kakaopay', transactionId: entry?.tid },
    });
    const month = `2027-02-${day.slice(8)}`;
    await plan(month);
    await paymentIn(world, orderNo(month), 'Paid');
    expect((await shown(id)).state).toBe('Active');
    const { body } = await askRefund(world, orderNo(day));
    await refundInState(world, body.id, 'Refunded');
    expect(booked(orderNo(day))).toMatchObject([{ status: 'CANCEL_PAYMENT', canceledAmount: PRODUCT.amount }]);
    days = new Date(`${month}T00:00:00Z`);
  });

  it('is not charged by a SID that its customer has ended, and needs another', async () => {
    const day = nextDay();
    const { id, sid, method, orderNo } = await subscriber('eun', day);
    world.simulator.kakaopay.endSid(sid);
    await plan(day);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(booked(orderNo(day))).toEqual([]);
    expect(await shown(id)).toMatchObject({ newMethodNeeded: true, paymentMethod: { state: 'Invalid' } });
    const next = await registered('eun', { replaces: method.id });
    await plan(after(day, 4));
    await paymentIn(world, orderNo(day, 2), 'Paid');
    expect(booked(orderNo(day, 2))).toMatchObject([{ sid: next.sid }]);
  });

  it.each([
    ['8008', 'PastDue', 'Active'],
    ['0004', 'PastDue', 'Invalid'],
    ['NONE', 'PastDue', 'Active'],
  ])('is declined with %s as that means', async (code, state, methodState) => {
    const day = nextDay();
    const { id, orderNo } = await subscriber(`fay-${code}`, day);
    world.simulator.kakaopay.declineApprovals({ orderId: orderNo(day), code });
    await plan(day);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(await shown(id)).toMatchObject({ state, paymentMethod: { state: methodState } });
    expect(approvals(orderNo(day))).toBe(0);
  });

  it.each<KakaoPayFaultOrder['kind']>(['call-failing', 'call-cut', 'call-html'])(
    'waits where its SID can’t be asked about: %s',
    async (kind) => {
      const day = nextDay();
      const { orderNo } = await subscriber(`gil-${kind}`, day);
      world.simulator.kakaopay.armFault({ kind, call: 'status' });
      await plan(day);
      await paymentIn(world, orderNo(day), 'Paid');
      expect(approvals(orderNo(day))).toBe(1);
    },
  );

  it.each<Omit<KakaoPayFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-html' },
    { kind: 'answer-refused' },
    { kind: 'answer-refused', options: { code: '-782', status: 400 } },
    { kind: 'answer-other-amount' },
  ])('is never charged again after $kind $options: a person names what KakaoPay has', async (fault) => {
    const day = nextDay();
    const { id, orderNo } = await subscriber(`han-${fault.kind}-${fault.options?.code ?? ''}`, day);
    world.simulator.kakaopay.armFault({ ...fault, call: 'subscription', orderId: orderNo(day) });
    await plan(day);
    const left = await until('it is left to a person', async () => {
      world.clock.advanceSeconds(5);
      const payment = await paymentIn(world, orderNo(day), 'Unknown');
      return payment.retry === null ? undefined : payment;
    });
    expect(left.retry).toMatchObject({ at: null, error: expect.stringMatching(/a person decides$/) });
    const decide = (body: object) =>
      send(world, 'POST', `direct-payments/${left.id}/resolve`, { reason: 'seen in the partner console', ...body });
    expect((await decide({ outcome: 'not-paid' })).body.code).toMatch(/lookup-required|evidence-contradicts/);
    const other = booked(madeReady('1'))[0]?.tid;
    expect((await decide({ outcome: 'paid', transactionId: other })).status).toBe(409);
    const { tid } = booked(orderNo(day))[0] ?? {};
    const told = await agreed(world, await decide({ outcome: 'paid', transactionId: tid }));
    expect(told.status).toBeLessThan(300);
    expect((await paymentIn(world, orderNo(day), 'Paid')).transactionId).toBe(tid);
    expect(approvals(orderNo(day))).toBe(1);
    expect((await shown(id)).state).toBe('Active');
  });

  it('is said not to be paid by a person, once its SID was not charged for long enough', async () => {
    const day = nextDay();
    const { orderNo } = await subscriber('im', day);
    world.simulator.kakaopay.armFault({ kind: 'call-cut', call: 'subscription', orderId: orderNo(day) });
    await plan(day);
    const left = await until('it is left to a person', async () => {
      world.clock.advanceSeconds(5);
      const payment = await paymentIn(world, orderNo(day), 'Unknown');
      return payment.retry === null ? undefined : payment;
    });
    expect(left.retry).toMatchObject({ at: null, error: expect.stringMatching(/never charged|charged last/) });
    const decide = () =>
      send(world, 'POST', `direct-payments/${left.id}/resolve`, { reason: 'not in the console', outcome: 'not-paid' });
    expect((await decide()).body.code).toBe('lookup-required');
    world.clock.advanceSeconds(2 * HALF_HOUR_SECONDS);
    expect((await agreed(world, await decide())).status).toBeLessThan(300);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(approvals(orderNo(day))).toBe(0);
    const { items } = (await world.get(`gateway-exchanges?orderNo=${orderNo(day)}`)).body;
    expect(items.filter(({ operation }: JsonBody) => operation === 'charge')).toHaveLength(1);
  });

  describe('that two subscriptions are paid by', () => {
    async function shared(customer: string, day: string) {
      const one = await subscriber(customer, day);
      await subscribe(world, customer, day, { storeProductId: OTHER_PRODUCT.storeProductId });
      const [{ id: other }] = (await world.get(`subscriptions?customerReference=${customer}`)).body.items;
      await send(world, 'PUT', `subscriptions/${other}/payment-method`, { paymentMethodId: one.method.id });
      return { one, orderNo: `B${day.replaceAll('-', '')}-${other}-1` };
    }

    it('is declined for the one although it was charged for the other', async () => {
      const day = nextDay();
      const { one, orderNo } = await shared('low', day);
      world.simulator.kakaopay.declineApprovals({ orderId: orderNo, code: '8008' });
      await plan(day);
      await paymentIn(world, one.orderNo(day), 'Paid');
      await paymentIn(world, orderNo, 'Declined');
      expect([approvals(one.orderNo(day)), approvals(orderNo)]).toEqual([1, 0]);
    });

    it('is said by persons not to have been charged for the one, although it was for the other since', async () => {
      const day = nextDay();
      const { one, orderNo } = await shared('lost', day);
      world.simulator.kakaopay.armFault({ kind: 'call-cut', call: 'subscription', orderId: orderNo });
      await plan(day);
      const payments = async (): Promise<JsonBody[]> => (await world.get('direct-payments?limit=1000')).body.items;
      const left = await until('one is paid, and the other is left to a person', async () => {
        world.clock.advanceSeconds(5);
        const found = await payments();
        const isPaid = found.some((each) => each.orderNo === one.orderNo(day) && each.state === 'Paid');
        const other = found.find((each) => each.orderNo === orderNo && each.state === 'Unknown');
        return isPaid && other?.retry?.error?.includes('by order') === true ? other : undefined;
      });
      expect(left.retry.error).toContain(`by order ${one.orderNo(day)}`);
      world.clock.advanceSeconds(2 * HALF_HOUR_SECONDS);
      const word = { reason: 'not in the console', outcome: 'not-paid' };
      const said = await send(world, 'POST', `direct-payments/${left.id}/resolve`, word);
      expect((await agreed(world, said)).status).toBeLessThan(300);
      await paymentIn(world, orderNo, 'Declined');
    });
  });

  it('is ended at KakaoPay when it is removed, also where it had ended there before', async () => {
    for (const endsFirst of [false, true]) {
      const { method, sid } = await registered(`jo-${String(endsFirst)}`);
      if (endsFirst) world.simulator.kakaopay.endSid(sid);
      await send(world, 'POST', `payment-methods/${method.id}/remove`, { reason: 'asked for by the customer' });
      await until('its secrets are erased', async () => {
        world.clock.advanceSeconds(60);
        return (await world.get(`payment-methods/${method.id}`)).body.erasedAt ?? undefined;
      });
      expect(world.simulator.kakaopay.sid(sid).endedBy).toBe(endsFirst ? 'customer' : 'merchant');
    }
  });

  it('was charged once for each period, by the book', async () => {
    expect(world.simulator.kakaopay.repeatedOrders()).toEqual([]);
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
  });
});
