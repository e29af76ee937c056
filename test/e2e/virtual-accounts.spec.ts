import { Database } from '../../src/platform/database';
import { SECOND_PERSONS_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { send } from '../support/subscribers';
import { awaitedOrder, openWindow, type OpenedOrder } from '../support/toss-orders';
import { until } from '../support/until';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DELAY_MINUTES = 3;

/** Orders that customers pay into an account which Toss issues for each: over HTTP, against a gateway that keeps a book of its own. */
describe('an order paid by a deposit', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true });
  });
  afterEach(() => world.simulator.toss.disarmAllFaults());
  afterAll(() => world.close());

  const order = async ({ id }: OpenedOrder): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const charge = async ({ orderNo }: OpenedOrder): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const book = ({ orderNo }: OpenedOrder) => world.simulator.toss.bookOfOrder(orderNo);
  const seenByBuyer = async ({ token }: OpenedOrder): Promise<JsonBody> =>
    (await fetch(`${world.service.url}/checkout/v1/orders/${token}`)).json();

  const payment = async ({ orderNo }: OpenedOrder): Promise<JsonBody> => {
    const { items } = (await world.get('direct-payments?limit=100')).body;
    const { id } = items.find((one: JsonBody) => one.orderNo === orderNo);
    return (await world.get(`direct-payments/${id}`)).body;
  };
  /** As a message or a person does: a reason to look, at once. */
  const look = async (of: OpenedOrder): Promise<void> => {
    const { id } = await payment(of);
    expect((await send(world, 'POST', `direct-payments/${id}/look`, {})).status).toBe(200);
  };
  const causes = async (of: OpenedOrder): Promise<string[]> =>
    (await payment(of)).history.map(({ cause }: JsonBody) => cause);
  const inState = (of: OpenedOrder, state: string): Promise<JsonBody> =>
    until(`${of.orderNo} is ${state}`, async () => {
      const found = await order(of);
      return found.state === state ? found : undefined;
    });
  const deposited = (of: OpenedOrder): Promise<JsonBody> =>
    until(`the deposit of ${of.orderNo} is seen`, async () => {
      const found = await order(of);
      return found.deposit.depositedAt === null ? undefined : found;
    });
  const settled = async (of: OpenedOrder): Promise<JsonBody[]> =>
    (await world.get('settlement-log?limit=1000')).body.items.filter(({ orderNo }: JsonBody) => orderNo === of.orderNo);
  const stopsOf = async (of: OpenedOrder, kind: string): Promise<JsonBody[]> =>
    (await world.get('line-stops?limit=100')).body.items.filter(
      (stop: JsonBody) => stop.kind === kind && stop.evidence.orderNo === of.orderNo,
    );
  /** So many hours after the account's time is over. */
  async function pastDue(of: OpenedOrder, hours: number): Promise<void> {
    const { dueAt } = (await order(of)).deposit;
    const seconds = (new Date(dueAt).getTime() - world.clock.now().getTime()) / 1000;
    world.clock.advanceSeconds(seconds + hours * HOUR_SECONDS);
  }

  /** The deposit has come, is seen, and stays. */
  async function paid(): Promise<OpenedOrder> {
    const of = await awaitedOrder(world);
    world.simulator.toss.deposit(of.orderNo);
    await look(of);
    await deposited(of);
    world.clock.advanceSeconds(DELAY_MINUTES * MINUTE_SECONDS);
    await inState(of, 'Paid');
    return of;
  }

  it('waits with the account that was issued, and nothing is settled before the deposit', async () => {
    const of = await awaitedOrder(world);
    const account = { bankName: '우리', accountNumber: expect.stringMatching(/^X\d+$/), holder: '이손님' };
    expect(await order(of)).toMatchObject({
      state: 'AwaitingDeposit',
      endedAt: null,
      deposit: { ...account, bankCode: '20', depositedAt: null },
    });
    expect(await seenByBuyer(of)).toMatchObject({
      state: 'AwaitingDeposit',
      deposit: { ...account, deposited: false },
    });
    expect(await payment(of)).toMatchObject({ state: 'Awaited', actions: ['look'] });
    expect(await charge(of)).toMatchObject({ state: 'Submitted' });
    expect(await settled(of)).toEqual([]);
    expect(await openWindow(world, of.token)).toMatchObject({ status: 409, body: { code: 'order-busy' } });
    expect(book(of)).toMatchObject([{ status: 'WAITING_FOR_DEPOSIT', approvals: 0 }]);
  });

  it('keeps the secret of its messages sealed, and tells by it and nothing else', async () => {
    const of = await awaitedOrder(world);
    const [row] = await world.service.app.get(Database).rows<{ ciphertext: Buffer; dump: string }>(
      `SELECT secret_ciphertext AS ciphertext, row_to_json(deposit_account)::text AS dump FROM deposit_account
       JOIN order_attempt USING (direct_payment_id) WHERE order_no = $1`,
      [of.orderNo],
    );
    expect(row?.ciphertext.length).toBeGreaterThan(29);
    expect(row?.dump).not.toContain('ps_');
    expect(JSON.stringify([await order(of), await payment(of), await seenByBuyer(of)])).not.toContain('ps_');
  });

  it('is issued once, however often the customer comes back, and after a lost answer', async () => {
    world.simulator.toss.armFault({ kind: 'answer-lost', call: 'confirm' });
    const of = await awaitedOrder(world);
    expect((await order(of)).state).toBe('InDoubt');
    world.clock.advanceSeconds(20);
    await inState(of, 'AwaitingDeposit');
    const { paymentKey } = world.simulator.toss.bookOfOrder(of.orderNo)[0]!;
    const back = `return?paymentKey=${paymentKey}&orderId=${of.orderNo}&amount=${of.window.amount}`;
    const again = await fetch(`${world.service.url}/checkout/v1/orders/${of.token}/${back}`, { redirect: 'manual' });
    expect(again.headers.get('location')).toContain('state=AwaitingDeposit');
    expect(book(of)).toHaveLength(1);
  });

  it('settles once, when the deposit has stayed for a while and a second look says so', async () => {
    const of = await awaitedOrder(world);
    expect(world.simulator.toss.deposit(of.orderNo)).toBe(true);
    await look(of);
    await deposited(of);
    expect((await seenByBuyer(of)).deposit).toMatchObject({ deposited: true });
    // Another look before the time is no second one.
    await look(of);
    await until('it is looked at once more', async () => ((await payment(of)).looks.length > 1 ? true : undefined));
    expect(await order(of)).toMatchObject({ state: 'AwaitingDeposit' });
    expect(await settled(of)).toEqual([]);
    world.clock.advanceSeconds(DELAY_MINUTES * MINUTE_SECONDS);
    await inState(of, 'Paid');
    expect(await settled(of)).toMatchObject([{ kind: 'paid', amount: 15_000 }]);
    expect(await charge(of)).toMatchObject({ state: 'Paid' });
    expect(await causes(of)).toEqual([
      'confirmed by the customer',
      'sending begins',
      'account issued',
      'deposit seen',
      'deposit found',
    ]);
    expect((await seenByBuyer(of)).deposit).toBeNull();
  });

  it('is looked for at once when Toss tells of it, and by nothing that names another secret', async () => {
    const of = await awaitedOrder(world);
    const hooks = `${world.service.url}/webhooks/toss/toss`;
    world.simulator.toss.deposit(of.orderNo);
    const forged = {
      createdAt: '2026-11-28T15:20:31.123456',
      secret: 'ps_forged',
      status: 'DONE',
      transactionKey: 'x',
    };
    await world.simulator.toss.forgeWebhook(hooks, { ...forged, orderId: of.orderNo });
    const message = await until('the forged message is set aside', async () =>
      (await world.get('notifications?limit=100')).body.items.find(
        ({ orderNo, retry }: JsonBody) => orderNo === of.orderNo && retry !== null,
      ),
    );
    expect(message).toMatchObject({ retry: { error: 'its secret is not that of the deposit' } });
    expect((await payment(of)).looks).toEqual([]);
    world.simulator.toss.setWebhookUrls([hooks]);
    world.simulator.toss.reverseDeposit(of.orderNo);
    world.simulator.toss.deposit(of.orderNo);
    await world.simulator.toss.deliverWebhooks();
    await deposited(of);
    world.simulator.toss.setWebhookUrls([]);
    expect(await settled(of)).toEqual([]);
  });

  it('is found without any message, at a modest pace', async () => {
    const of = await awaitedOrder(world);
    world.simulator.toss.deposit(of.orderNo);
    world.clock.advanceSeconds(HOUR_SECONDS);
    expect((await deposited(of)).state).toBe('AwaitingDeposit');
  });

  it('takes no other sum: the account waits on', async () => {
    const of = await awaitedOrder(world);
    expect(world.simulator.toss.deposit(of.orderNo, 14_999)).toBe(false);
    await look(of);
    await until('it is looked at', async () => ((await payment(of)).looks.length > 0 ? true : undefined));
    expect(await order(of)).toMatchObject({ state: 'AwaitingDeposit', deposit: { depositedAt: null } });
  });

  it.each(['answer-other-amount', 'answer-other-currency'] as const)('is never taken for paid by %s', async (kind) => {
    const of = await awaitedOrder(world);
    world.simulator.toss.deposit(of.orderNo);
    world.simulator.toss.armFault({ kind, call: 'lookup', orderId: of.orderNo });
    await look(of);
    await inState(of, 'InDoubt');
    expect(await payment(of)).toMatchObject({ state: 'Unknown' });
    expect(await settled(of)).toEqual([]);
    await look(of);
    await inState(of, 'Paid');
  });

  it('waits again when the bank takes the deposit back before it counts, and settles by the next one', async () => {
    const of = await awaitedOrder(world);
    world.simulator.toss.deposit(of.orderNo);
    await look(of);
    await deposited(of);
    world.simulator.toss.reverseDeposit(of.orderNo);
    world.clock.advanceSeconds(DELAY_MINUTES * MINUTE_SECONDS);
    await until('it waits again', async () => ((await order(of)).deposit.depositedAt === null ? true : undefined));
    expect(await order(of)).toMatchObject({ state: 'AwaitingDeposit' });
    expect((await causes(of)).slice(-2)).toEqual(['deposit seen', 'deposit taken back']);
    expect(await settled(of)).toEqual([]);
    world.simulator.toss.deposit(of.orderNo);
    await look(of);
    await deposited(of);
    world.clock.advanceSeconds(DELAY_MINUTES * MINUTE_SECONDS);
    await inState(of, 'Paid');
    expect(await settled(of)).toHaveLength(1);
  });

  it('is over when the bank takes the deposit back by the older API: it is not paid, and may be paid anew', async () => {
    const of = await awaitedOrder(world);
    world.simulator.toss.deposit(of.orderNo);
    await look(of);
    await deposited(of);
    world.simulator.toss.reverseDeposit(of.orderNo, true);
    world.clock.advanceSeconds(DELAY_MINUTES * MINUTE_SECONDS);
    await inState(of, 'Ready');
    expect((await causes(of)).slice(-2)).toEqual(['deposit seen', 'deposit taken back for good']);
    expect(await charge(of)).toMatchObject({ state: 'Declined' });
  });

  it.each([
    ['WAITING_FOR_DEPOSIT', false],
    ['CANCELED', true],
  ])(
    'that is settled and taken back since (%s) is said to people, who record it in the log',
    async (_status, isOver) => {
      const of = await paid();
      world.simulator.toss.reverseDeposit(of.orderNo, isOver);
      world.clock.advanceSeconds(HOUR_SECONDS);
      const stop = await until('the line stops', async () => (await stopsOf(of, 'deposit-taken-back'))[0]);
      expect((await order(of)).lineStop).toBe(`/admin/v1/line-stops/${stop.id}`);
      expect(await order(of)).toMatchObject({ state: 'Paid' });
      expect((await world.get(`charges/${of.orderNo}/transaction`)).status).toBe(200);
      const body = { orderNo: of.orderNo, amount: 15_000, reason: 'the bank took it back' };
      const recorded = await send(world, 'POST', 'outside-refunds', body);
      expect(recorded).toMatchObject({ status: 202, body: { approval: { kind: 'outside-refund' } } });
      const second = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
      const { id } = recorded.body.approval;
      const approved = await send(world, 'POST', `approvals/${id}/approve`, { reason: 'seen too' }, second);
      expect(approved.body).toMatchObject({ state: 'Approved' });
      expect((await settled(of)).map(({ kind }) => kind).sort()).toEqual(['paid', 'refunded']);
    },
  );

  it('that Toss has after all, when the order has expired, stops the line once', async () => {
    const of = await awaitedOrder(world);
    world.simulator.toss.armFault({
      kind: 'answer-other-status',
      options: { status: 'EXPIRED' },
      call: 'lookup',
      orderId: of.orderNo,
    });
    world.clock.advanceSeconds(11 * HOUR_SECONDS);
    await inState(of, 'Expired');
    world.simulator.toss.deposit(of.orderNo);
    world.clock.advanceSeconds(24 * HOUR_SECONDS);
    await until('the line stops', async () => (await stopsOf(of, 'paid-after-all'))[0]);
    expect(await settled(of)).toMatchObject([{ kind: 'declined' }]);
  });

  it('expires when its time is over without a deposit', async () => {
    const of = await awaitedOrder(world);
    await world.simulator.control.advance(168 * HOUR_SECONDS * 1000);
    await pastDue(of, 1);
    await inState(of, 'Expired');
    expect(await order(of)).toMatchObject({ failure: { code: 'EXPIRED_PAYMENT' } });
    expect(await charge(of)).toMatchObject({ state: 'Declined' });
    expect(book(of)).toMatchObject([{ status: 'EXPIRED', approvals: 0 }]);
  });

  it('that Toss holds open beyond its time is closed there after the grace, and only then expires', async () => {
    const of = await awaitedOrder(world);
    await pastDue(of, 1);
    await until('it is looked at', async () => ((await payment(of)).looks.length > 0 ? true : undefined));
    expect(await order(of)).toMatchObject({ state: 'AwaitingDeposit' });
    expect(book(of)).toMatchObject([{ status: 'WAITING_FOR_DEPOSIT' }]);
    await pastDue(of, 12);
    await until('it is closed', () => Promise.resolve(book(of)[0]?.status === 'CANCELED' || undefined));
    world.clock.advanceSeconds(20);
    await inState(of, 'Expired');
  });

  it('is closed at Toss, in full, when the shop cancels it', async () => {
    const of = await awaitedOrder(world);
    expect((await send(world, 'POST', `orders/${of.id}/cancel`, { reason: 'sold out' })).status).toBe(200);
    await until('it is closed', () => Promise.resolve(book(of)[0]?.status === 'CANCELED' || undefined));
    world.clock.advanceSeconds(20);
    await until('its payment ends', async () => ((await payment(of)).state === 'Declined' ? true : undefined));
    expect(await order(of)).toMatchObject({ state: 'Canceled' });
    expect(book(of)).toMatchObject([{ approvals: 0, cancels: [{ amount: 15_000 }] }]);
  });
});
