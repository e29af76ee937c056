import { BillingTokenVault } from '../../src/billing-token';
import { CHECKS_BY_POSITION } from '../../src/bulk-payment/checks/line-checks';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { lineChecked } from '../support/line-checks';
import { openStop, resolvedByTwo } from '../support/doubt';
import { askRefund, paidCharges } from '../support/refunds';
import { requestFile, tokenOf } from '../support/request-files';
import {
  OTHER_PRODUCT,
  PRODUCT,
  agreed,
  billOn,
  chargesOf,
  send,
  sendOn,
  settleAll,
  subscribe,
} from '../support/subscribers';
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
    await lineChecked(world);
    return (await world.get('line-stops?limit=100')).body.items;
  }

  /** Whom the dry run of a date says may be charged twice. */
  async function lookAlikesOn(date: string): Promise<JsonBody[]> {
    const { body } = await send(world, 'POST', 'billing-runs/dry-run', { date });
    expect(body.lookAlikes.count).toBe(body.lookAlikes.first.length);
    return body.lookAlikes.first;
  }

  /** Lets the first charge of a subscription go that was parked because its days are charged already, in the run of a day. */
  async function letGo(subscriptionId: string, on: string): Promise<void> {
    const { body } = await world.get(`line-stops?state=Open&subscriptionId=${subscriptionId}`);
    expect(body.items).toEqual([
      expect.objectContaining({
        kind: 'unbillable',
        evidence: expect.objectContaining({ reason: expect.stringMatching(/are paid for, or being charged, by/) }),
      }),
    ]);
    expect(await chargesOf(world, subscriptionId)).toEqual([]);
    const resolved = await send(world, 'POST', `line-stops/${body.items[0].id}/resolve`, {
      reason: 'they buy it anew',
    });
    expect(resolved).toMatchObject({ status: 200, body: { state: 'Resolved' } });
    await billOn(world, on);
    expect(await chargesOf(world, subscriptionId)).toHaveLength(1);
  }

  const twice = async (): Promise<JsonBody[]> =>
    (await checked()).filter(({ kind }) => kind === 'customer-charged-twice');

  const hashOf = (customer: string): Buffer => world.service.app.get(BillingTokenVault).hashOf(tokenOf(customer));

  /** Two who are charged on one day, by the billing token of the first. */
  async function familyOf(payer: string, other: string): Promise<[string, string]> {
    const first = await subscribe(world, payer, '2027-01-05');
    return [first, await subscribe(world, other, '2027-01-05', { billingTokenHash: hashOf(payer) })];
  }

  /** So many whose names read the same, and are charged on one day; the oldest first. */
  async function alike(count: number): Promise<string[]> {
    const ids: string[] = [];
    const names = ['KB-77', 'kb-77', 'kB-77', 'Kb-77', 'kb\u201177'];
    for (const name of names.slice(0, count)) ids.push(await subscribe(world, name, '2027-01-05'));
    return ids;
  }

  const namedIn = (stop?: JsonBody): string[] =>
    stop?.evidence.customers.map(({ subscriptionId }: JsonBody) => subscriptionId as string);

  /** The newest subscription: a customer may have had others. */
  async function again(customer: string, on: string): Promise<string> {
    await subscribe(world, customer, on);
    const [row] = await database.rows<{ id: string }>('SELECT max(id)::text AS id FROM subscription');
    return row?.id ?? '';
  }

  it('a customer who cancels and subscribes again while a charge is on its way, and pays twice', async () => {
    const first = await subscribe(world, 'hasty', '2027-01-05');
    const held = world.simulator.control.armFault({ kind: 'result-held' });
    await sendOn(world, '2027-01-05');
    await send(world, 'POST', `subscriptions/${first}/cancel`, { when: 'now' });
    const second = await again('hasty', '2027-01-06');
    expect(second).not.toBe(first);
    world.simulator.control.disarmFault(held.id);
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
        byBillingToken: false,
      },
    ]);
    // And so is the run, which charges no days that are charged already unless a person lets it.
    const { body: dryRun } = await send(world, 'POST', 'billing-runs/dry-run', { date: '2027-01-06' });
    expect(dryRun).toMatchObject({ total: { count: 0 }, parked: { count: 1, first: [{ subscriptionId: second }] } });
    await billOn(world, '2027-01-06');
    await letGo(second, '2027-01-07');
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
    // Of two in one run the older goes, and the dry run says so before.
    const { body: dryRun } = await send(world, 'POST', 'billing-runs/dry-run', { date: '2027-01-05' });
    expect(dryRun).toMatchObject({ total: { count: 2 }, parked: { count: 1, first: [{ subscriptionId: other }] } });
    await billOn(world, '2027-01-05');
    expect(await chargesOf(world, one)).toHaveLength(1);
    await letGo(other, '2027-01-06');
    const stop = await openStop(world, 'customer-charged-twice');
    expect(stop).toMatchObject({ subscriptionId: other });
    expect(await twice()).toHaveLength(1);
    // Resolved without a word of whether they are two: as soon as both have paid again, a person is asked again.
    await resolvedByTwo(world, stop.id, { reason: 'one was refunded' });
    await billOn(world, '2027-02-05');
    const again = await openStop(world, 'customer-charged-twice');
    expect(again).toMatchObject({ subscriptionId: other });
    expect(await twice()).toHaveLength(2);
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
    expect(await twice()).toHaveLength(2);
  });

  it('customers with one billing token, whatever they are called: parked before it is charged, and raised when both paid', async () => {
    const [mother, child] = await familyOf('mother', 'child');
    expect(await lookAlikesOn('2027-01-05')).toEqual([
      expect.objectContaining({ subscriptionId: child, otherSubscriptionId: mother, byBillingToken: true }),
    ]);
    const { body: dryRun } = await send(world, 'POST', 'billing-runs/dry-run', { date: '2027-01-05' });
    expect(dryRun).toMatchObject({
      total: { count: 1 },
      parked: { count: 1, first: [{ reason: expect.stringMatching(/of "mother", by the same billing token$/) }] },
    });
    await billOn(world, '2027-01-05');
    expect(await chargesOf(world, mother)).toHaveLength(1);
    await letGo(child, '2027-01-06');
    const stop = await openStop(world, 'customer-charged-twice');
    expect(stop).toMatchObject({ subscriptionId: child });
    expect(stop.evidence.customers.map(({ customerReference }: JsonBody) => customerReference)).toEqual([
      'mother',
      'child',
    ]);
  });

  it('customers with one payer, told apart before both are charged, and never again', async () => {
    const [mother, child] = await familyOf('mother', 'child');
    // Another product is another thing to pay for.
    await subscribe(world, 'father', '2027-01-05', {
      billingTokenHash: hashOf('mother'),
      storeProductId: '0910024117',
    });
    await billOn(world, '2027-01-05');
    const stop = await openStop(world, 'unbillable');
    expect(stop.subscriptionId).toBe(child);
    expect(stop.evidence.customers).toEqual([
      { subscriptionId: mother, customerReference: 'mother' },
      { subscriptionId: child, customerReference: 'child' },
    ]);
    // It is said for good, so two say it.
    const decision = { reason: 'she pays for her child', differentCustomers: true };
    const asked = await send(world, 'POST', `line-stops/${stop.id}/resolve`, decision);
    expect(asked).toMatchObject({
      status: 202,
      body: { because: expect.stringContaining('all it names are charged') },
    });
    expect((await agreed(world, asked)).status).toBe(200);
    expect((await world.get(`line-stops/${stop.id}`)).body.resolution).toMatchObject({ differentCustomers: true });
    for (const day of ['2027-01-06', '2027-02-05', '2027-03-05']) await billOn(world, day);
    for (const id of [mother, child]) expect(await chargesOf(world, id)).toHaveLength(3);
    expect(await checked()).toHaveLength(1);
    expect(await lookAlikesOn('2027-04-05')).toEqual([]);
  });

  it('nor is one parked beside another that can’t be charged itself', async () => {
    await subscribe(world, 'gone', '2027-01-05');
    const one = await subscribe(world, 'D-77', '2027-01-05');
    const other = await subscribe(world, 'd-77', '2027-01-05');
    const { id: takerId } = (await world.upload(requestFile(1, 'taker-'))).body;
    // A row beside those of its file would keep the job from being sent.
    await world.settled(takerId);
    await database.execute(
      `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
         credit_card_amount, tmembership_amount, billing_token_hash, created_at)
       SELECT $1, $2, 99, '0910024116', 'x', 1, 1, 0, 0, $3, $4`,
      [`B20270105-${one}-1`, takerId, hashOf('D-77'), world.clock.now()],
    );
    await billOn(world, '2027-01-05');
    expect(await chargesOf(world, one)).toEqual([]);
    expect(await chargesOf(world, other)).toHaveLength(1);
  });

  it('customers who look alike in other hyphens and letters, and are charged on different days while both go on', async () => {
    await subscribe(world, 'KB-77', '2027-01-05');
    const hyphen = await subscribe(world, 'KB\u201177', '2027-01-09');
    const cyrillic = await subscribe(world, '\u041A\u0412-77', '2027-01-11');
    await subscribe(world, 'KV-77', '2027-01-09');
    for (const day of ['05', '09']) await billOn(world, `2027-01-${day}`);
    await letGo(hyphen, '2027-01-10');
    await billOn(world, '2027-01-11');
    await letGo(cyrillic, '2027-01-12');
    await openStop(world, 'customer-charged-twice');
    const twice = (await checked()).filter(({ kind }) => kind === 'customer-charged-twice');
    const parked = twice.map(({ subscriptionId }) => subscriptionId);
    expect(parked.sort()).toEqual([hyphen, cyrillic].sort());
    await billOn(world, '2027-02-05');
    expect(await checked()).toHaveLength(4);
  });

  it('several who look alike: one line stop for each later one, which names all before it and tells it apart from them', async () => {
    const [one = '', two = '', three = '', four = '', five = ''] = await alike(5);
    await billOn(world, '2027-01-05');
    for (const [place, id] of [two, three, four, five].entries()) {
      const { body } = await world.get(`line-stops?state=Open&subscriptionId=${id}`);
      expect(namedIn(body.items[0])).toEqual([one, two, three, four, five].slice(0, place + 2));
    }
    for (const [place, id] of [two, three, four, five].entries()) await letGo(id, `2027-01-0${6 + place}`);
    const stops = await twice();
    const byId = new Map(stops.map((stop) => [stop.subscriptionId as string, stop]));
    expect(stops).toHaveLength(4);
    expect(namedIn(byId.get(two))).toEqual([one, two]);
    expect(namedIn(byId.get(three))).toEqual([one, two, three]);
    expect(namedIn(byId.get(five))).toEqual([one, two, three, four, five]);
    expect(byId.get(two)?.violation).toMatch(
      /^subscription \d+ of "KB-77" and subscription \d+ of "kb-77" both paid for/,
    );
    expect(byId.get(five)?.violation).toMatch(/of "kB-77", 1 more and subscription \d+ of "kb‑77" all paid for/);
    const decision = { reason: 'asked them', differentCustomers: true };
    for (const { id } of stops) expect((await resolvedByTwo(world, id, decision)).status).toBe(200);
    await billOn(world, '2027-02-05');
    for (const id of [one, two, three, four, five]) expect(await chargesOf(world, id)).toHaveLength(2);
    expect(await twice()).toHaveLength(4);
  });

  it('and only one for each where their payments are looked at one after the other', async () => {
    const [, two = '', three = ''] = await alike(3);
    await billOn(world, '2027-01-05');
    await letGo(two, '2027-01-06');
    await letGo(three, '2027-01-07');
    expect(await twice()).toHaveLength(2);
    const sql = CHECKS_BY_POSITION.get('customer-charged-twice')?.sql ?? '';
    const told = (await twice()).map(({ violation }) => violation as string);
    const entries = await database.rows<{ position: string }>('SELECT position FROM settlement ORDER BY position');
    for (const { position } of entries) {
      const found = await database.rows<{ violation: string }>(sql, [String(BigInt(position) - 1n), position]);
      for (const { violation } of found) expect(told).toContain(violation);
    }
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
    const second = await again('loyal', '2027-01-09');
    await billOn(world, '2027-01-09');
    await letGo(second, '2027-01-10');
    expect((await checked()).filter(({ kind }) => kind !== 'unbillable')).toEqual([]);
  });

  it('a customer who changed to another product and subscribes to the old one anew: its days are paid for', async () => {
    const changed = await subscribe(world, 'mover', '2027-01-05');
    await billOn(world, '2027-01-05');
    const change = await send(world, 'PATCH', `subscriptions/${changed}`, {
      storeProductId: OTHER_PRODUCT.storeProductId,
    });
    expect(change.status).toBe(200);
    const anew = await again('mover', '2027-01-09');
    expect(await lookAlikesOn('2027-01-09')).toEqual([
      expect.objectContaining({ subscriptionId: anew, otherSubscriptionId: changed }),
    ]);
    await billOn(world, '2027-01-09');
    await letGo(anew, '2027-01-10');
    // Both were charged for one product and the same days, whatever the first one is for now.
    expect(await openStop(world, 'customer-charged-twice')).toMatchObject({
      subscriptionId: anew,
      evidence: { storeProductId: PRODUCT.storeProductId },
    });
    // What comes from here on is for two products.
    const [{ id }] = (await twice()) as [JsonBody];
    await resolvedByTwo(world, id, { reason: 'given back' });
    for (const day of ['2027-02-05', '2027-02-09']) await billOn(world, day);
    for (const one of [changed, anew]) expect(await chargesOf(world, one)).toHaveLength(2);
    expect(await twice()).toHaveLength(1);
  });

  it('but not for days that were paid for another product, which the first one has changed from', async () => {
    const changed = await subscribe(world, 'mover', '2027-01-05', { storeProductId: OTHER_PRODUCT.storeProductId });
    await billOn(world, '2027-01-05');
    await send(world, 'PATCH', `subscriptions/${changed}`, { storeProductId: PRODUCT.storeProductId });
    // A name of its own: one customer has a product once.
    const anew = await subscribe(world, 'Mover', '2027-01-09');
    await billOn(world, '2027-01-09');
    expect(await chargesOf(world, anew)).toHaveLength(1);
    expect(await checked()).toEqual([]);
  });

  it('nor is the first charge parked of who subscribes again for days that nothing is paid for', async () => {
    const first = await subscribe(world, 'later', '2027-01-05');
    await billOn(world, '2027-01-05');
    await send(world, 'POST', `subscriptions/${first}/cancel`, { when: 'now' });
    const second = await again('later', '2027-02-05');
    await billOn(world, '2027-02-05');
    expect(await chargesOf(world, second)).toHaveLength(1);
    expect((await checked()).filter(({ state }) => state === 'Open')).toEqual([]);
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
