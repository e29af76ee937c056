import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { askRefund, refundInState } from '../support/refunds';
import { send } from '../support/subscribers';
import { paidOrder } from '../support/toss-orders';
import { until } from '../support/until';

const MORNING = new Date('2026-11-27T10:00:00+09:00');
const DAY = 86_400;

/** Our days against Toss's own lists, over HTTP from both ends; each kind of difference, and how it goes away. */
describe('a day held against Toss’s lists', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true, startsAt: MORNING, simulator: { startAt: MORNING.getTime() } });
  });

  afterEach(() => world.simulator.toss.disarmAllFaults());
  afterAll(() => world.close());

  async function pass(seconds: number): Promise<void> {
    world.clock.advanceSeconds(seconds);
    await world.simulator.control.advance(seconds * 1000);
  }

  const today = (): string => new Date(world.clock.now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10);

  async function compared(day: string): Promise<JsonBody> {
    const { status, body } = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'toss', day });
    expect([status, body.code]).toEqual([200, undefined]);
    return until(`${day} is compared`, async () => {
      world.clock.advanceSeconds(1);
      const tieOut = (await world.get(`tie-outs/${body.id}`)).body;
      return tieOut.state === 'Done' ? tieOut : undefined;
    });
  }

  const differences = async (day: string, state = 'Open'): Promise<JsonBody[]> =>
    (await world.get(`tie-out-differences?day=${day}&state=${state}`)).body.items;

  /** What a merchant's program does at Toss without this service. */
  async function paidElsewhere(orderId: string, amount: number): Promise<void> {
    const { toss } = world.simulator;
    const urls = { successUrl: 'https://shop.example/yes', failUrl: 'https://shop.example/no' };
    const value = { currency: 'KRW', value: amount };
    toss.openPayment({
      method: 'CARD',
      orderId,
      orderName: '다른 곳',
      customerKey: 'someone-else',
      amount: value,
      ...urls,
    });
    const paymentKey = new URL(String(toss.pay(orderId).redirectUrl)).searchParams.get('paymentKey');
    const basic = Buffer.from(`${world.environment.TOSS_SECRET_KEY}:`).toString('base64');
    const response = await fetch(`${world.simulator.baseUrl}/v1/payments/confirm`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ paymentKey, orderId, amount }),
    });
    expect(response.status).toBe(200);
  }

  it('that is not over is not compared, nor one of an account without lists', async () => {
    const early = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'toss', day: today() });
    expect([early.status, early.body.code]).toEqual([400, 'invalid-request']);
    const without = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'tstore', day: '2026-11-01' });
    expect(without.body.code).toBe('gateway-cannot');
  });

  it('agrees to the won, and its report is the gateway’s book', async () => {
    const day = today();
    const { orderNo } = await paidOrder(world);
    await paidOrder(world, { amount: 20_000 });
    await refundInState(world, (await askRefund(world, orderNo, 4_000)).body.id, 'Refunded');
    await pass(DAY);
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const book = world.simulator.toss.bookTotals();
    const [row] = (await world.get(`reports/gateway-days?from=${day}&to=${day}`)).body.items;
    expect(row).toMatchObject({ day, gatewayAccount: 'toss', tieOut: 'Done', openDifferences: 0 });
    expect([row.collected, row.collectedHere]).toEqual([book.approvedAmount, book.approvedAmount]);
    expect([row.refunded, row.refundedHere]).toEqual([book.canceledAmount, book.canceledAmount]);
    expect(row.fees).toBeGreaterThan(0);
    expect(row.fees + row.payOut).toBe(book.approvedAmount - book.canceledAmount);
    const paidOutOn = '2026-12-02';
    const [later] = (await world.get(`reports/gateway-days?from=${paidOutOn}&to=${paidOutOn}`)).body.items;
    expect(later).toMatchObject({ paidOut: row.payOut, collected: 0, tieOut: null });
    const csv = await fetch(`${world.service.url}/admin/v1/reports/gateway-days?from=${day}&to=${day}&format=csv`, {
      headers: { authorization: `Bearer ${world.environment.ADMIN_BOOTSTRAP_KEY}` },
    });
    expect(await csv.text()).toContain(`toss,${row.collected},${row.refunded},${row.fees},${row.payOut}`);
  });

  it('shows an amount that differs, for which somebody is waited for, until it is gone', async () => {
    const day = today();
    const { orderNo } = await paidOrder(world);
    await paidOrder(world, { amount: 30_000 });
    await pass(DAY);
    const fault = { kind: 'transactions-amount-altered', orderId: orderNo, options: { byWon: 7 } } as const;
    world.simulator.toss.armFault(fault);
    await compared(day);
    const found = await differences(day);
    expect(found).toMatchObject([
      { kind: 'amount', movement: 'payment', orderNo, ours: { amount: 15_000 }, theirs: { amount: 15_007 } },
    ]);
    const waiting = (await world.get('summary')).body;
    expect(JSON.stringify(waiting)).toContain('tie-out-differences');
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const { history } = (await world.get(`tie-out-differences/${found[0]?.id}`)).body;
    expect(history).toMatchObject([{ toState: 'Open' }, { fromState: 'Open', toState: 'Cleared' }]);
    world.simulator.toss.armFault(fault);
    await compared(day);
    expect(await differences(day)).toMatchObject([{ id: found[0]?.id, state: 'Open' }]);
    await compared(day);
  });

  it('shows what is ours alone, once the days beside it were looked at', async () => {
    const day = today();
    const { orderNo } = await paidOrder(world);
    await pass(DAY);
    world.simulator.toss.armFault({ kind: 'transactions-missing', orderId: orderNo, times: 10 });
    const { pageCount } = await compared(day);
    expect(pageCount).toBeGreaterThan(4);
    expect(await differences(day)).toMatchObject([
      { kind: 'only-ours', movement: 'payment', orderNo, ours: { amount: 15_000 }, theirs: { amount: null } },
    ]);
    world.simulator.toss.disarmAllFaults();
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('shows a payment that is theirs alone, which a person explains, and which stays explained', async () => {
    const day = today();
    await paidElsewhere('not-of-this-house', 12_000);
    await pass(DAY);
    await compared(day);
    const [difference] = await differences(day);
    expect(difference).toMatchObject({
      ...{ kind: 'only-theirs', movement: 'payment', orderNo: 'not-of-this-house', actions: ['explain'] },
      ...{ ours: { amount: null, state: null }, theirs: { amount: 12_000, state: 'DONE' } },
    });
    const reason = { reason: 'sold at the fair, by the terminal' };
    const { body } = await send(world, 'POST', `tie-out-differences/${difference?.id}/explain`, reason);
    expect(body).toMatchObject({ state: 'Explained', decision: reason });
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const again = await send(world, 'POST', `tie-out-differences/${difference?.id}/explain`, reason);
    expect([again.status, again.body.code]).toEqual([409, 'state-conflict']);
  });

  it('notes a cancellation that only Toss knows as an outside refund, and agrees once that is recorded', async () => {
    const day = today();
    const { orderNo } = await paidOrder(world);
    world.simulator.toss.cancelInConsole(orderNo, { cancelAmount: 5_000 });
    await pass(DAY);
    // A look that tells nothing is none.
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 1 });
    await compared(day);
    const [difference] = await differences(day);
    expect(difference).toMatchObject({ kind: 'only-theirs', movement: 'refund', orderNo, theirs: { amount: 5_000 } });
    const suspected = (await world.get('outside-refunds?state=Suspected')).body.items;
    expect(suspected).toMatchObject([{ orderNo }]);
    const record = { orderNo, amount: 5_000, reason: 'in the console', refundTransactionId: difference?.actId };
    expect((await send(world, 'POST', 'outside-refunds', record)).status).toBe(201);
    await compared(day);
    expect(await differences(day)).toEqual([]);
    expect(await differences(day, 'Cleared')).toMatchObject([{ id: difference?.id }]);
  });

  it('shows a state that differs: paid there, and in doubt here', async () => {
    const day = today();
    world.simulator.toss.armFault({ kind: 'answer-other-amount', call: 'confirm' });
    // The first is that of the return, before anything is confirmed.
    const lookups = { kind: 'answer-other-amount', call: 'lookup', skip: 1, times: 1_000 } as const;
    const untrue = world.simulator.toss.armFault(lookups);
    const { id, orderNo } = await paidOrder(world);
    expect((await world.get(`orders/${id}`)).body.state).toBe('InDoubt');
    await pass(DAY);
    await compared(day);
    expect(await differences(day)).toMatchObject([
      { kind: 'state', movement: 'payment', orderNo, ours: { state: 'Unknown' }, theirs: { state: 'DONE' } },
    ]);
    // Each comparison makes it due to be found out; so may a person.
    world.simulator.toss.disarmFault(untrue.id);
    const { items } = (await world.get('direct-payments?state=Unknown')).body;
    await send(world, 'POST', `direct-payments/${items[0].id}/look`, {});
    await until('it is paid', async () => {
      world.clock.advanceSeconds(20);
      return (await world.get(`orders/${id}`)).body.state === 'Paid' || undefined;
    });
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('stops the line at a payment that Toss declined, denied when it was looked up, and has all the same', async () => {
    const day = today();
    const refused = { code: 'REJECT_CARD_PAYMENT', status: 403 };
    world.simulator.toss.armFault({ kind: 'answer-refused', call: 'confirm', options: refused });
    // The first lookup is that of the return, before anything is confirmed.
    world.simulator.toss.armFault({ kind: 'lookup-absent', call: 'lookup', skip: 1, times: 1 });
    const { orderNo } = await paidOrder(world);
    const payment = async (): Promise<JsonBody> =>
      (await world.get('direct-payments')).body.items.find((one: JsonBody) => one.orderNo === orderNo);
    expect(await payment()).toMatchObject({ state: 'Declined' });
    const stops = async (): Promise<JsonBody[]> =>
      (await world.get('line-stops?kind=paid-after-all&state=Open')).body.items.filter(
        ({ evidence }: JsonBody) => evidence.orderNo === orderNo,
      );
    expect(await stops()).toEqual([]);
    await pass(DAY);
    await compared(day);
    expect(await differences(day)).toMatchObject([
      { kind: 'state', orderNo, ours: { state: 'Declined' }, theirs: { amount: 15_000, state: 'DONE' } },
    ]);
    expect(await stops()).toMatchObject([{ evidence: { amount: 15_000, foundAmount: 15_000 } }]);
    const { id } = await payment();
    expect((await send(world, 'POST', `direct-payments/${id}/look`, {})).status).toBe(200);
    const { looks } = (await world.get(`direct-payments/${id}`)).body;
    expect(looks).toMatchObject([
      { answer: 'found', standing: 'paid' },
      { answer: 'found', standing: 'paid', actor: 'billing-scheduler' },
    ]);
    expect(await stops()).toHaveLength(1);
  });

  it('takes a payment a moment before midnight, which we heard of after it, for no difference on either day', async () => {
    await pass(DAY);
    const [day, next] = [today(), new Date(Date.parse(today()) + DAY * 1000).toISOString().slice(0, 10)];
    const midnight = Date.parse(`${next}T00:00:00+09:00`);
    await world.simulator.control.advance(midnight - 2_000 - world.simulator.control.now());
    world.clock.advanceSeconds(Math.floor((midnight - world.clock.now().getTime()) / 1000) + 30);
    const { orderNo } = await paidOrder(world);
    const { settledAt } = (await world.get(`charges/${orderNo}`)).body;
    expect(new Date(settledAt).getTime()).toBeGreaterThan(midnight);
    const [entry] = world.simulator.toss.bookOfOrder(orderNo);
    expect(Date.parse(String(entry?.approvedAt))).toBeLessThan(midnight);
    await pass(2 * DAY);
    // The later day first, to which the earlier one is not known yet.
    await compared(next);
    await compared(day);
    expect([...(await differences(day)), ...(await differences(next))]).toEqual([]);
    const rows = (await world.get(`reports/gateway-days?from=${day}&to=${next}`)).body.items;
    expect(rows).toMatchObject([
      { collected: 15_000, collectedHere: 0 },
      { collected: 0, collectedHere: 15_000 },
    ]);
  });

  it('waits when the list can’t be read, says why, and goes on from where it was', async () => {
    const day = today();
    await paidOrder(world);
    await pass(DAY);
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'settlements', times: 2 });
    const { body } = await send(world, 'POST', 'tie-outs', { gatewayAccount: 'toss', day });
    const why = await until('it waits', async () => {
      const { retry } = (await world.get(`tie-outs/${body.id}`)).body;
      return retry === null ? undefined : String(retry.error);
    });
    expect(why).toContain(`list of ${day}`);
    await until('it is done', async () => {
      world.clock.advanceSeconds(60);
      return (await world.get(`tie-outs/${body.id}`)).body.state === 'Done' || undefined;
    });
    expect(await differences(day)).toEqual([]);
  });

  it('adds up over all days to the gateway’s book', async () => {
    const { items } = (await world.get('reports/gateway-days?from=2026-11-27&to=2027-01-31')).body;
    const sum = (member: string): number => items.reduce((total: number, row: JsonBody) => total + row[member], 0);
    const book = world.simulator.toss.bookTotals();
    expect(sum('collected')).toBe(book.approvedAmount);
    expect(sum('refunded')).toBe(book.canceledAmount);
    expect(sum('paidOut')).toBe(sum('payOut'));
  });
});

describe('days that are compared by themselves', () => {
  it('begin at the hour of the cron, with those that were missed and the one whose payouts are known by now', async () => {
    const environment = { TIE_OUT_CRON: '0 7 * * *', TIE_OUT_AGAIN_DAYS: '7' };
    const world = await startWorld({ toss: true, environment, startsAt: new Date('2026-11-27T06:00:00+09:00') });
    const days = async (): Promise<string[]> =>
      (await world.get('tie-outs?state=Done')).body.items.map(({ day }: JsonBody) => day).sort();
    try {
      expect((await world.get('tie-outs')).body.items).toEqual([]);
      world.clock.advanceSeconds(3_700);
      await until('two days are compared', async () => {
        world.clock.advanceSeconds(1);
        return (await days()).length === 2 || undefined;
      });
      expect(await days()).toEqual(['2026-11-19', '2026-11-26']);
      world.clock.advanceSeconds(3 * DAY);
      await until('those that were missed are, too', async () => {
        world.clock.advanceSeconds(1);
        return (await days()).length === 6 || undefined;
      });
      expect(await days()).toEqual([
        ...['2026-11-19', '2026-11-22', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29'],
      ]);
    } finally {
      await world.close();
    }
  });
});
