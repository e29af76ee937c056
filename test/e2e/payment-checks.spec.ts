import { LineChecks } from '../../src/bulk-payment';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { openStop, resolvedByTwo } from '../support/doubt';
import { askRefund, paidCharges } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { billOn, chargesOf, planOn, send, settleAll, subscribe } from '../support/subscribers';
import { until } from '../support/until';

describe('the line stops where payments and charges don’t fit', () => {
  let world: BillingWorld;
  let database: Database;

  beforeEach(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { REFUND_RATE_PER_MINUTE: '6000', TSTORE_LOOKUPS_PER_MINUTE: '6000' },
    });
    database = world.service.app.get(Database);
  });

  afterEach(() => world.close());

  async function checked(): Promise<JsonBody[]> {
    const checks = world.service.app.get(LineChecks);
    await until('all is looked at', async () => ((await checks.runOnce()).done === 0 ? true : undefined));
    return (await world.get('line-stops?limit=100')).body.items;
  }

  /** Whom the dry run of a date says may be charged twice. */
  async function lookAlikesOn(date: string): Promise<JsonBody[]> {
    const { body } = await send(world, 'POST', 'billing-runs/dry-run', { date });
    expect(body.lookAlikes.count).toBe(body.lookAlikes.first.length);
    return body.lookAlikes.first;
  }

  /** The newest subscription: a customer may have had others. */
  async function again(customer: string, on: string): Promise<string> {
    await subscribe(world, customer, on);
    const [row] = await database.rows<{ id: string }>('SELECT max(id)::text AS id FROM subscription');
    return row?.id ?? '';
  }

  it('a customer who cancels and subscribes again while a charge is on its way, and pays twice', async () => {
    const first = await subscribe(world, 'hasty', '2027-01-05');
    await planOn(world, '2027-01-05');
    await send(world, 'POST', `subscriptions/${first}/cancel`, { when: 'now' });
    const second = await again('hasty', '2027-01-06');
    expect(second).not.toBe(first);
    await settleAll(world);
    expect(await checked()).toEqual([]);
    // The dry run tells before what the line stop tells after.
    expect(await lookAlikesOn('2027-01-06')).toEqual([
      {
        orderNo: `B20270106-${second}-1`,
        subscriptionId: second,
        customerReference: 'hasty',
        otherSubscriptionId: first,
        otherCustomerReference: 'hasty',
        otherPaidThroughOn: '2027-02-05',
      },
    ]);
    await billOn(world, '2027-01-06');
    const stop = await openStop(world, 'customer-charged-twice');
    expect(stop).toMatchObject({ subscriptionId: second, jobId: null });
    expect(stop.evidence.customers.map(({ subscriptionId }: JsonBody) => subscriptionId)).toEqual([first, second]);
    // What it parks is charged no more, until a person has resolved it.
    await billOn(world, '2027-02-06');
    expect(await chargesOf(world, second)).toHaveLength(1);
    await resolvedByTwo(world, stop.id, { reason: 'one was refunded' });
    await billOn(world, '2027-02-07');
    expect(await chargesOf(world, second)).toHaveLength(2);
  });

  it('customers whose references only look different, charged on one day: the later one, and nobody else', async () => {
    const one = await subscribe(world, 'D-77', '2027-01-05');
    const other = await subscribe(world, 'd-77', '2027-01-05');
    await subscribe(world, 'D-78', '2027-01-05');
    expect(await lookAlikesOn('2027-01-05')).toEqual([
      expect.objectContaining({ subscriptionId: other, customerReference: 'd-77', otherSubscriptionId: one }),
    ]);
    await billOn(world, '2027-01-05');
    const stop = await openStop(world, 'customer-charged-twice');
    expect(stop).toMatchObject({ subscriptionId: other });
    expect(await checked()).toHaveLength(1);
    // Resolved without a word of whether they are two: as soon as both have paid again, a person is asked again.
    await resolvedByTwo(world, stop.id, { reason: 'one was refunded' });
    await billOn(world, '2027-02-05');
    const again = await openStop(world, 'customer-charged-twice');
    expect(again).toMatchObject({ subscriptionId: other });
    expect(await checked()).toHaveLength(2);
    // Told apart once, the two are left alone.
    const decision = { reason: 'asked both', differentCustomers: true };
    const { body: resolved } = await resolvedByTwo(world, again.id, decision);
    expect(resolved.resolution).toMatchObject({
      by: ADMIN_ACTOR,
      reason: expect.stringContaining('asked both'),
      differentCustomers: true,
    });
    expect(await lookAlikesOn('2027-03-05')).toEqual([]);
    await billOn(world, '2027-03-05');
    for (const id of [one, other]) expect(await chargesOf(world, id)).toHaveLength(3);
    expect(await checked()).toHaveLength(2);
  });

  it('customers who look alike in other hyphens and letters, and are charged on different days while both go on', async () => {
    await subscribe(world, 'KB-77', '2027-01-05');
    const hyphen = await subscribe(world, 'KB\u201177', '2027-01-09');
    const cyrillic = await subscribe(world, '\u041A\u0412-77', '2027-01-11');
    await subscribe(world, 'KV-77', '2027-01-09');
    for (const day of ['05', '09', '11']) await billOn(world, `2027-01-${day}`);
    await openStop(world, 'customer-charged-twice');
    const parked = (await checked()).map(({ subscriptionId }) => subscriptionId);
    // The third looks like both.
    expect(parked.sort()).toEqual([hyphen, cyrillic, cyrillic].sort());
    await billOn(world, '2027-02-05');
    expect(await checked()).toHaveLength(3);
  });

  it('told apart is asked of customers alone', async () => {
    await unsettled('declined-');
    await plant(`id, 'declined', amount, 'TS003_1', '8101', 'planted', bulk_payment_job_id, 2, NULL`);
    const { id } = await openStop(world, 'declined-with-transaction');
    const decision = { reason: 'asked both', differentCustomers: true };
    const answer = await resolvedByTwo(world, id, decision);
    expect(answer).toMatchObject({ status: 400, body: { faults: [{ field: 'differentCustomers' }] } });
    expect((await world.get(`line-stops/${id}`)).body.state).toBe('Open');
  });

  it('but not for who subscribes again after a paid period, or has two products', async () => {
    const first = await subscribe(world, 'loyal', '2027-01-05');
    await subscribe(world, 'Loyal', '2027-01-09', { storeProductId: '0910024117' });
    await billOn(world, '2027-01-05');
    await send(world, 'POST', `subscriptions/${first}/cancel`, { when: 'now' });
    await again('loyal', '2027-01-09');
    await billOn(world, '2027-01-09');
    expect(await checked()).toEqual([]);
  });

  /** A second entry of the log, of the first charge's payment and kind as given, as if its keys were gone. */
  async function plant(entry: string): Promise<void> {
    // Its job's numbers are looked at before, or they would be wrong too.
    await checked();
    await database.execute('DROP INDEX IF EXISTS settlement_transaction_once');
    await database.execute(
      `INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
         bulk_payment_job_id, result_line_number, refund_id, settled_at)
       SELECT nextval('settlement_position'), ${entry}, $1 FROM charge ORDER BY id DESC LIMIT 1`,
      [world.clock.now()],
    );
  }

  it('a payment that settled several charges: each of them', async () => {
    const [orderNo = ''] = await paidCharges(world, 1, 'one-');
    const { body: charge } = await world.get(`charges/${orderNo}`);
    const [other = ''] = await unsettled('two-');
    await plant(`id, 'paid', amount, '${charge.transactionId}', '0000', 'planted', bulk_payment_job_id, 2, NULL`);
    await openStop(world, 'transaction-settled-twice');
    const stops = await checked();
    expect(stops.map(({ kind }) => kind)).toEqual(Array(2).fill('transaction-settled-twice'));
    expect(stops.map(({ violation }) => violation).sort()).toEqual(
      [orderNo, other].map((one) => expect.stringContaining(`settled 2 orders, ${one} among them`)),
    );
  });

  it('a charge declined whose line names a transaction', async () => {
    const [orderNo = ''] = await unsettled('declined-');
    await plant(`id, 'declined', amount, 'TS003_1', '8101', 'planted', bulk_payment_job_id, 2, NULL`);
    const stop = await openStop(world, 'declined-with-transaction');
    expect(stop).toMatchObject({ evidence: { orderNo, namedTransactionIds: ['TS003_1'] } });
  });

  it('a payment of which two charges gave back more than it was', async () => {
    const [orderNo = ''] = await paidCharges(world, 1, 'back-');
    const { body: charge } = await world.get(`charges/${orderNo}`);
    await askRefund(world, orderNo, 600);
    await until('it is refunded', async () => {
      const { body } = await world.get(`charges/${orderNo}`);
      return body.refundedAmount === 600 ? true : undefined;
    });
    await unsettled('claims-');
    await plant(`id, 'paid', amount, '${charge.transactionId}', '0000', 'planted', bulk_payment_job_id, 2, NULL`);
    await plant(
      `id, 'partially-refunded', 600, '${charge.transactionId}', '0000', 'planted', bulk_payment_job_id, NULL, 999`,
    );
    const stop = await openStop(world, 'refunded-too-much');
    expect(stop.evidence).toEqual({ transactionId: charge.transactionId, paid: 1_000, givenBack: 1_200 });
  });

  /** A charge whose result is in doubt, so that no entry of the log settles it. */
  async function unsettled(prefix: string): Promise<string[]> {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const { body } = await world.upload(requestFile(1, prefix));
    await world.settled(body.id);
    return [`${prefix}0`];
  }
});
