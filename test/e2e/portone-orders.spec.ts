import { PORTONE_STORE, type PortOneFaultOrder } from '../../simulator';
import { DirectPaymentSending } from '../../src/direct-payment';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { browser } from '../support/kakaopay-orders';
import { done, opened, paidByPortone, paidInWindow, readyOrder, type ReadyOrder } from '../support/portone-orders';
import { askRefund, refundInState, runRefunds } from '../support/refunds';
import { keyOf, send } from '../support/subscribers';
import { until } from '../support/until';

const [CARD, KAKAOPAY, MANUAL] = PORTONE_STORE.channels;

/** Orders paid in PortOne's window: our client, over HTTP, against a gateway that keeps a book of its own. */
describe('an order paid by PortOne', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ portone: true });
    const headers = { Authorization: `Bearer ${await keyOf(world, 'Park', 'admin')}` };
    const { storeId, apiSecret } = PORTONE_STORE;
    const manual = {
      ...{ id: 'portone-manual', gateway: 'portone', label: 'PortOne, confirmed by us' },
      identifiers: { storeId, channelKeys: MANUAL?.key, manualConfirm: 'true' },
      credentials: { apiSecret },
    };
    const made = await send(world, 'POST', 'gateway-accounts', manual, headers);
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  });

  afterEach(() => {
    world.simulator.portone.disarmAllFaults();
    world.simulator.portone.forgetDeclines();
  });
  afterAll(() => world.close());

  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const booked = ({ orderNo }: Pick<ReadyOrder, 'orderNo'>) => world.simulator.portone.bookOfOrder(orderNo);
  /** Somebody else may be about it at the same moment: then the customer looks again. */
  const back = (address: string): Promise<string> =>
    until('it is not on its way any more', async () => {
      const { location } = (await browser(world, 'GET', address)).body as { location: string };
      return location.endsWith('state=Confirming') ? undefined : location;
    });
  const ended = (id: string, state: string): Promise<JsonBody> =>
    until(`order ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const found = await order(id);
      return found.state === state ? found : undefined;
    });

  it('is paid once, by the window’s way back and by the page’s word, for the sum that was fixed beforehand', async () => {
    const ready = await readyOrder(world, { customer: 'nari', taxFreeAmount: 5_000 });
    expect(ready.window).toEqual({
      ...{ storeId: PORTONE_STORE.storeId, channelKey: CARD?.key, paymentId: ready.orderNo, orderName: '월간 이용권' },
      ...{ totalAmount: 15_000, taxFreeAmount: 5_000, currency: 'KRW' },
      customer: { customerId: expect.stringMatching(/^[0-9a-f-]{36}$/), fullName: '김손님', email: 'nari@example.com' },
      redirectUrl: expect.stringMatching(/\/return$/),
    });
    // Another sum opens no window.
    expect(() => opened(world, ready, { totalAmount: 14_000 })).toThrow('AmountNotEqualToPredefined');
    const { members, address } = paidInWindow(world, ready);
    expect(await back(address)).toMatch(/^https:\/\/shop\.example\/back\?order=portone-\d+&state=Paid$/);
    expect(await back(address)).toMatch(/&state=Paid$/);
    expect((await done(world, ready, members)).body).toMatchObject({ state: 'Paid' });
    expect(booked(ready)).toMatchObject([{ status: 'PAID', approvals: 1, paidAmount: 15_000, taxFree: 5_000 }]);
    const charge = (await world.get(`charges/${ready.orderNo}`)).body;
    expect(charge).toMatchObject({ state: 'Paid', gateway: 'portone', transactionId: ready.orderNo });
  });

  it('is not believed before PortOne has it as paid, whatever the browser says', async () => {
    const ready = await readyOrder(world);
    const address = `${world.service.url}/checkout/v1/orders/${ready.token}/return?paymentId=${ready.orderNo}`;
    // Before the window was opened at all, and while it is open.
    expect(await back(address)).toMatch(/&state=return-unknown$/);
    opened(world, ready);
    expect(await back(address)).toMatch(/&state=return-unknown$/);
    expect((await done(world, ready, { paymentId: ready.orderNo, txId: 'anything' })).body.code).toBe('return-unknown');
    expect((await done(world, ready, { paymentId: 'O1-1-0000000000' })).body.code).toBe('return-mismatch');
    expect((await done(world, ready, { paymentId: '../payments' })).status).toBe(400);
    expect((await done(world, ready, {})).body.code).toBe('invalid-request');
    expect(await order(ready.id)).toMatchObject({ state: 'Ready', attempts: [{ confirmed: false }] });
    world.simulator.portone.pay(ready.orderNo);
    expect(await back(address)).toMatch(/&state=Paid$/);
  });

  it('stays open for another try in the same window where the payment company says no, or the customer leaves', async () => {
    const ready = await readyOrder(world);
    opened(world, ready);
    const declined = world.simulator.portone.decline(ready.orderNo, 'REJECT_CARD_COMPANY');
    expect(await back(declined.redirectUrl ?? '')).toMatch(/&state=Ready&code=REJECT_CARD_COMPANY$/);
    opened(world, ready);
    const left = world.simulator.portone.leave(ready.orderNo);
    expect((await done(world, ready, left.members)).body).toMatchObject({
      state: 'Ready',
      failure: { code: 'PAY_PROCESS_CANCELED' },
    });
    expect(await order(ready.id)).toMatchObject({ state: 'Ready', failure: null, attempts: [{ confirmed: false }] });
    expect(await back(paidInWindow(world, ready).address)).toMatch(/&state=Paid$/);
    expect(booked(ready).map(({ approvals }) => approvals)).toEqual([0, 0, 1]);
  });

  it('is paid though the browser says that it failed', async () => {
    const ready = await readyOrder(world);
    const { members } = paidInWindow(world, ready);
    expect((await done(world, ready, { ...members, code: 'FAILURE_TYPE_PG' })).body).toMatchObject({ state: 'Paid' });
  });

  it('is in doubt while its payment company has yet to say, and paid or open then', async () => {
    for (const isPaid of [true, false]) {
      const ready = await readyOrder(world);
      opened(world, ready);
      const pending = world.simulator.portone.pend(ready.orderNo);
      expect(await back(pending.redirectUrl ?? '')).toMatch(/&state=InDoubt$/);
      world.simulator.portone.settle(ready.orderNo, isPaid);
      await ended(ready.id, isPaid ? 'Paid' : 'Ready');
    }
  });

  it.each<Omit<PortOneFaultOrder, 'call'>>([
    { kind: 'answer-lost', times: 2 },
    { kind: 'answer-truncated', times: 2 },
    { kind: 'call-failing', times: 2 },
    { kind: 'call-html', times: 2 },
    { kind: 'call-refused', times: 2, options: { type: 'TOO_MANY_REQUESTS', status: 429 } },
    { kind: 'answer-other-payment', times: 2 },
    { kind: 'answer-other-status', times: 2 },
    { kind: 'lookup-behind', skip: 1 },
    { kind: 'answer-other-amount', skip: 1 },
    { kind: 'answer-other-store', skip: 1 },
    { kind: 'answer-other-currency', skip: 1 },
    { kind: 'answer-first-version', skip: 1 },
  ])(
    'becomes one truth after $kind of a lookup, and nothing goes back on a look that another contradicts',
    async (fault) => {
      const ready = await readyOrder(world);
      const { address } = paidInWindow(world, ready);
      world.simulator.portone.armFault({ ...fault, call: 'lookup' });
      await back(address);
      world.simulator.portone.disarmAllFaults();
      if ((await order(ready.id)).state === 'Ready') await back(address);
      await ended(ready.id, 'Paid');
      expect(booked(ready)).toMatchObject([{ approvals: 1, paidAmount: 15_000, cancelledAmount: 0, cancels: [] }]);
    },
  );

  it('goes back by rule where a channel paid it that is not the account’s, and the customer is told', async () => {
    const ready = await readyOrder(world);
    const { address } = paidInWindow(world, ready, { channelKey: KAKAOPAY?.key, payMethod: 'EASY_PAY' });
    expect(await back(address)).toMatch(/&state=Ready&code=NOT_AS_ORDERED$/);
    expect(booked(ready)).toMatchObject([{ status: 'CANCELLED', paidAmount: 15_000, cancelledAmount: 15_000 }]);
    expect((await browser(world, 'GET', ready.token)).body).toMatchObject({
      state: 'Ready',
      failure: { code: 'NOT_AS_ORDERED', message: expect.stringMatching(/not the account’s, and given back$/) },
    });
    expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ state: 'Declined' });
    const { items } = (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body;
    expect(items.filter(({ operation }: JsonBody) => operation === 'refund')).toHaveLength(1);
    // Another window pays the order.
    const { body: again } = await browser(world, 'POST', `${ready.token}/windows`);
    expect(await back(paidInWindow(world, again).address)).toMatch(/&state=Paid$/);
  });

  it.each<PortOneFaultOrder>([
    { kind: 'call-failing', call: 'cancel' },
    { kind: 'answer-lost', call: 'cancel' },
    { kind: 'answer-refused', call: 'cancel' },
    { kind: 'answer-html', call: 'cancel' },
    { kind: 'call-refused', call: 'cancel', options: { type: 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN' } },
    { kind: 'cancel-declined', call: 'cancel' },
    // The second look can't be read, or sees nothing: nothing goes back before one does.
    { kind: 'call-html', call: 'lookup', skip: 2 },
    { kind: 'lookup-behind', call: 'lookup', skip: 2 },
    { kind: 'lookup-stale', call: 'lookup', times: 2, skip: 2 },
  ])('goes back once by rule, for all $kind of $call', async (fault) => {
    const ready = await readyOrder(world);
    const { address } = paidInWindow(world, ready, { channelKey: KAKAOPAY?.key, payMethod: 'EASY_PAY' });
    world.simulator.portone.armFault(fault);
    await back(address);
    await ended(ready.id, 'Ready');
    const [entry] = booked(ready);
    expect(entry).toMatchObject({ status: 'CANCELLED', cancelledAmount: 15_000 });
    expect(entry?.cancels.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(1);
    expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ state: 'Declined' });
  });

  it('goes back by rule where its payment company takes its time for that', async () => {
    const ready = await readyOrder(world);
    const { address } = paidInWindow(world, ready, { channelKey: KAKAOPAY?.key, payMethod: 'EASY_PAY' });
    world.simulator.portone.armFault({ kind: 'cancel-pending', call: 'cancel' });
    expect(await back(address)).toMatch(/&state=InDoubt$/);
    const look = async (): Promise<void> => {
      world.clock.advanceSeconds(3_600);
      const attempts = async () => (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body.items.length;
      const before = await attempts();
      await until('it was looked at', async () => (await attempts()) > before || undefined);
    };
    await look();
    expect(booked(ready)[0]?.cancels).toMatchObject([{ status: 'REQUESTED' }]);
    world.simulator.portone.endCancels(ready.orderNo, true);
    await ended(ready.id, 'Ready');
    expect(booked(ready)[0]?.cancels).toMatchObject([{ status: 'SUCCEEDED', amount: 15_000 }]);
  });

  it('is looked up later where the process that was to do it ended', async () => {
    const ready = await readyOrder(world);
    const { address } = paidInWindow(world, ready);
    const sending = world.service.app.get(DirectPaymentSending);
    const sendNow = jest.spyOn(sending, 'sendNow').mockResolvedValue();
    await back(address);
    sendNow.mockRestore();
    await ended(ready.id, 'Paid');
    expect(booked(ready)).toMatchObject([{ approvals: 1 }]);
  });

  it.each<PortOneFaultOrder['kind']>(['call-failing', 'call-cut', 'call-html', 'answer-lost'])(
    'has no window after %s of the sum beforehand, and gets one when it is asked for again',
    async (kind) => {
      const { token } = await readyOrder(world);
      world.simulator.portone.armFault({ kind, call: 'pre-register' });
      const lost = await browser(world, 'POST', `${token}/windows`);
      expect([lost.status, lost.body.code]).toEqual([503, 'window-not-opened']);
      const { status, body } = await browser(world, 'POST', `${token}/windows`);
      expect(status).toBe(201);
      expect(await back(paidInWindow(world, body).address)).toMatch(/&state=Paid$/);
    },
  );

  it('is confirmed by us where the account says so: once, with the window’s token, for the stored sum', async () => {
    const ready = await readyOrder(world, { gatewayAccount: 'portone-manual' });
    const { members, address } = paidInWindow(world, ready);
    expect(booked(ready)).toMatchObject([{ status: 'READY', approvals: 0 }]);
    // Without its token nothing is confirmed, and another one leaves the window as it was.
    const { paymentToken, ...without } = members;
    expect((await done(world, ready, without)).body.code).toBe('return-unknown');
    expect((await done(world, ready, { ...without, paymentToken: 'forged' })).body).toMatchObject({ state: 'Ready' });
    expect(booked(ready)).toMatchObject([{ status: 'READY', approvals: 0 }]);
    expect(await back(address)).toMatch(/&state=Paid$/);
    expect(await back(address)).toMatch(/&state=Paid$/);
    expect(booked(ready)).toMatchObject([{ status: 'PAID', approvals: 1, paidAmount: 15_000 }]);
    const { items } = (await world.get(`gateway-exchanges?orderNo=${ready.orderNo}`)).body;
    const confirms = items.filter(({ operation }: JsonBody) => operation === 'confirm');
    for (const { id } of confirms) {
      const wire = JSON.stringify((await world.get(`gateway-exchanges/${id}/wire`)).body);
      expect(wire).not.toContain(paymentToken);
      expect(wire).not.toContain(PORTONE_STORE.apiSecret);
    }
  });

  it.each<Omit<PortOneFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-html' },
    { kind: 'answer-refused' },
    { kind: 'answer-refused', options: { type: 'PG_PROVIDER', status: 502, pgCode: 'NONE' } },
    { kind: 'call-cut' },
    { kind: 'call-failing' },
    { kind: 'call-html' },
    { kind: 'call-refused', options: { type: 'IDEMPOTENCY_OUTSTANDING_REQUEST' } },
  ])('of ours to confirm becomes one truth after $kind $options, and is paid once', async (fault) => {
    const ready = await readyOrder(world, { gatewayAccount: 'portone-manual' });
    const { address } = paidInWindow(world, ready);
    world.simulator.portone.armFault({ ...fault, call: 'confirm' });
    await back(address);
    await ended(ready.id, 'Paid');
    expect(booked(ready)).toMatchObject([{ approvals: 1, paidAmount: 15_000, cancelledAmount: 0 }]);
  });

  it('of ours to confirm is declined by the payment company, and paid in another window', async () => {
    const ready = await readyOrder(world, { gatewayAccount: 'portone-manual' });
    world.simulator.portone.declineApprovals({ paymentId: ready.orderNo, code: 'REJECT_CARD_PAYMENT' });
    expect(await back(paidInWindow(world, ready).address)).toMatch(/&state=Ready&code=REJECT_CARD_PAYMENT$/);
    const { body: again } = await browser(world, 'POST', `${ready.token}/windows`);
    expect(await back(paidInWindow(world, again).address)).toMatch(/&state=Paid$/);
  });

  it('is given back in parts whose split adds up to its own, and in full', async () => {
    const ready = await paidByPortone(world, { amount: 9_997, taxFreeAmount: 3_331 });
    for (const amount of [3_333, 1_111, undefined]) {
      const { body } = await askRefund(world, ready.orderNo, amount);
      await refundInState(world, body.id, 'Refunded');
    }
    const [entry] = booked(ready);
    const sum = (of: 'amount' | 'taxFree'): number => (entry?.cancels ?? []).reduce((all, one) => all + one[of], 0);
    expect(entry).toMatchObject({ status: 'CANCELLED', cancelledAmount: 9_997 });
    expect([sum('amount'), sum('taxFree')]).toEqual([9_997, 3_331]);
    expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ state: 'Refunded' });
  });

  it.each<Omit<PortOneFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-refused' },
    { kind: 'answer-refused', options: { type: 'PAYMENT_ALREADY_CANCELLED', status: 409 } },
    { kind: 'answer-refused', options: { type: 'PG_PROVIDER', status: 502, pgCode: 'NONE' } },
  ])('is given back once though the answer was $kind $options', async (fault) => {
    const ready = await paidByPortone(world);
    world.simulator.portone.armFault({ ...fault, call: 'cancel' });
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await until('the refund has ended', async () => {
      world.clock.advanceSeconds(60);
      return (await world.get(`refunds/${body.id}`)).body.state === 'Refunded' || undefined;
    });
    expect(booked(ready)).toMatchObject([{ cancelledAmount: 4_000, cancels: [{ amount: 4_000 }] }]);
  });

  it('is given back once its payment company has, however long that takes, and not where it has not', async () => {
    for (const isGiven of [true, false]) {
      const ready = await paidByPortone(world);
      world.simulator.portone.armFault({ kind: 'cancel-pending', call: 'cancel' });
      const { body } = await askRefund(world, ready.orderNo, 4_000);
      await refundInState(world, body.id, 'Unknown');
      for (let day = 0; day < 3; day += 1) {
        world.clock.advanceSeconds(86_400);
        await runRefunds(world.service);
        await refundInState(world, body.id, 'Unknown');
        const { found } = (await world.get(`charges/${ready.orderNo}/transaction`)).body;
        expect(found.askedRefunds).toMatchObject([{ amount: 4_000, isUnderWay: true }]);
      }
      expect((await world.get(`charges/${ready.orderNo}`)).body).toMatchObject({ pendingRefundAmount: 4_000 });
      world.simulator.portone.endCancels(ready.orderNo, isGiven);
      await until('the refund has ended', async () => {
        world.clock.advanceSeconds(3_600);
        return (await world.get(`refunds/${body.id}`)).body.state === (isGiven ? 'Refunded' : 'Failed') || undefined;
      });
      const charge = (await world.get(`charges/${ready.orderNo}`)).body;
      expect(charge).toMatchObject({ pendingRefundAmount: 0, refundedAmount: isGiven ? 4_000 : 0 });
      expect(booked(ready)).toMatchObject([{ cancelledAmount: isGiven ? 4_000 : 0 }]);
    }
  });

  it('is not given back where the payment company refuses, and can be asked back again', async () => {
    const ready = await paidByPortone(world);
    world.simulator.portone.armFault({ kind: 'cancel-declined', call: 'cancel' });
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await until('the refund has ended', async () => {
      world.clock.advanceSeconds(60);
      return (await world.get(`refunds/${body.id}`)).body.state === 'Failed' || undefined;
    });
    const again = (await askRefund(world, ready.orderNo, 4_000)).body;
    await refundInState(world, again.id, 'Refunded');
    expect(booked(ready)).toMatchObject([{ cancelledAmount: 4_000 }]);
  });

  it('is given back in the console where a part of it was a discount', async () => {
    const ready = await readyOrder(world);
    opened(world, ready);
    const { redirectUrl } = world.simulator.portone.pay(ready.orderNo, { discount: 900 });
    expect(await back(redirectUrl ?? '')).toMatch(/&state=Paid$/);
    const { body } = await askRefund(world, ready.orderNo, 4_000);
    await refundInState(world, body.id, 'Failed');
    expect(booked(ready)).toMatchObject([{ cancelledAmount: 0 }]);
  });

  it('was paid into an account, counts once the deposit has stayed, and goes back to its customer’s own', async () => {
    const ready = await readyOrder(world);
    const { address } = paidInWindow(world, ready, {
      payMethod: 'VIRTUAL_ACCOUNT',
      virtualAccount: { accountExpiry: { validHours: 24 } },
    });
    expect(await back(address)).toMatch(/&state=AwaitingDeposit$/);
    expect((await browser(world, 'GET', ready.token)).body.deposit).toMatchObject({ bankName: expect.any(String) });
    expect(world.simulator.portone.deposit(ready.orderNo)).toBe(true);
    const [payment] = (await world.get(`direct-payments?orderNo=${ready.orderNo}`)).body.items;
    await until('the deposit counts', async () => {
      await send(world, 'POST', `direct-payments/${payment.id}/look`, {});
      world.clock.advanceSeconds(240);
      return (await order(ready.id)).state === 'Paid' || undefined;
    });
    const { body } = await send(world, 'POST', `charges/${ready.orderNo}/refunds`, {
      reason: 'customer asked',
      account: { bank: '신한', accountNumber: '110123456789', holderName: '김손님' },
    });
    await refundInState(world, body.id, 'Refunded');
    expect(booked(ready)).toMatchObject([{ cancelledAmount: 15_000 }]);
  });

  it('closes the account that nobody is to pay into any more', async () => {
    const ready = await readyOrder(world);
    await back(paidInWindow(world, ready, { payMethod: 'VIRTUAL_ACCOUNT' }).address);
    await send(world, 'POST', `orders/${ready.id}/cancel`, { reason: 'out of stock' });
    await until('the account is closed', async () => {
      world.clock.advanceSeconds(60);
      return booked(ready)[0]?.status === 'CANCELLED' || undefined;
    });
    expect(booked(ready)).toMatchObject([{ paidAmount: 0, cancelledAmount: 0 }]);
  });
});
