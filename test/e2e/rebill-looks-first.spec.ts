import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { closeSeen } from '../support/discrepancies';
import { agreed, billOn, chargesOf, planOn, send, settleAll, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Declined by two persons while T store would not have the payment: and it has it. */
interface Disowned {
  subscriptionId: string;
  orderNo: string;
  transactionId: string;
}

function unpaidCharges(environment: NodeJS.ProcessEnv): {
  world: () => BillingWorld;
  disowned: (on: string, outcome?: 'declined' | 'closed') => Promise<Disowned>;
} {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { RETRY_DAYS: '3,7', ...environment } });
  });
  afterAll(() => world.close());

  async function disowned(on: string, outcome: 'declined' | 'closed' = 'declined'): Promise<Disowned> {
    const subscriptionId = await subscribe(world, `customer of ${on}`, on);
    world.simulator.control.armFault({
      kind: 'result-code-altered',
      options: { lines: 1_000, resultCode: '0000 ' },
    });
    await planOn(world, on);
    const orderNo = `B${on.replaceAll('-', '')}-${subscriptionId}-1`;
    const discrepancy = await until(`${orderNo} is reconciled`, async () => {
      await world.simulator.control.deliverNotifications();
      return (await world.get(`discrepancies?orderNo=${orderNo}&state=Open`)).body.items[0];
    });
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    if (outcome === 'closed') expect((await closeSeen(world, discrepancy)).status).toBe(200);
    else {
      await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
      const decision = { outcome, reason: 'T store does not have it' };
      const asked = await send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, decision);
      expect((await agreed(world, asked)).status).toBe(200);
    }
    return { subscriptionId, orderNo, transactionId: discrepancy.found.transactionId };
  }

  return { world: () => world, disowned };
}

const rebill = (world: BillingWorld, orderNo: string): Promise<JsonAnswer> =>
  send(world, 'POST', `charges/${orderNo}/rebill`, { reason: 'owed' });

const stopOf = (world: BillingWorld, orderNo: string): Promise<JsonBody> =>
  until(`the line stops for ${orderNo}`, async () => {
    const { body } = await world.get('line-stops?kind=paid-after-all&state=Open');
    return body.items.find(({ evidence }: JsonBody) => evidence.orderNo === orderNo);
  });

describe('a period whose charge people ended unpaid', () => {
  // Nobody asks by itself here.
  const { world, disowned } = unpaidCharges({ UNPAID_LOOKUP_DAYS: '0', REBILL_LOOKUP_FRESH_MINUTES: '15' });

  it.each(['declined', 'closed'] as const)(
    'is not billed again when T store has its payment by then: it is asked first, and the line stops (%s)',
    async (outcome) => {
      const on = outcome === 'declined' ? '2028-01-05' : '2028-02-05';
      const { orderNo, transactionId, subscriptionId } = await disowned(on, outcome);
      world().clock.advanceSeconds(16 * 60);
      const refused = await rebill(world(), orderNo);
      expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
      expect(refused.body.detail).toContain(transactionId);
      expect((await stopOf(world(), orderNo)).subscriptionId).toBe(subscriptionId);
      expect(await chargesOf(world(), subscriptionId)).toHaveLength(1);
    },
  );

  it('is not billed again while T store does not tell, and is when it says that there is no such payment', async () => {
    const { orderNo, transactionId } = await disowned('2028-03-05');
    world().clock.advanceSeconds(16 * 60);
    for (const kind of ['lookup-refused', 'lookup-failing', 'lookup-cut'] as const) {
      world().simulator.control.armFault({ kind, times: 2 });
      const refused = await rebill(world(), orderNo);
      expect(refused).toMatchObject({ status: 409, body: { code: 'lookup-required', transactionId, orderNo } });
      world().simulator.control.disarmAllFaults();
    }
    world().simulator.control.armFault({ kind: 'lookup-not-found' });
    expect(await rebill(world(), orderNo)).toMatchObject({ status: 202, body: { kind: 'rebill' } });
  });

  it('is not billed again when T store has the payment by the time the second person agrees', async () => {
    const { orderNo, subscriptionId } = await disowned('2028-04-05');
    const asked = await rebill(world(), orderNo);
    expect(asked).toMatchObject({ status: 202, body: { kind: 'rebill' } });
    world().clock.advanceSeconds(16 * 60);
    world().simulator.control.armFault({ kind: 'lookup-refused' });
    expect(await agreed(world(), asked)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    expect(await agreed(world(), asked)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    await stopOf(world(), orderNo);
    expect(await chargesOf(world(), subscriptionId)).toHaveLength(1);
  });

  it('is not billed again by the job of a later attempt without such a look', async () => {
    const { orderNo, subscriptionId } = await disowned('2028-05-05');
    world().simulator.control.follow({ faults: [{ kind: 'submit-refused' }] });
    const { body: approval } = await agreed(world(), await rebill(world(), orderNo));
    expect(approval.state).toBe('Approved');
    const later = (await world().get(`charges/${orderNo.replace(/-1$/, '-2')}`)).body;
    expect((await world().settled(later.bulkPaymentJobId)).state).toBe('Failed');
    world().clock.advanceSeconds(16 * 60);
    const rebillJob = (): Promise<JsonAnswer> =>
      send(world(), 'POST', `bulk-payment-jobs/${later.bulkPaymentJobId}/rebill`, { reason: 'owed' });
    world().simulator.control.armFault({ kind: 'lookup-refused' });
    expect(await rebillJob()).toMatchObject({ status: 409, body: { code: 'lookup-required', orderNo } });
    expect(await rebillJob()).toMatchObject({ status: 409, body: { code: 'evidence-contradicts', orderNo } });
    await stopOf(world(), orderNo);
    expect(await chargesOf(world(), subscriptionId)).toHaveLength(2);
  });

  it('is not tried again by the run after a later attempt was declined, without such a look', async () => {
    const { orderNo, subscriptionId } = await disowned('2028-06-05');
    const second = orderNo.replace(/-1$/, '-2');
    world().simulator.control.follow({ declineOrderNos: [second] });
    expect((await agreed(world(), await rebill(world(), orderNo))).status).toBe(200);
    await settleAll(world());
    expect((await world().get(`charges/${second}`)).body.state).toBe('Declined');
    world().simulator.control.armFault({ kind: 'lookup-refused' });
    await billOn(world(), '2028-06-12');
    expect(await chargesOf(world(), subscriptionId)).toHaveLength(2);
    // The next run asks anew: T store says now that there is no such payment.
    world().simulator.control.armFault({ kind: 'lookup-not-found' });
    await billOn(world(), '2028-06-13');
    expect(await chargesOf(world(), subscriptionId)).toHaveLength(3);
  });

  it('is not tried again by the run when T store has the payment by then, which stops the line', async () => {
    const { orderNo, subscriptionId } = await disowned('2028-08-05');
    world().simulator.control.follow({ declineOrderNos: [orderNo.replace(/-1$/, '-2')] });
    expect((await agreed(world(), await rebill(world(), orderNo))).status).toBe(200);
    await settleAll(world());
    await billOn(world(), '2028-08-12');
    expect(await chargesOf(world(), subscriptionId)).toHaveLength(2);
    await stopOf(world(), orderNo);
  });
});

describe('a payment that was named for a charge which people ended unpaid', () => {
  const { world, disowned } = unpaidCharges({ UNPAID_LOOKUP_DAYS: '3' });
  const asked = (transactionId: string): number =>
    world()
      .simulator.control.calls()
      .filter(({ path }) => path.endsWith(`/transaction/${transactionId}`)).length;

  it('is looked up again without anybody asking, and stops the line when T store has it', async () => {
    const { orderNo, transactionId, subscriptionId } = await disowned('2028-01-05');
    const before = asked(transactionId);
    world().clock.advanceSeconds(HOUR_SECONDS + 60);
    expect(await stopOf(world(), orderNo)).toMatchObject({ subscriptionId, evidence: { transactionId } });
    expect(asked(transactionId)).toBe(before + 1);
  });

  it('is asked for again where T store did not tell, and for some days only', async () => {
    const { orderNo, transactionId } = await disowned('2028-02-05');
    const before = asked(transactionId);
    world().simulator.control.armFault({ kind: 'lookup-refused' });
    world().clock.advanceSeconds(HOUR_SECONDS + 60);
    await until('it is refused', () => Promise.resolve(asked(transactionId) === before + 1 || undefined));
    const { body } = await world().get('line-stops?kind=paid-after-all&state=Open');
    expect(body.items.filter(({ evidence }: JsonBody) => evidence.orderNo === orderNo)).toEqual([]);
    world().clock.advanceSeconds(301);
    await stopOf(world(), orderNo);
    world().clock.advanceSeconds(4 * DAY_SECONDS);
    await until('it is over', async () => {
      const [row] = await world()
        .service.app.get(Database)
        .rows<{ left: number }>('SELECT count(next_look_at)::int AS left FROM payment_watch');
      return row?.left === 0 || undefined;
    });
  });
});
