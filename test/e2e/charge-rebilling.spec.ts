import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService } from '../../src/service';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { closeSeen } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import {
  agreed,
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

describe('billing one unpaid charge again', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        RETRY_DAYS: '3,7',
        RETRY_EXHAUSTED: 'keep',
        BILLING_RUN_CONFIRM_MIN_CHARGES: '5',
        // Nobody looks by itself: what T store is made to deny, it has.
        UNPAID_LOOKUP_DAYS: '0',
      },
    });
  });

  afterAll(() => world.close());

  const rebill = (orderNo: string): Promise<JsonAnswer> =>
    send(world, 'POST', `charges/${orderNo}/rebill`, { reason: 'the customer has another card' });
  const charge = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const orderOf = (id: string, on: string, attempt = 1): string => `B${on.replaceAll('-', '')}-${id}-${attempt}`;

  /** A new customer whose first charge is declined, as all others of the day. */
  async function declinedOn(on: string): Promise<string> {
    const id = await subscribe(world, `declined on ${on}`, on);
    world.simulator.control.follow({ declineRate: 1 });
    await billOn(world, on);
    world.simulator.control.follow({ declineRate: 0 });
    expect((await charge(orderOf(id, on))).state).toBe('Declined');
    return id;
  }

  it('charges its period once more in a job of its own, and the subscription goes on from its anchor', async () => {
    const on = '2027-01-05';
    const id = await declinedOn(on);
    const orderNo = orderOf(id, on);
    expect((await charge(orderNo)).actions).toEqual(['rebill']);
    const { body: inquiry } = await world.get(`inquiry?orderNo=${orderNo}`);
    expect(inquiry.items[0].actions).toContainEqual({
      action: 'rebill',
      method: 'POST',
      href: `/admin/v1/charges/${orderNo}/rebill`,
    });
    const rebilled = await rebill(orderNo);
    expect(rebilled).toMatchObject({
      status: 200,
      body: { rebillOfChargeId: (await charge(orderNo)).id, requested: { count: 1, amount: 5_500 } },
    });
    await settleAll(world);
    expect(await charge(orderOf(id, on, 2))).toMatchObject({ state: 'Paid', bulkPaymentJobId: rebilled.body.id });
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-02-05' });
    expect(await historyOf(world, id)).toContain(`PastDue > PastDue: billed again for order ${orderNo}`);
    // Its retry day brings nothing more.
    await billOn(world, '2027-01-08');
    expect(await chargesOf(world, id)).toHaveLength(2);
    expect((await charge(orderNo)).actions).toEqual([]);
    expect((await rebill(orderNo)).body.detail).toContain(`${orderOf(id, on, 2)} is of the same period`);
  });

  it('is done once, however many ask at once of several replicas, and while the run of the retry is opened', async () => {
    const on = '2027-03-05';
    const id = await declinedOn(on);
    const drainTimes = { noticeMs: 0, finishMs: 5_000 };
    const replica = await startService(readConfiguration(world.environment), { clock: world.clock, drainTimes });
    try {
      const there = () =>
        fetch(`${replica.url}/admin/v1/charges/${orderOf(id, on)}/rebill`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ reason: 'at once' }),
        }).then(({ status }) => status);
      const here = () => rebill(orderOf(id, on)).then(({ status }) => status);
      const [statuses] = await Promise.all([
        Promise.all([here(), there(), here(), there(), here(), there()]),
        planOn(world, '2027-03-08'),
      ]);
      expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
      await settleAll(world);
      // By one of the rebills, or by the run that was first.
      expect(await chargesOf(world, id)).toHaveLength(2);
      expect(await world.simulator.control.repeatedOrders()).toEqual([]);
    } finally {
      await replica.close();
    }
  });

  it('is refused of what is paid, on its way, uploaded or owed no more, and of what is parked', async () => {
    const paid = await subscribe(world, 'paid', '2027-05-05');
    await billOn(world, '2027-05-05');
    const refusal = (detail: string) => ({ status: 409, body: { detail: expect.stringContaining(detail) } });
    expect(await rebill(orderOf(paid, '2027-05-05'))).toMatchObject(refusal('it is paid'));
    const left = await declinedOn('2027-05-06');
    await send(world, 'POST', `subscriptions/${left}/cancel`, { when: 'now' });
    expect(await rebill(orderOf(left, '2027-05-06'))).toMatchObject(refusal('not owed'));
    const { body: uploaded } = await world.upload(requestFile(1, 'up-'));
    await world.settled(uploaded.id);
    const [own] = (await world.get(`bulk-payment-jobs/${uploaded.id}/charges`)).body.items;
    expect(await rebill(own.orderNo)).toMatchObject(refusal('it was uploaded'));
    const flying = await declinedOn('2027-05-07');
    expect((await rebill(orderOf(flying, '2027-05-07'))).status).toBe(200);
    expect(await rebill(orderOf(flying, '2027-05-07'))).toMatchObject(refusal('paid or may be yet'));
    await settleAll(world);
    expect((await rebill('B20270101-999999-1')).status).toBe(404);
    const parked = await declinedOn('2027-05-10');
    await world.service.app.get(Database).execute(
      `INSERT INTO line_stop (kind, subscription_id, violation, evidence, raised_at)
       VALUES ('unbillable', $1, 'planted', '{}', $2)`,
      [parked, world.clock.now()],
    );
    expect(await rebill(orderOf(parked, '2027-05-10'))).toMatchObject({ status: 409, body: { code: 'line-stopped' } });
  });

  it('of what people closed needs a second person, and ends its waiting', async () => {
    const on = '2027-07-05';
    const id = await subscribe(world, 'closed', on);
    world.simulator.control.armFault({ kind: 'result-amount-altered', options: { lines: 1_000, byWon: 1 } });
    await planOn(world, on);
    const orderNo = orderOf(id, on);
    const discrepancy = await until('it is reconciled', async () => {
      await world.simulator.control.deliverNotifications();
      return (await world.get(`discrepancies?orderNo=${orderNo}`)).body.items[0];
    });
    await closeSeen(world, discrepancy);
    expect((await world.get('charges?unbilled=true')).body.items).toHaveLength(1);
    // T store is asked first: it has given the payment back, and does not have it any more.
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    const asked = await rebill(orderNo);
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'rebill', act: { orderNo }, links: { charge: `/admin/v1/charges/${orderNo}` } },
    });
    expect(asked.body.because).toContain('the customer may have paid');
    expect(await chargesOf(world, id)).toHaveLength(1);
    expect((await agreed(world, asked)).status).toBe(200);
    expect((await world.get('charges?unbilled=true')).body.items).toEqual([]);
    await settleAll(world);
    expect((await charge(orderOf(id, on, 2))).state).toBe('Paid');
  });

  it('needs a second person from so many a day on as a billing run is looked at', async () => {
    const on = '2027-09-05';
    const ids = [];
    for (let one = 0; one < 6; one++) ids.push(await subscribe(world, `many ${one}`, on));
    world.simulator.control.follow({ declineRate: 1 });
    await planOn(world, on);
    const { body } = await world.get('billing-runs?limit=1');
    if (body.items[0].state === 'AwaitingConfirmation') {
      await agreed(world, { status: 202, body: (await world.get('approvals?state=Waiting')).body.items[0] });
    }
    await settleAll(world);
    world.simulator.control.follow({ declineRate: 0 });
    const statuses = [];
    for (const id of ids) statuses.push((await rebill(orderOf(id, on))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 202]);
  });
});
