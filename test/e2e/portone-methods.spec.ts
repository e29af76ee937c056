import { PORTONE_STORE, type PortOneFaultOrder } from '../../simulator';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { browser } from '../support/kakaopay-orders';
import { askRefund, refundInState } from '../support/refunds';
import { moveTo, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const [, , , TEST] = PORTONE_STORE.channels;

/** Subscriptions that are paid by a billing key of PortOne's, month by month, against a gateway that keeps a book of its own. */
describe('a subscription paid by a billing key of PortOne', () => {
  let world: BillingWorld;
  let days = new Date('2027-01-05T00:00:00Z');

  beforeAll(async () => {
    world = await startWorld({ portone: true, simulator: { declineRate: 0 } });
  });

  afterEach(() => {
    world.simulator.portone.disarmAllFaults();
    world.simulator.portone.forgetDeclines();
  });
  afterAll(() => world.close());

  /** Each test has days of its own, ten after those of the test before. */
  function nextDay(): string {
    days = new Date(days.getTime() + 10 * 86_400_000);
    return days.toISOString().slice(0, 10);
  }

  async function opened(customerReference: string) {
    const asked = { customerReference, gatewayAccount: 'portone', returnUrl: 'https://shop.example/card' };
    const { status, body } = await send(world, 'POST', 'payment-method-registrations', asked);
    expect([status, body.code]).toEqual([201, undefined]);
    const at = `${world.service.url}/checkout/v1/registrations/${body.checkoutToken}`;
    const { window } = (await browser(world, 'POST', `${at}/window`)).body;
    return { id: String(body.id), window };
  }

  /** The customer enters a card in the window. @returns where the browser is led */
  function entered(window: JsonBody, more: object = {}): string {
    const { id } = world.simulator.portone.openBilling({ billingKeyMethod: 'CARD', ...window, ...more });
    return world.simulator.portone.pay(id).redirectUrl ?? '';
  }
  const registration = async (id: string): Promise<JsonBody> =>
    (await world.get(`payment-method-registrations/${id}`)).body;

  async function registered(customer: string): Promise<{ method: JsonBody; billingKey: string }> {
    const { id, window } = await opened(customer);
    const address = entered(window);
    expect((await browser(world, 'GET', address)).body.location).toMatch(/&state=Issued$/);
    const { paymentMethodId } = await registration(id);
    const billingKey = new URL(address).searchParams.get('billingKey') ?? '';
    return { method: (await world.get(`payment-methods/${paymentMethodId}`)).body, billingKey };
  }

  async function subscriber(customer: string, startedOn: string) {
    const { method, billingKey } = await registered(customer);
    const id = await subscribe(world, customer, startedOn);
    const put = await send(world, 'PUT', `subscriptions/${id}/payment-method`, { paymentMethodId: method.id });
    expect([put.status < 300, put.body.code]).toEqual([true, undefined]);
    return { id, method, billingKey, orderNo: `B${startedOn.replaceAll('-', '')}-${id}-1` };
  }

  async function plan(day: string): Promise<void> {
    moveTo(world, day);
    await planOn(world, day);
  }
  const charged = (orderNo: string, state: string): Promise<JsonBody> =>
    until(`${orderNo} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const { body } = await world.get(`charges/${orderNo}`);
      return body.state === state ? body : undefined;
    });
  const booked = (orderNo: string) => world.simulator.portone.bookOfOrder(orderNo);

  it('is registered once PortOne has the key as it was registered, and nobody is shown it', async () => {
    const { method, billingKey } = await registered('ada');
    expect(method).toMatchObject({ state: 'Active', kind: 'billing-key', gateway: 'portone' });
    expect(billingKey).toMatch(/^billing-key-/);
    expect(JSON.stringify([method, (await world.get('payment-methods')).body])).not.toContain(billingKey);
  });

  it('is not registered with another customer’s key, one of another channel, or the word that stands for none', async () => {
    const first = await registered('bo');
    const forged = async (key: string): Promise<string> => {
      const { window } = await opened('cy');
      const url = new URL(window.redirectUrl);
      url.searchParams.set('billingKey', key);
      return (await browser(world, 'GET', url.href)).body.location;
    };
    expect(await forged(first.billingKey)).toMatch(/&state=Failed/);
    expect(await forged('billing-key-nobody')).toMatch(/&state=Failed/);
    expect(await forged('NEEDS_CONFIRMATION')).toMatch(/&state=invalid-request$/);
    const { window } = await opened('di');
    expect((await browser(world, 'GET', entered(window, { channelKey: TEST?.key }))).body.location).toMatch(
      /&state=Failed/,
    );
  });

  it('is charged by the run, once, under our own order number, and given back', async () => {
    const day = nextDay();
    const { orderNo } = await subscriber('ed', day);
    await plan(day);
    expect(await charged(orderNo, 'Paid')).toMatchObject({ transactionId: orderNo, gateway: 'portone' });
    expect(booked(orderNo)).toMatchObject([{ approvals: 1, status: 'PAID' }]);
    const { body } = await askRefund(world, orderNo, 500);
    await refundInState(world, body.id, 'Refunded');
    expect(booked(orderNo)).toMatchObject([{ cancelledAmount: 500 }]);
  });

  it.each<Omit<PortOneFaultOrder, 'paymentId'>>([
    { kind: 'answer-lost', call: 'charge' },
    { kind: 'answer-failing', call: 'charge' },
    { kind: 'answer-refused', call: 'charge' },
    { kind: 'answer-refused', call: 'charge', options: { type: 'PG_PROVIDER', status: 502, pgCode: 'NONE' } },
    { kind: 'call-failing', call: 'charge' },
    { kind: 'call-cut', call: 'charge' },
    { kind: 'lookup-absent', call: 'lookup' },
    { kind: 'lookup-behind', call: 'lookup' },
    { kind: 'call-html', call: 'lookup' },
  ])('is charged once after $kind of $call', async (fault) => {
    const day = nextDay();
    const { orderNo } = await subscriber(`after-${days.getTime()}`, day);
    world.simulator.portone.armFault(fault);
    await plan(day);
    await charged(orderNo, 'Paid');
    expect(booked(orderNo).reduce((sum, { approvals }) => sum + approvals, 0)).toBe(1);
  });

  it('is declined by the payment company’s code', async () => {
    const day = nextDay();
    const { orderNo } = await subscriber('fay', day);
    world.simulator.portone.declineApprovals({ paymentId: orderNo, code: 'REJECT_CARD_PAYMENT' });
    await plan(day);
    expect(await charged(orderNo, 'Declined')).toMatchObject({ resultCode: 'REJECT_CARD_PAYMENT' });
  });

  it('is not charged by a key that PortOne has no more', async () => {
    const day = nextDay();
    const { orderNo, billingKey } = await subscriber('gus', day);
    world.simulator.portone.deleteBillingKey(billingKey);
    await plan(day);
    await charged(orderNo, 'Declined');
    expect(booked(orderNo)).toEqual([]);
  });

  it('has its key deleted at PortOne where it is removed', async () => {
    const { method, billingKey } = await registered('hal');
    await send(world, 'POST', `payment-methods/${method.id}/remove`, { reason: 'the customer asked' });
    await until('it is gone at PortOne', () =>
      Promise.resolve(
        world.simulator.portone.billingKeys().find((key) => key.billingKey === billingKey)?.deletedAt != null ||
          undefined,
      ),
    );
    expect((await world.get(`payment-methods/${method.id}`)).body.state).not.toBe('Active');
  });

  it('is told of in the account’s check where PortOne’s own calendar would charge it, too', async () => {
    const { billingKey } = await registered('ida');
    const timeToPay = new Date(world.clock.now().getTime() + 30 * 86_400_000).toISOString();
    const payment = { billingKey, orderName: '월간 이용권', amount: { total: 1_000 }, currency: 'KRW' };
    const scheduled = await fetch(`${world.simulator.baseUrl}/payments/made-elsewhere/schedule`, {
      method: 'POST',
      headers: { Authorization: `PortOne ${PORTONE_STORE.apiSecret}` },
      body: JSON.stringify({ payment, timeToPay }),
    });
    expect(scheduled.status).toBe(200);
    const { body } = await send(world, 'POST', 'checks/portone');
    expect(body).toMatchObject({ outcome: 'works', detail: expect.stringContaining('1 schedules of its own') });
  });
});
