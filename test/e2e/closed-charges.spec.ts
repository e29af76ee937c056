import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { acceptAsPaid, closeSeen } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import {
  agreed,
  billOn,
  chargesOf,
  historyOf,
  moveTo,
  planOn,
  send,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';

describe('a charge whose discrepancy is closed', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        RETRY_DAYS: '3,7',
        RETRY_EXHAUSTED: 'cancel',
        // Who looks is told here: nobody does by itself.
        UNPAID_LOOKUP_DAYS: '0',
      },
    });
  });

  afterAll(() => world.close());

  const close = (id: string): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/close`, { reason: 'seen' });
  const waiting = async (): Promise<JsonBody> =>
    (await world.get('summary')).body.stuck.find(({ kind }: JsonBody) => kind === 'unbilled-periods');

  async function alteredOf(on: string): Promise<{ id: string; discrepancy: JsonBody }> {
    const id = await subscribe(world, `customer of ${on}`, on);
    world.simulator.control.armFault({ kind: 'result-amount-altered', options: { lines: 1_000, byWon: 1 } });
    await planOn(world, on);
    const orderNo = `B${on.replaceAll('-', '')}-${id}-1`;
    const discrepancy = await until(`${orderNo} is reconciled`, async () => {
      await world.simulator.control.deliverNotifications();
      return (await world.get(`discrepancies?orderNo=${orderNo}&state=Open`)).body.items[0];
    });
    return { id, discrepancy };
  }

  async function doubled(): Promise<JsonBody[]> {
    for (const kind of ['result-lines-doubled', 'result-lines-missing'] as const) {
      world.simulator.control.armFault({ kind });
    }
    const { body } = await world.upload(requestFile(6, `closed-${(batch += 1)}-`));
    await world.settled(body.id);
    return (await world.get(`discrepancies?jobId=${body.id}`)).body.items;
  }

  const settlementsOf = (chargeId: string) =>
    world.service.app
      .get(Database)
      .rows<{ kind: string }>('SELECT kind, discrepancy_id FROM settlement WHERE charge_id = $1', [chargeId]);

  it('waits for a look at T store, and for a second person where T store has the payment', async () => {
    const { discrepancy } = await alteredOf('2028-01-05');
    const { id } = discrepancy;
    expect(await close(id)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    await send(world, 'POST', `discrepancies/${id}/lookup`, {});
    const asked = await close(id);
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'discrepancy', state: 'Waiting', subjectId: id, act: { outcome: 'closed' } },
    });
    expect(asked.body.because).toContain(`T store has payment ${discrepancy.found.transactionId} with 5,500 won`);
    expect((await world.get(`discrepancies/${id}`)).body.state).toBe('Open');
    expect((await world.get(`charges/${discrepancy.orderNo}`)).body.state).toBe('Submitted');
    // What is known better meanwhile can still be done, and ends what waits.
    expect((await acceptAsPaid(world, id)).status).toBe(200);
    expect((await world.get(`approvals/${asked.body.id}`)).body.state).toBe('Withdrawn');
  });

  it('has an end, is never billed again by itself, and waits for a person until somebody sees to it', async () => {
    const { id, discrepancy } = await alteredOf('2028-03-05');
    const { orderNo, chargeId } = discrepancy;
    expect((await closeSeen(world, discrepancy, 'T store refunds it')).status).toBe(200);
    expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({
      state: 'Closed',
      resultCode: 'closed-by-decision',
      discrepancyId: discrepancy.id,
    });
    expect(await settlementsOf(chargeId)).toEqual([{ kind: 'closed', discrepancy_id: discrepancy.id }]);
    expect((await world.get('charges?state=Closed')).body.items).toHaveLength(1);
    const { body: inquiry } = await world.get(`inquiry?orderNo=${orderNo}`);
    expect(inquiry.items[0]).toMatchObject({ verdict: 'not-known', amountCharged: 0 });
    expect(inquiry.items[0].because).toContain(
      'closed by decision, neither as paid nor as declined: T store refunds it',
    );
    for (const on of ['2028-03-08', '2028-03-15', '2028-04-05']) await billOn(world, on);
    expect(await chargesOf(world, id)).toHaveLength(1);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'PastDue', next: '2028-03-05' });
    expect((await historyOf(world, id)).slice(-2)).toEqual([
      'Active > PastDue: charge closed',
      'PastDue > PastDue: no further attempt by itself: closed by decision',
    ]);
    expect(await waiting()).toMatchObject({
      count: 1,
      detail: `order ${orderNo}`,
      link: '/admin/v1/charges?unbilled=true',
    });
    expect((await world.get('charges?unbilled=true')).body.items).toMatchObject([{ orderNo }]);
    await send(world, 'POST', `subscriptions/${id}/cancel`, { when: 'now' });
    expect(await waiting()).toBeUndefined();
  });

  it('is not closed while another of its discrepancies is open, by which it may still be paid', async () => {
    const [one, other] = (await doubled()).filter(({ kind }) => kind === 'duplicate');
    expect((await closeSeen(world, one)).status).toBe(200);
    expect((await world.get(`charges/${one.orderNo}`)).body.state).toBe('Submitted');
    expect((await acceptAsPaid(world, other.id)).status).toBe(200);
    expect((await world.get(`charges/${one.orderNo}`)).body.state).toBe('Paid');
  });

  it('is closed once, when both of its discrepancies are closed at once', async () => {
    const both = (await doubled()).filter(({ kind }) => kind === 'duplicate');
    await send(world, 'POST', `discrepancies/${both[0].id}/lookup`, {});
    await send(world, 'POST', `discrepancies/${both[1].id}/lookup`, {});
    const asked = [await close(both[0].id), await close(both[1].id)];
    const answers = await Promise.all(asked.map((one) => agreed(world, one)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await settlementsOf(both[0].chargeId)).toHaveLength(1);
    expect((await world.get(`charges/${both[0].orderNo}`)).body.state).toBe('Closed');
  });

  it('that no line tells of needs a second person, as declining it does', async () => {
    const [missing] = (await doubled()).filter(({ kind }) => kind === 'missing');
    const asked = await close(missing.id);
    expect(asked).toMatchObject({ status: 202, body: { because: 'no line says what became of it' } });
    const [booked] = await world.simulator.control.bookOfOrder(missing.orderNo);
    const transactionId = booked?.tid ?? undefined;
    await send(world, 'POST', `discrepancies/${missing.id}/lookup`, { transactionId });
    // Whoever agrees was not told that T store has it.
    expect(await agreed(world, asked)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect((await world.get(`charges/${missing.orderNo}`)).body.state).toBe('Submitted');
  });

  it('lets a subscription that ends at its period’s end end', async () => {
    const { id, discrepancy } = await alteredOf('2028-06-05');
    await send(world, 'POST', `subscriptions/${id}/cancel`, { when: 'period-end' });
    await closeSeen(world, discrepancy);
    moveTo(world, '2028-06-06');
    await billOn(world, '2028-06-06');
    expect((await subscriptionRow(world, id)).state).toBe('Canceled');
  });
});
