import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { agreedTo, browser, paidByKakaopay, readyOrder } from '../support/kakaopay-orders';
import { askRefund, refundInState } from '../support/refunds';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const MORNING = new Date('2026-11-27T10:00:00+09:00');
const DAY = 86_400;

/** Our days against a gateway that lists nothing: each payment looked up, over HTTP from both ends. */
describe('a day of a gateway without lists', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({
      ...{ kakaopay: true, startsAt: MORNING, simulator: { startAt: MORNING.getTime() } },
      environment: { TSTORE_LOOKUPS_PER_MINUTE: '6000' },
    });
  });

  afterEach(() => {
    world.simulator.kakaopay.disarmAllFaults();
    world.simulator.kakaopay.endMaintenance();
  });
  afterAll(() => world.close());

  async function pass(seconds: number): Promise<void> {
    world.clock.advanceSeconds(seconds);
    await world.simulator.control.advance(seconds * 1000);
  }

  const seoulDay = (at: number): string => new Date(at + 9 * 3_600_000).toISOString().slice(0, 10);
  const today = (): string => seoulDay(world.clock.now().getTime());

  async function compared(day: string): Promise<JsonBody> {
    const { status, body } = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day });
    expect([status, body.code]).toEqual([200, undefined]);
    return done(day, body.id);
  }

  const done = (day: string, id: string): Promise<JsonBody> =>
    until(`${day} is compared`, async () => {
      world.clock.advanceSeconds(1);
      const tieOut = (await world.get(`tie-outs/${id}`)).body;
      return tieOut.state === 'Done' ? tieOut : undefined;
    });

  const differences = async (day: string, state = 'Open'): Promise<JsonBody[]> =>
    (await world.get(`tie-out-differences?day=${day}&state=${state}`)).body.items;

  it('agrees to the won, and its report is the gateway’s book', async () => {
    const day = today();
    const { orderNo } = await paidByKakaopay(world);
    await paidByKakaopay(world, { amount: 20_000 });
    const left = await readyOrder(world);
    world.simulator.kakaopay.leave(left.orderNo);
    await readyOrder(world);
    await refundInState(world, (await askRefund(world, orderNo, 4_000)).body.id, 'Refunded');
    await refundInState(world, (await askRefund(world, orderNo, 1_000)).body.id, 'Refunded');
    await pass(DAY);
    // Two that were paid, and two whose customers left: each was looked up.
    expect(await compared(day)).toMatchObject({ pageCount: 4, gateway: 'kakaopay' });
    expect(await differences(day)).toEqual([]);
    const book = world.simulator.kakaopay.bookTotals();
    const [row] = (await world.get(`reports/gateway-days?from=${day}&to=${day}`)).body.items;
    expect(row).toMatchObject({ day, gatewayAccount: 'kakaopay', tieOut: 'Done', openDifferences: 0 });
    expect([row.collected, row.collectedHere]).toEqual([book.approvedAmount, book.approvedAmount]);
    expect([row.refunded, row.refundedHere]).toEqual([5_000, 5_000]);
    expect(book.canceledAmount).toBe(5_000);
  });

  it.each(['order-thin-rows', 'order-nothing-left'] as const)('agrees where lookups answer with %s', async (kind) => {
    const day = today();
    const { orderNo } = await paidByKakaopay(world);
    for (const part of [4_000, 5_000]) {
      await refundInState(world, (await askRefund(world, orderNo, part)).body.id, 'Refunded');
    }
    await pass(DAY);
    world.simulator.kakaopay.armFault({ kind, times: 100 });
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const [row] = (await world.get(`reports/gateway-days?from=${day}&to=${day}`)).body.items;
    expect(row).toMatchObject({ refunded: 9_000, refundedHere: 9_000 });
  });

  it('shows an amount that differs, until it is gone', async () => {
    const day = today();
    const { orderNo } = await paidByKakaopay(world);
    await paidByKakaopay(world, { amount: 30_000 });
    await pass(DAY);
    world.simulator.kakaopay.armFault({
      kind: 'answer-other-amount',
      call: 'order',
      orderId: orderNo,
      options: { byWon: 7 },
    });
    await compared(day);
    const found = await differences(day);
    expect(found).toMatchObject([
      { kind: 'amount', movement: 'payment', orderNo, ours: { amount: 15_000 }, theirs: { amount: 15_007 } },
    ]);
    await compared(day);
    expect(await differences(day)).toEqual([]);
    expect(await differences(day, 'Cleared')).toMatchObject([{ id: found[0]?.id }]);
  });

  it('shows what is ours alone', async () => {
    const day = today();
    const { orderNo } = await paidByKakaopay(world);
    await pass(DAY);
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const absent = world.simulator.kakaopay.armFault({ kind: 'order-absent', orderId: orderNo, times: 100 });
    await compared(day);
    expect(await differences(day)).toMatchObject([
      { kind: 'only-ours', movement: 'payment', orderNo, ours: { amount: 15_000 }, theirs: { amount: null } },
    ]);
    world.simulator.kakaopay.disarmFault(absent.id);
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('finds what was given back in the partner console days later, and compares that day by itself', async () => {
    const sold = today();
    const { orderNo } = await paidByKakaopay(world);
    await pass(DAY);
    await compared(sold);
    await pass(2 * DAY);
    const returned = today();
    world.simulator.kakaopay.cancelInConsole(orderNo, { cancel_amount: 5_000 });
    await pass(DAY);
    await compared(returned);
    expect(await differences(returned)).toEqual([]);
    await compared(sold);
    const [difference] = await until('it is found', async () => {
      world.clock.advanceSeconds(1);
      const found = await differences(returned);
      return found.length > 0 ? found : undefined;
    });
    expect(difference).toMatchObject({ kind: 'only-theirs', movement: 'refund', orderNo, theirs: { amount: 5_000 } });
    const [suspected] = await until('it is an outside refund', async () => {
      world.clock.advanceSeconds(1);
      const { items } = (await world.get('outside-refunds?state=Suspected')).body;
      return items.length > 0 ? (items as JsonBody[]) : undefined;
    });
    expect(suspected).toMatchObject({ orderNo });
    const record = { orderNo, amount: 5_000, reason: 'in the console', refundTransactionId: difference?.actId };
    expect((await send(world, 'POST', 'outside-refunds', record)).status).toBe(201);
    await compared(returned);
    expect(await differences(returned)).toEqual([]);
    expect(await differences(returned, 'Cleared')).toMatchObject([{ id: difference?.id }]);
  });

  it('shows a state that differs: paid there, and in doubt here', async () => {
    const day = today();
    const ready = await readyOrder(world);
    world.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'approve', orderId: ready.orderNo });
    const untrue = world.simulator.kakaopay.armFault({
      ...{ kind: 'answer-other-amount', call: 'order', orderId: ready.orderNo, times: 1_000, options: { byWon: 5 } },
    });
    await browser(world, 'GET', agreedTo(world, ready));
    await pass(DAY);
    await compared(day);
    expect(await differences(day)).toMatchObject([
      { kind: 'state', movement: 'payment', orderNo: ready.orderNo, theirs: { amount: 15_005, state: 'PAYMENT' } },
    ]);
    world.simulator.kakaopay.disarmFault(untrue.id);
    const { items } = (await world.get('direct-payments?state=Unknown')).body;
    await send(world, 'POST', `direct-payments/${items[0].id}/look`, {});
    await until('it is paid', async () => {
      world.clock.advanceSeconds(20);
      return (await world.get(`orders/${ready.id}`)).body.state === 'Paid' || undefined;
    });
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('takes a payment a moment before midnight, which we heard of after it, for no difference on either day', async () => {
    await pass(DAY);
    const [day, next] = [today(), seoulDay(world.clock.now().getTime() + DAY * 1000)];
    const midnight = Date.parse(`${next}T00:00:00+09:00`);
    await world.simulator.control.advance(midnight - 2_000 - world.simulator.control.now());
    world.clock.advanceSeconds(Math.floor((midnight - world.clock.now().getTime()) / 1000) + 30);
    const { orderNo } = await paidByKakaopay(world);
    const [entry] = world.simulator.kakaopay.bookOfOrder(orderNo);
    expect(Date.parse(String(entry?.approvedAt))).toBeLessThan(midnight);
    await pass(2 * DAY);
    await compared(day);
    await compared(next);
    expect([...(await differences(day)), ...(await differences(next))]).toEqual([]);
    const rows = (await world.get(`reports/gateway-days?from=${day}&to=${next}`)).body.items;
    expect(rows).toMatchObject([
      { collected: 15_000, collectedHere: 0 },
      { collected: 0, collectedHere: 15_000 },
    ]);
  });

  it('waits through a night of maintenance, says why, and goes on with the payment it was at', async () => {
    const day = today();
    await paidByKakaopay(world);
    await paidByKakaopay(world);
    await pass(DAY);
    world.simulator.kakaopay.beginMaintenance(3_600_000);
    const { body } = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day });
    const why = await until('it waits', async () => {
      const { retry } = (await world.get(`tie-outs/${body.id}`)).body;
      return retry === null ? undefined : String(retry.error);
    });
    expect(why).toMatch(new RegExp(`payment \\S+ of ${day} could not be looked up: .*`));
    world.simulator.kakaopay.endMaintenance();
    world.clock.advanceSeconds(3_600);
    await done(day, body.id);
    expect(await differences(day)).toEqual([]);
  });

  it('passes over one whose answer is about another payment, which is then ours alone', async () => {
    const day = today();
    const { orderNo } = await paidByKakaopay(world);
    await paidByKakaopay(world);
    await pass(DAY);
    world.simulator.kakaopay.armFault({ kind: 'answer-other-cid', call: 'order', orderId: orderNo, times: 10 });
    await compared(day);
    expect(await differences(day)).toMatchObject([{ kind: 'only-ours', orderNo }]);
    world.simulator.kakaopay.disarmAllFaults();
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('adds up over all days to the gateway’s book', async () => {
    const { items } = (await world.get('reports/gateway-days?from=2026-11-27&to=2027-01-31')).body;
    const sum = (member: string): number => items.reduce((total: number, row: JsonBody) => total + row[member], 0);
    const book = world.simulator.kakaopay.bookTotals();
    expect(sum('collected')).toBe(book.approvedAmount);
    expect(sum('refunded')).toBe(book.canceledAmount);
    expect(sum('collectedHere')).toBe(book.approvedAmount);
    expect(sum('refundedHere')).toBe(book.canceledAmount);
  });
});

describe('a day of many payments', () => {
  it('is asked about no faster than half of the account’s pace, and people find their turn', async () => {
    const environment = { TSTORE_LOOKUPS_PER_MINUTE: '6' };
    const world = await startWorld({ kakaopay: true, environment, startsAt: MORNING });
    try {
      for (let one = 0; one < 4; one += 1) await paidByKakaopay(world);
      world.clock.advanceSeconds(DAY);
      const began = world.clock.now().getTime();
      const tieOut = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day: '2026-11-27' });
      await until('one was looked up, and the next waits for its turn', async () => {
        const { pageCount, retry } = (await world.get(`tie-outs/${tieOut.body.id}`)).body;
        return (pageCount === 1 && retry === null) || undefined;
      });
      world.clock.advanceSeconds(10);
      const { orderId } = world.simulator.kakaopay.bookEntries().sort((a, b) => (a.tid < b.tid ? 1 : -1))[0] ?? {};
      const asked = await world.get(`charges/${orderId}/transaction`);
      expect([asked.status, asked.body.code]).toEqual([200, undefined]);
      await until('all are', async () => {
        world.clock.advanceSeconds(1);
        return (await world.get(`tie-outs/${tieOut.body.id}`)).body.state === 'Done' || undefined;
      });
      expect(world.clock.now().getTime() - began).toBeGreaterThanOrEqual(60_000);
    } finally {
      await world.close();
    }
  });
});
