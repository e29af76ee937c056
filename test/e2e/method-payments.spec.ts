import { PaymentMethods } from '../../src/payment-method';
import { Database } from '../../src/platform/database';
import type { TossFaultOrder } from '../../simulator';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { cardSubscriber, paymentIn, registerCard } from '../support/payment-methods';
import { until } from '../support/until';
import { PRODUCT, agreed, billOn, historyOf, planOn, send, subscribe, subscriptionRow } from '../support/subscribers';

/** Subscriptions that are paid by a card of Toss's, month by month, against a gateway that keeps a book of its own. */
describe('a subscription paid by a payment method', () => {
  let world: BillingWorld;
  let days = new Date('2027-01-05T00:00:00Z');

  beforeAll(async () => {
    world = await startWorld({ toss: true, simulator: { declineRate: 0 } });
  });

  afterEach(() => {
    world.simulator.toss.disarmAllFaults();
    world.simulator.toss.forgetDeclines();
  });
  afterAll(() => world.close());

  /** Each test has days of its own, ten after those of the test before. */
  function nextDay(): string {
    days = new Date(days.getTime() + 10 * 86_400_000);
    return days.toISOString().slice(0, 10);
  }

  const subscriber = (customer: string, startedOn: string) => cardSubscriber(world, customer, startedOn);
  const shown = async (id: string): Promise<JsonBody> => (await world.get(`subscriptions/${id}`)).body;
  const book = (orderNo: string) => world.simulator.toss.bookOfOrder(orderNo);
  const approvals = (orderNo: string): number => book(orderNo).reduce((sum, entry) => sum + entry.approvals, 0);
  const after = (day: string, more: number): string =>
    new Date(Date.parse(`${day}T00:00:00Z`) + more * 86_400_000).toISOString().slice(0, 10);

  it('is charged by one call each month, beside what T store collects, and settled by the same log', async () => {
    const day = nextDay();
    const ada = await subscriber('ada', day);
    const bo = await subscribe(world, 'bo', day);
    await billOn(world, day);
    await paymentIn(world, ada.orderNo(day), 'Paid');
    const [entry] = book(ada.orderNo(day));
    expect(entry).toMatchObject({ status: 'DONE', approvals: 1, approvedAmount: PRODUCT.amount });
    const month = `2027-02-${day.slice(8)}`;
    for (const id of [ada.id, bo])
      expect(await subscriptionRow(world, id)).toMatchObject({ next: month, paidThrough: month });
    const [run] = (await world.get('billing-runs')).body.items;
    expect(run.planned).toEqual({ count: 2, amount: 2 * PRODUCT.amount });
    const charge = (await world.get(`charges/${ada.orderNo(day)}`)).body;
    expect(charge).toMatchObject({ state: 'Paid', gateway: 'toss', gatewayAccount: 'toss' });
    await billOn(world, month);
    days = new Date(`${month}T00:00:00Z`);
    await paymentIn(world, ada.orderNo(month), 'Paid');
    expect((await subscriptionRow(world, ada.id)).paidThrough).toBe(`2027-03-${day.slice(8)}`);
  });

  it('is tried again on the days of the retry rules when declined for now', async () => {
    const day = nextDay();
    const { id, orderNo, customerKey } = await subscriber('cho', day);
    world.simulator.toss.declineApprovals({ customerKey, code: 'REJECT_CARD_PAYMENT', times: 1 });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(await shown(id)).toMatchObject({ state: 'PastDue', newMethodNeeded: false, retryOn: after(day, 3) });
    await planOn(world, after(day, 3));
    await paymentIn(world, orderNo(day, 2), 'Paid');
    expect(await shown(id)).toMatchObject({ state: 'Active', retryOn: null });
    expect([approvals(orderNo(day)), approvals(orderNo(day, 2))]).toEqual([0, 1]);
  });

  it('is tried no more when the code says never, and its method stays', async () => {
    const day = nextDay();
    const { id, orderNo, customerKey } = await subscriber('dan', day);
    world.simulator.toss.declineApprovals({ customerKey, code: 'FDS_ERROR' });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(await shown(id)).toMatchObject({ state: 'PastDue', retryOn: null, paymentMethod: { state: 'Active' } });
    expect(await historyOf(world, id)).toContain(
      'PastDue > PastDue: no further attempt: the result code is never retried',
    );
  });

  it('needs another method when the card is dead, is not charged meanwhile, and is with the new one', async () => {
    const day = nextDay();
    const { id, method, orderNo, customerKey } = await subscriber('eun', day);
    world.simulator.toss.declineApprovals({ customerKey, code: 'INVALID_STOPPED_CARD' });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Declined');
    expect(await shown(id)).toMatchObject({ newMethodNeeded: true, paymentMethod: { state: 'Invalid' } });
    const needing = (await world.get('subscriptions?newMethodNeeded=true')).body.items;
    expect(needing.map((subscription: JsonBody) => subscription.id)).toEqual([id]);
    const { stuck } = (await world.get('summary')).body;
    expect(stuck.find(({ kind }: JsonBody) => kind === 'payment-methods-needed')).toMatchObject({ count: 1 });
    await planOn(world, after(day, 3));
    expect((await world.get(`charges?subscriptionId=${id}`)).body.items).toHaveLength(1);
    await registerCard(world, 'eun', { replaces: method.id });
    await planOn(world, after(day, 4));
    await paymentIn(world, orderNo(day, 2), 'Paid');
    expect(await shown(id)).toMatchObject({ state: 'Active', newMethodNeeded: false });
  });

  it('needs another method once a no without a reason has come more often than twice', async () => {
    const day = nextDay();
    const { id, orderNo, customerKey } = await subscriber('fay', day);
    world.simulator.toss.declineApprovals({ customerKey, code: 'REJECT_CARD_COMPANY' });
    for (const [attempt, on] of [day, after(day, 3), after(day, 10)].entries()) {
      expect((await shown(id)).newMethodNeeded).toBe(false);
      await planOn(world, on);
      await paymentIn(world, orderNo(day, attempt + 1), 'Declined');
    }
    expect(await shown(id)).toMatchObject({ newMethodNeeded: true, paymentMethod: { state: 'Invalid' } });
    days = new Date(`${after(day, 10)}T00:00:00Z`);
  });

  it.each<Omit<TossFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-html' },
    { kind: 'call-failing' },
    { kind: 'call-cut' },
  ])('is charged once after $kind', async (fault) => {
    const day = nextDay();
    const { id, orderNo } = await subscriber(`lost-${fault.kind}`, day);
    world.simulator.toss.armFault({ ...fault, call: 'billing-charge', orderId: orderNo(day) });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Paid');
    expect(approvals(orderNo(day))).toBe(1);
    expect((await shown(id)).paidThroughOn).not.toBeNull();
  });

  it.each<TossFaultOrder['kind']>([
    'answer-other-amount',
    'answer-other-order',
    'answer-other-status',
    'answer-other-currency',
  ])('is not taken for paid by %s, and is when Toss is asked again', async (kind) => {
    const day = nextDay();
    const { id, orderNo } = await subscriber(`other-${kind}`, day);
    world.simulator.toss.armFault({ kind, call: 'billing-charge', orderId: orderNo(day) });
    const silent = { kind: 'call-failing', call: 'lookup', orderId: orderNo(day), times: 1_000 } as const;
    const { id: silence } = world.simulator.toss.armFault(silent);
    await planOn(world, day);
    const payment = await paymentIn(world, orderNo(day), 'Unknown');
    expect((await shown(id)).paidThroughOn).toBeNull();
    world.simulator.toss.disarmFault(silence);
    await send(world, 'POST', `direct-payments/${payment.id}/look`, {});
    await paymentIn(world, orderNo(day), 'Paid');
    expect(approvals(orderNo(day))).toBe(1);
  });

  it('waits for the kill switch, and is withdrawn where nobody wants it any more when that is released', async () => {
    const day = nextDay();
    const [paid, canceled, removed] = [
      await subscriber('gil', day),
      await subscriber('hana', day),
      await subscriber('in', day),
    ];
    expect((await send(world, 'POST', 'kill-switch', { reason: 'a look first' })).status).toBe(200);
    await planOn(world, day);
    world.clock.advanceSeconds(60);
    for (const { orderNo } of [paid, canceled, removed]) {
      expect(await paymentIn(world, orderNo(day), 'Pending')).toBeDefined();
    }
    await send(world, 'POST', `subscriptions/${canceled.id}/cancel`, { when: 'now' });
    await send(world, 'POST', `payment-methods/${removed.method.id}/remove`, { reason: 'asked by the customer' });
    await agreed(world, await send(world, 'DELETE', 'kill-switch', { reason: 'looked' }));
    await paymentIn(world, paid.orderNo(day), 'Paid');
    await paymentIn(world, canceled.orderNo(day), 'Canceled');
    await paymentIn(world, removed.orderNo(day), 'Canceled');
    expect((await world.get(`charges/${canceled.orderNo(day)}`)).body.state).toBe('Withdrawn');
    expect([approvals(canceled.orderNo(day)), approvals(removed.orderNo(day))]).toEqual([0, 0]);
    expect(await shown(removed.id)).toMatchObject({ state: 'Active', newMethodNeeded: true });
    // Withdrawn is as if it had never been planned: it is due once there is a card.
    const { method } = await registerCard(world, 'in');
    await send(world, 'PUT', `subscriptions/${removed.id}/payment-method`, { paymentMethodId: method.id });
    await planOn(world, after(day, 1));
    await paymentIn(world, removed.orderNo(day, 2), 'Paid');
  });

  it('is not sent again after our key was refused where nobody wants it any more, nor by a card that was removed', async () => {
    const day = nextDay();
    const [kept, canceled, removed] = [
      await subscriber('noh', day),
      await subscriber('oh', day),
      await subscriber('park', day),
    ];
    const all = [kept, canceled, removed];
    const payment = async (orderNo: string) => (await world.get(`direct-payments?orderNo=${orderNo}`)).body.items[0];
    const options = { code: 'UNAUTHORIZED_KEY', status: 401 };
    world.simulator.toss.armFault({ kind: 'call-refused', call: 'billing-charge', options, times: 1_000 });
    await planOn(world, day);
    for (const { orderNo } of all) {
      await until('it was tried, and certainly not taken', async () => {
        const { history } = (await world.get(`direct-payments/${(await payment(orderNo(day))).id}`)).body;
        return history.find(({ cause }: JsonBody) => cause === 'not taken by the gateway');
      });
    }
    expect((await send(world, 'POST', 'kill-switch', { reason: 'the key is put right' })).status).toBe(200);
    for (const { orderNo } of all) await paymentIn(world, orderNo(day), 'Pending');
    await send(world, 'POST', `subscriptions/${canceled.id}/cancel`, { when: 'now' });
    await send(world, 'POST', `payment-methods/${removed.method.id}/remove`, { reason: 'asked by the customer' });
    world.simulator.toss.disarmAllFaults();
    await agreed(world, await send(world, 'DELETE', 'kill-switch', { reason: 'it is right' }));
    const states = await until('all have ended', async () => {
      world.clock.advanceSeconds(20);
      const payments = await Promise.all(all.map(({ orderNo }) => payment(orderNo(day))));
      const ended = payments.every(({ state }) => ['Paid', 'Declined', 'Canceled'].includes(state));
      return ended ? payments.map(({ state }) => state as string) : undefined;
    });
    expect(states).toEqual(['Paid', 'Canceled', 'Canceled']);
    expect(all.map(({ orderNo }) => approvals(orderNo(day)))).toEqual([1, 0, 0]);
    expect((await world.get(`charges/${canceled.orderNo(day)}`)).body.state).toBe('Withdrawn');
    expect(await shown(removed.id)).toMatchObject({ state: 'Active', newMethodNeeded: true });
  });

  it.each(['canceled', 'paused'])(
    'that is %s on its way keeps whoever subscribes again from being charged for its days',
    async (how) => {
      const day = nextDay();
      const first = await subscriber(`ryu-${how}`, day);
      world.simulator.toss.armFault({ kind: 'answer-lost', call: 'billing-charge', orderId: first.orderNo(day) });
      world.simulator.toss.armFault({
        kind: 'call-failing',
        call: 'lookup',
        orderId: first.orderNo(day),
        times: 1_000,
      });
      await planOn(world, day);
      await paymentIn(world, first.orderNo(day), 'Unknown');
      const act = how === 'canceled' ? 'cancel' : 'pause';
      expect(
        (await send(world, 'POST', `subscriptions/${first.id}/${act}`, act === 'cancel' ? { when: 'now' } : {})).status,
      ).toBe(200);
      // Who has paused it has it yet, and subscribes under another name that reads the same.
      const customer = how === 'canceled' ? `ryu-${how}` : `Ryu-${how}`;
      const method = how === 'canceled' ? first.method : (await registerCard(world, customer)).method;
      const order = { customerReference: customer, storeProductId: PRODUCT.storeProductId, startedOn: after(day, 1) };
      const again = await send(world, 'POST', 'subscriptions', { ...order, paymentMethodId: method.id });
      expect([again.status, again.body.code]).toEqual([201, undefined]);
      await planOn(world, after(day, 1));
      const { items } = (await world.get(`line-stops?subscriptionId=${again.body.id}`)).body;
      expect(items).toMatchObject([{ kind: 'unbillable', state: 'Open' }]);
      expect((await world.get(`charges?subscriptionId=${again.body.id}`)).body.items).toEqual([]);
      world.simulator.toss.disarmAllFaults();
      await paymentIn(world, first.orderNo(day), 'Paid');
      expect(approvals(first.orderNo(day))).toBe(1);
      await send(world, 'POST', `subscriptions/${again.body.id}/cancel`, { when: 'now' });
      const seen = await send(world, 'POST', `line-stops/${items[0].id}/resolve`, { reason: 'is paid for' });
      expect((await agreed(world, seen)).status).toBe(200);
    },
  );

  it('in doubt, that Toss has none of, is not asked for again of who canceled since, and looked for afterwards', async () => {
    const day = nextDay();
    const { id, orderNo } = await subscriber('pia', day);
    world.simulator.toss.armFault({ kind: 'call-cut', call: 'billing-charge', orderId: orderNo(day) });
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', orderId: orderNo(day), times: 1_000 });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Unknown');
    await send(world, 'POST', `subscriptions/${id}/cancel`, { when: 'now' });
    world.simulator.toss.disarmAllFaults();
    const ended = await paymentIn(world, orderNo(day), 'Declined');
    const { result, history } = (await world.get(`direct-payments/${ended.id}`)).body;
    expect(result).toMatchObject({ resultCode: 'never-taken' });
    expect(history.at(-1)).toMatchObject({ cause: 'not asked for again: canceled' });
    expect(approvals(orderNo(day))).toBe(0);
    expect((await shown(id)).state).toBe('Canceled');
    await until('it is looked for once more', async () => {
      world.clock.advanceSeconds(600);
      const { looks } = (await world.get(`direct-payments/${ended.id}`)).body;
      return looks.length > 0 || undefined;
    });
  });

  it('is not sent while a line stop parks it', async () => {
    const day = nextDay();
    const { id, orderNo } = await subscriber('jo', day);
    expect((await send(world, 'POST', 'kill-switch', { reason: 'a look first' })).status).toBe(200);
    await planOn(world, day);
    const database = world.service.app.get(Database);
    await database.execute(
      `INSERT INTO line_stop (kind, subscription_id, violation, evidence, raised_at)
       VALUES ('unbillable', $1, 'a test', $2, $3)`,
      [id, { orderNo: 'none', periodStartOn: day, amount: 1, reason: 'a test' }, world.clock.now()],
    );
    await agreed(world, await send(world, 'DELETE', 'kill-switch', { reason: 'looked' }));
    const other = await subscriber('kim', after(day, 1));
    await planOn(world, after(day, 1));
    await paymentIn(world, other.orderNo(after(day, 1)), 'Paid');
    expect(await paymentIn(world, orderNo(day), 'Pending')).toBeDefined();
    const { items } = (await world.get(`line-stops?subscriptionId=${id}`)).body;
    await agreed(world, await send(world, 'POST', `line-stops/${items[0].id}/resolve`, { reason: 'looked at' }));
    await paymentIn(world, orderNo(day), 'Paid');
  });

  it('in doubt is not sent again while a line stop parks it, and keeps no other from being found out', async () => {
    const day = nextDay();
    const [parked, other] = [await subscriber('seo', day), await subscriber('tae', day)];
    world.simulator.toss.armFault({ kind: 'call-cut', call: 'billing-charge', orderId: parked.orderNo(day) });
    world.simulator.toss.armFault({ kind: 'answer-lost', call: 'billing-charge', orderId: other.orderNo(day) });
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 1_000 });
    await planOn(world, day);
    for (const { orderNo } of [parked, other]) await paymentIn(world, orderNo(day), 'Unknown');
    const [stop] = await world.service.app.get(Database).rows<{ id: string }>(
      `INSERT INTO line_stop (kind, subscription_id, violation, evidence, raised_at)
       VALUES ('unbillable', $1, 'another test', $2, $3) RETURNING id`,
      [parked.id, { orderNo: 'none', periodStartOn: day, amount: 1, reason: 'a test' }, world.clock.now()],
    );
    world.simulator.toss.disarmAllFaults();
    await paymentIn(world, other.orderNo(day), 'Paid');
    const waiting = await until('the stop was met', async () => {
      world.clock.advanceSeconds(20);
      const [payment] = (await world.get(`direct-payments?orderNo=${parked.orderNo(day)}`)).body.items;
      return payment.state !== 'Unknown' || payment.retry?.error.includes('line stop') ? payment : undefined;
    });
    expect([waiting.state, approvals(parked.orderNo(day))]).toEqual(['Unknown', 0]);
    const resolved = await send(world, 'POST', `line-stops/${stop?.id}/resolve`, { reason: 'looked at' });
    expect((await agreed(world, resolved)).status).toBe(200);
    await paymentIn(world, parked.orderNo(day), 'Paid');
    expect(approvals(parked.orderNo(day))).toBe(1);
  });

  it('is not tried again by itself where persons ended it as not paid, and is by another card', async () => {
    const day = nextDay();
    const { id, method, orderNo } = await subscriber('uhm', day);
    const of = { orderId: orderNo(day) };
    world.simulator.toss.armFault({ kind: 'call-cut', call: 'billing-charge', ...of });
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', ...of, times: 1_000 });
    await planOn(world, day);
    const payment = await paymentIn(world, orderNo(day), 'Unknown');
    await until('nobody but persons finds it out', async () => {
      const sql = `UPDATE direct_payment SET next_attempt_at = NULL WHERE id = $1 AND lease_id IS NULL RETURNING id`;
      return (await world.service.app.get(Database).rows(sql, [payment.id]))[0];
    });
    world.simulator.toss.disarmAllFaults();
    const word = { outcome: 'not-paid', reason: 'Toss has none' };
    const said = await send(world, 'POST', `direct-payments/${payment.id}/resolve`, word);
    expect((await agreed(world, said)).status).toBe(200);
    expect(await shown(id)).toMatchObject({ state: 'PastDue', retryOn: null });
    expect(await historyOf(world, id)).toContain('PastDue > PastDue: no further attempt by itself: ended by decision');
    await registerCard(world, 'uhm', { replaces: method.id });
    await planOn(world, after(day, 4));
    await paymentIn(world, orderNo(day, 2), 'Paid');
  });

  it('is shown by a dry run as it will be planned, and left out where another method is needed', async () => {
    const day = nextDay();
    const [due, dead] = [await subscriber('lee', day), await subscriber('min', day)];
    await world.service.app
      .get(Database)
      .transaction((session) =>
        world.service.app
          .get(PaymentMethods)
          .invalidate(session, dead.method.id, { cause: 'a test', actor: 'test', reason: 'expired' }),
      );
    const { body } = await send(world, 'POST', 'billing-runs/dry-run', { date: day, lines: 1_000 });
    const numbers = body.firstCharges.map((line: JsonBody) => line.orderNo);
    expect(numbers).toContain(due.orderNo(day));
    expect(numbers).not.toContain(dead.orderNo(day));
    await planOn(world, day);
    await paymentIn(world, due.orderNo(day), 'Paid');
    const [run] = (await world.get('billing-runs')).body.items;
    expect(run.planned.count).toBe(body.total.count);
  });

  it('leaves the books of both in agreement, to the won', async () => {
    const ours = (await world.get('settlement-log?limit=1000')).body.items;
    const paid = ours.filter((entry: JsonBody) => entry.gateway === 'toss' && entry.kind === 'paid');
    const book = world.simulator.toss.bookTotals();
    expect(paid.reduce((total: number, { amount }: JsonBody) => total + amount, 0)).toBe(book.approvedAmount);
    expect(paid).toHaveLength(book.approvedCount);
    expect(world.simulator.toss.repeatedOrders()).toEqual([]);
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
  });
});
