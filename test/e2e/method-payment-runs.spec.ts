import { readConfiguration } from '../../src/config';
import { BillingRunPlanning } from '../../src/billing-run';
import { startService } from '../../src/service';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { SECOND_PERSONS_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { paymentIn, registerCard } from '../support/payment-methods';
import {
  PRODUCT,
  agreed,
  carrierPrice,
  keyOf,
  moveTo,
  planOn,
  send,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';

const DAY = '2027-01-05';
const SECOND = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
const orderNo = (id: string, attempt = 1, day = DAY): string => `B${day.replaceAll('-', '')}-${id}-${attempt}`;

async function subscribers(world: BillingWorld, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const { method } = await registerCard(world, name);
    const id = await subscribe(world, name, DAY);
    await send(world, 'PUT', `subscriptions/${id}/payment-method`, { paymentMethodId: method.id });
    ids.push(id);
  }
  return ids;
}

describe('an unusual run of payments by payment methods', () => {
  let world: BillingWorld;
  let ids: string[];

  beforeAll(async () => {
    const environment = {
      BILLING_RUN_CONFIRM_FACTOR: '1',
      BILLING_RUN_CONFIRM_MIN_CHARGES: '1',
      BILLING_RUN_CONFIRM_MIN_WON: '1',
    };
    world = await startWorld({ toss: true, environment });
    ids = await subscribers(world, ['ada', 'bo']);
  });

  afterAll(() => world.close());

  const runOf = async (day: string): Promise<JsonBody> =>
    (await world.get('billing-runs')).body.items.find((run: JsonBody) => run.billingDate === day);

  it('is held, and rejected sends nothing: its charges are withdrawn, and planned anew by the next run', async () => {
    await planOn(world, DAY);
    const run = await runOf(DAY);
    expect(run).toMatchObject({
      state: 'AwaitingConfirmation',
      planned: { count: 2, amount: 2 * PRODUCT.amount },
      jobCount: 0,
    });
    world.clock.advanceSeconds(60);
    for (const id of ids) expect(await paymentIn(world, orderNo(id), 'Pending')).toBeDefined();
    const rejected = await send(world, 'POST', `billing-runs/${run.id}/reject`, { reason: 'wrong prices' }, SECOND);
    expect([rejected.status, rejected.body.code]).toEqual([200, undefined]);
    for (const id of ids) await paymentIn(world, orderNo(id), 'Canceled');
    expect((await world.get(`charges/${orderNo(ids[0]!)}`)).body.state).toBe('Withdrawn');
    expect(world.simulator.toss.bookTotals().approvedCount).toBe(0);
  });

  it('is sent once a second person has confirmed it, once', async () => {
    await planOn(world, '2027-01-06');
    const run = await runOf('2027-01-06');
    expect(run).toMatchObject({ state: 'AwaitingConfirmation', planned: { count: 2 } });
    await send(world, 'POST', `billing-runs/${run.id}/confirm`, { reason: 'looked at it' }, SECOND);
    for (const id of ids) await paymentIn(world, orderNo(id, 2), 'Paid');
    const amount = 2 * PRODUCT.amount;
    const { directPayments, links } = (await world.get(`billing-runs/${run.id}`)).body;
    expect(directPayments).toEqual([{ state: 'Paid', count: 2, amount }]);
    const { items } = (await world.get(links.directPayments.replace('/admin/v1/', ''))).body;
    expect(items.map((payment: JsonBody) => payment.orderNo)).toEqual(ids.map((id) => orderNo(id, 2)).reverse());
    expect(world.simulator.toss.bookTotals()).toMatchObject({ approvedCount: 2, approvedAmount: amount });
  });
});

describe('a payment by a payment method that is far too dear', () => {
  it('is let go by a second person once, and is no surprise from then on', async () => {
    const world = await startWorld({ toss: true, environment: { UPLOAD_CONFIRM_FACTOR: '3' } });
    try {
      const setter = { Authorization: `Bearer ${await keyOf(world, 'manager@shop.example', 'manager')}` };
      const yacht = { storeProductId: 'yacht', name: 'Yacht', price: carrierPrice(1_000_000) };
      await send(world, 'POST', 'products', yacht, setter);
      const { method } = await registerCard(world, 'ada');
      const id = await subscribe(world, 'ada', DAY, { storeProductId: 'yacht' });
      await send(world, 'PUT', `subscriptions/${id}/payment-method`, { paymentMethodId: method.id });
      await planOn(world, DAY);
      const run = (await world.get('billing-runs')).body.items[0];
      expect(run).toMatchObject({ state: 'AwaitingConfirmation' });
      expect(run.confirmationReason).toContain('a charge of 1,000,000 won for product yacht');
      const own = await send(world, 'POST', `billing-runs/${run.id}/confirm`, { reason: 'sold' }, setter);
      expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
      const confirmed = await send(world, 'POST', `billing-runs/${run.id}/confirm`, { reason: 'sold' }, SECOND);
      expect(confirmed.status).toBe(200);
      await paymentIn(world, orderNo(id), 'Paid');
      const next = await send(world, 'POST', 'billing-runs/dry-run', { date: '2027-02-05' });
      expect(next.body).toMatchObject({ total: { count: 1 }, confirmationReason: null });
    } finally {
      await world.close();
    }
  });
});

describe('payments by payment methods over several replicas', () => {
  it('are each sent once, at one pace for all of them', async () => {
    const world = await startWorld({ toss: true, environment: { PAYMENT_RATE_PER_MINUTE: '60', LOG_LEVEL: 'silent' } });
    const other = await startService(readConfiguration(world.environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    try {
      const names = Array.from({ length: 12 }, (_, index) => `customer-${index}`);
      const ids = await subscribers(world, names);
      moveTo(world, DAY);
      const day = seoulDate(DAY);
      const plannings = [world.service, other].map(({ app }) => app.get(BillingRunPlanning).plan(day));
      expect((await Promise.all(plannings)).filter((run) => run !== undefined)).toHaveLength(1);
      for (const id of ids) await paymentIn(world, orderNo(id), 'Paid');
      expect(world.simulator.toss.repeatedOrders()).toEqual([]);
      expect(world.simulator.toss.bookTotals()).toMatchObject({
        approvedCount: 12,
        approvedAmount: 12 * PRODUCT.amount,
      });
      for (const id of ids) expect((await subscriptionRow(world, id)).paidThrough).toBe('2027-02-05');
    } finally {
      await other.close();
      await world.close();
    }
  });

  it.each([
    ['its key refused', { code: 'UNAUTHORIZED_KEY', status: 401 }],
    ['too much asked at once', { code: 'FORBIDDEN_CONSECUTIVE_REQUEST', status: 429 }],
    ['the card company out of reach', { code: 'PROVIDER_ERROR', status: 400 }],
  ])('go under another key after %s, which Toss would say for ever under the first', async (_what, options) => {
    const world = await startWorld({ toss: true });
    try {
      const [id] = await subscribers(world, ['ada']);
      world.simulator.toss.armFault({ kind: 'call-refused', call: 'billing-charge', options });
      await planOn(world, DAY);
      await paymentIn(world, orderNo(id!), 'Paid');
      expect(world.simulator.toss.bookTotals()).toMatchObject({ approvedCount: 1, approvedAmount: PRODUCT.amount });
    } finally {
      await world.close();
    }
  });

  it('stay with the gateway for as long as it honours their key, and are looked up after', async () => {
    const world = await startWorld({ toss: true });
    try {
      const [id] = await subscribers(world, ['ada']);
      world.simulator.toss.armFault({ kind: 'call-cut', call: 'billing-charge' });
      await send(world, 'POST', 'kill-switch', { reason: 'not yet' });
      await planOn(world, DAY);
      await agreed(world, await send(world, 'DELETE', 'kill-switch', { reason: 'now' }));
      await paymentIn(world, orderNo(id!), 'Paid');
      const payment = (await world.get('direct-payments')).body.items[0];
      const { history } = (await world.get(`direct-payments/${payment.id}`)).body;
      const causes = history.map(({ cause }: JsonBody) => cause);
      expect(causes).toEqual([
        'planned by a billing run',
        'sending begins',
        'outcome unknown',
        'the same call again',
        'paid',
      ]);
    } finally {
      await world.close();
    }
  });
});
