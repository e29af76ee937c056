import { seoulDate } from '../../src/kernel/seoul-calendar';
import { BillingRunPlanning } from '../../src/billing-run';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import {
  billOn,
  chargesOf,
  historyOf,
  planOn,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';

/** Declines these attempts of a subscription's period and charges the others. */
function decline(world: BillingWorld, id: string, period: string, attempts: number[]): void {
  const declineOrderNos = attempts.map((attempt) => `B${period.replaceAll('-', '')}-${id}-${attempt}`);
  world.simulator.control.follow({ declineOrderNos });
}

function orderNosOf(world: BillingWorld, id: string): Promise<string[]> {
  return world.service.app
    .get(Database)
    .rows<{ order_no: string }>('SELECT order_no FROM charge WHERE subscription_id = $1 ORDER BY id', [id])
    .then((rows) => rows.map((row) => row.order_no.replace(`-${id}-`, '-ID-')));
}

/** As the admin API shows it. */
async function retryOnOf(world: BillingWorld, id: string): Promise<string | null | undefined> {
  return (await world.get(`subscriptions/${id}`)).body.retryOn;
}

describe('declined charges', () => {
  let world: BillingWorld;

  const accept = (id: string, outcome: string, more: object = {}) =>
    send(world, 'POST', `discrepancies/${id}/accept`, { outcome, reason: 'seen', ...more });

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { RETRY_DAYS: '3,7' } });
  });

  afterAll(() => world.close());

  it('are tried again on their day, and a paid retry leaves the dates of a subscription that was never declined', async () => {
    const declined = await subscribe(world, 'declined', '2027-01-31', { anchorDay: 31 });
    const undisturbed = await subscribe(world, 'undisturbed', '2027-01-31', { anchorDay: 31 });
    decline(world, declined, '2027-01-31', [1]);
    await billOn(world, '2027-01-31');
    expect(await subscriptionRow(world, declined)).toEqual({ state: 'PastDue', next: '2027-01-31', paidThrough: null });
    expect(await retryOnOf(world, declined)).toBe('2027-02-03');
    expect(await retryOnOf(world, undisturbed)).toBeNull();
    await billOn(world, '2027-02-02');
    expect(await orderNosOf(world, declined)).toEqual(['B20270131-ID-1']);
    await billOn(world, '2027-02-03');
    expect(await orderNosOf(world, declined)).toEqual(['B20270131-ID-1', 'B20270131-ID-2']);
    expect(await subscriptionRow(world, declined)).toEqual(await subscriptionRow(world, undisturbed));
    expect(await subscriptionRow(world, declined)).toEqual({
      state: 'Active',
      next: '2027-02-28',
      paidThrough: '2027-02-28',
    });
    expect(await historyOf(world, declined)).toEqual([
      ' > Active: subscribed',
      'Active > PastDue: charge declined',
      'PastDue > PastDue: retry planned',
      'PastDue > Active: period paid',
    ]);
  });

  it('that a person accepted from a plain line are tried again, and can never be paid beside their retry', async () => {
    const on = '2029-01-05';
    const id = await subscribe(world, 'accepted as declined', on);
    const orderNo = `B20290105-${id}-1`;
    world.simulator.control.armFault({ kind: 'result-amount-altered', options: { lines: 1_000, byWon: 1 } });
    decline(world, id, on, [1]);
    await planOn(world, on);
    const discrepancy = await until('it is reconciled', async () => {
      await world.simulator.control.deliverNotifications();
      return (await world.get(`discrepancies?orderNo=${orderNo}&state=Open`)).body.items[0];
    });
    // Its line says plainly that it was declined, so one person decides; of two who decide otherwise at once, too.
    const answers = await Promise.all([
      accept(discrepancy.id, 'declined'),
      accept(discrepancy.id, 'declined'),
      accept(discrepancy.id, 'paid', { transactionId: 'T-late' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    await billOn(world, '2029-01-08');
    const retry = (await world.get(`charges/B20290105-${id}-2`)).body;
    expect(retry.state).toBe('Paid');
    // Even with the retry's own payment, or T store's word for another one, the first is declined for ever.
    for (const transactionId of [retry.transactionId, 'T-late']) {
      await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, { transactionId });
      expect(await accept(discrepancy.id, 'paid', { transactionId })).toMatchObject({ status: 409 });
    }
    const database = world.service.app.get(Database);
    const byHand = database.execute(
      `INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
         bulk_payment_job_id, discrepancy_id, settled_at)
       SELECT nextval('settlement_position'), id, 'paid', amount, 'T-late', '0000', '', bulk_payment_job_id, 999, $2
       FROM charge WHERE order_no = $1`,
      [orderNo, world.clock.now()],
    );
    await expect(byHand).rejects.toThrow(/settlement_charge_once/);
    expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({
      state: 'Declined',
      actions: expect.not.arrayContaining(['rebill']),
    });
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2029-02-05' });
    const paid = await database.rows(`SELECT FROM settlement WHERE subscription_id = $1 AND kind = 'paid'`, [id]);
    expect(paid).toHaveLength(1);
  });

  it('are caught up when their day was missed, once, and not planned again while the result is on its way', async () => {
    const id = await subscribe(world, 'missed', '2027-03-01');
    decline(world, id, '2027-03-01', [1]);
    await billOn(world, '2027-03-01');
    await planOn(world, '2027-03-09');
    await planOn(world, '2027-03-10');
    expect(await orderNosOf(world, id)).toEqual(['B20270301-ID-1', 'B20270301-ID-2']);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-04-01' });
  });

  it('leave a period owed that began meanwhile, which is billed by its own date in the next run', async () => {
    const id = await subscribe(world, 'two-owed', '2027-04-05');
    decline(world, id, '2027-04-05', [1]);
    await billOn(world, '2027-04-05');
    await billOn(world, '2027-05-06');
    expect(await chargesOf(world, id)).toEqual(['2027-04-05 5500', '2027-04-05 5500']);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-05-05' });
    await billOn(world, '2027-05-07');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-06-05',
      paidThrough: '2027-06-05',
    });
  });

  it('stay past due without further attempts when all were declined, and the policy keeps them', async () => {
    const id = await subscribe(world, 'kept', '2027-07-01');
    decline(world, id, '2027-07-01', [1, 2, 3]);
    await billOn(world, '2027-07-01');
    await billOn(world, '2027-07-04');
    expect(await retryOnOf(world, id)).toBe('2027-07-11');
    await billOn(world, '2027-07-11');
    await billOn(world, '2027-08-30');
    expect(await orderNosOf(world, id)).toEqual(['B20270701-ID-1', 'B20270701-ID-2', 'B20270701-ID-3']);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'PastDue', next: '2027-07-01', paidThrough: null });
    expect((await historyOf(world, id)).slice(1)).toEqual([
      'Active > PastDue: charge declined',
      'PastDue > PastDue: retry planned',
      'PastDue > PastDue: charge declined',
      'PastDue > PastDue: retry planned',
      'PastDue > PastDue: charge declined',
      'PastDue > PastDue: no further attempt: all were declined',
    ]);
  });

  it('are asked the price of their period again, whatever the product costs now', async () => {
    const id = await subscribe(world, 'price', '2027-09-01');
    decline(world, id, '2027-09-01', [1]);
    await billOn(world, '2027-09-01');
    const price = { amount: 9_900, carrierAmount: 9_900, creditCardAmount: 0, tmembershipAmount: 0 };
    expect((await send(world, 'PATCH', `subscriptions/${id}`, { priceOverride: price })).status).toBe(200);
    await billOn(world, '2027-09-04');
    await billOn(world, '2027-10-01');
    expect(await chargesOf(world, id)).toEqual(['2027-09-01 5500', '2027-09-01 5500', '2027-10-01 9900']);
  });

  it('are not tried again when the customer has canceled meanwhile', async () => {
    const id = await subscribe(world, 'left', '2027-11-01');
    decline(world, id, '2027-11-01', [1]);
    await billOn(world, '2027-11-01');
    expect((await send(world, 'POST', `subscriptions/${id}/cancel`, { when: 'now' })).status).toBe(200);
    await billOn(world, '2027-11-20');
    expect(await orderNosOf(world, id)).toEqual(['B20271101-ID-1']);
    expect([(await subscriptionRow(world, id)).state, await retryOnOf(world, id)]).toEqual(['Canceled', null]);
  });
});

describe('declined charges, where the policy cancels', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    const environment = { RETRY_DAYS: '1', RETRY_EXHAUSTED: 'cancel', RETRY_NEVER_CODES: '8101,8102,8103' };
    world = await startWorld({ simulator: { declineRate: 0 }, environment });
  });

  afterAll(() => world.close());

  it('cancel the subscription after the last attempt, in steps its history tells', async () => {
    const id = await subscribe(world, 'canceled', '2027-01-10');
    decline(world, id, '2027-01-10', [1, 2]);
    await billOn(world, '2027-01-10');
    await billOn(world, '2027-01-11');
    await billOn(world, '2027-02-10');
    expect(await chargesOf(world, id)).toHaveLength(2);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Canceled', next: '2027-01-10', paidThrough: null });
    expect((await historyOf(world, id)).slice(-2)).toEqual([
      'PastDue > PastDue: charge declined',
      'PastDue > Canceled: no further attempt: all were declined',
    ]);
  });

  it('are never tried again after a result code that says so', async () => {
    const id = await subscribe(world, 'never', '2027-03-10');
    world.simulator.control.follow({ declineRate: 1 });
    await billOn(world, '2027-03-10');
    world.simulator.control.follow({ declineRate: 0 });
    await world.service.app.get(BillingRunPlanning).plan(seoulDate('2027-03-12'));
    expect(await chargesOf(world, id)).toHaveLength(1);
    expect((await historyOf(world, id)).slice(-2)).toEqual([
      'Active > PastDue: charge declined',
      'PastDue > Canceled: no further attempt: the result code is never retried',
    ]);
  });
});
