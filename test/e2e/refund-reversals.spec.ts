import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { openStop } from '../support/doubt';
import { askRefund, bookedRefunds, giveBack, loggedRefunds, paidCharges, refundInState } from '../support/refunds';
import {
  VERSION_CONFLICT,
  agreed,
  billOn,
  historyOf,
  ifMatch,
  moveTo,
  send,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';

const SAID = { reason: 'T store says on its site that nothing was given back' };

/** Refunds that persons said were made, and that were not, or not so much. */
describe('a refund that was none', () => {
  let world: BillingWorld;
  let counter = 0;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        REFUND_RATE_PER_MINUTE: '6000',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
        TSTORE_LOOKUP_FRESH_SECONDS: '0',
        REFUND_RELEASE_ABOVE_WON: '100000',
      },
    });
  });

  afterAll(() => world.close());

  const charge = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const refundOf = async (id: string): Promise<JsonBody> => (await world.get(`refunds/${id}`)).body;
  const look = (orderNo: string): Promise<JsonAnswer> => world.get(`charges/${orderNo}/transaction`);
  const reverse = (id: string, headers = {}): Promise<JsonAnswer> =>
    send(world, 'POST', `refunds/${id}/reverse`, SAID, headers);
  const reversedByTwo = async (id: string): Promise<JsonAnswer> => agreed(world, await reverse(id));

  async function paid(): Promise<string> {
    world.clock.advanceSeconds(86_400);
    const [orderNo = ''] = await paidCharges(world, 1, `reverse-${(counter += 1)}-`);
    return orderNo;
  }

  /** A refund that T store never made, and that two persons say it made, naming an id of it. */
  async function saidToBeMade(orderNo: string, amount?: number): Promise<string> {
    world.simulator.control.armFault({ kind: 'refund-failing-before' });
    const { id } = (await askRefund(world, orderNo, amount)).body;
    await refundInState(world, id, 'Unknown');
    await look(orderNo);
    const word = { outcome: 'refunded', reason: 'on its site', refundTransactionId: 'MADE-UP' };
    const done = await agreed(world, await send(world, 'POST', `refunds/${id}/resolve`, word));
    expect(done).toMatchObject({ status: 200 });
    expect(await refundOf(id)).toMatchObject({ state: 'Refunded', actions: ['reverse'] });
    return id;
  }

  it('stops the line where T store’s record stays as it was, and is reversed by two, given back and told', async () => {
    const orderNo = await paid();
    const id = await saidToBeMade(orderNo, 1_000);
    expect((await charge(orderNo)).state).toBe('Refunded');
    // T store has not been asked since: nobody can say that it was none.
    expect(await reverse(id)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });

    world.clock.advanceSeconds(3_600);
    const stop = await openStop(world, 'refund-not-made');
    expect(stop).toMatchObject({
      jobId: null,
      subscriptionId: null,
      evidence: { refundId: id, orderNo, amount: 1_000, refundTransactionId: 'MADE-UP' },
    });
    expect(stop.violation).toContain(orderNo);

    expect(await reverse(id, ifMatch({ version: '1' }))).toMatchObject(VERSION_CONFLICT);
    const asked = await reverse(id);
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'refund-reversal', subjectId: id, amount: 1_000, links: { refund: `/admin/v1/refunds/${id}` } },
    });
    expect(asked.body.summary).toContain('complite');
    expect(await reverse(id)).toMatchObject({ body: { code: 'approval-open' } });
    expect((await refundOf(id)).state).toBe('Refunded');
    expect((await agreed(world, asked)).status).toBe(200);

    expect(await refundOf(id)).toMatchObject({ state: 'Reversed', actions: [] });
    expect((await refundOf(id)).history.at(-1)).toMatchObject({ fromState: 'Refunded', toState: 'Reversed' });
    expect(await charge(orderNo)).toMatchObject({ state: 'Paid', refundedAmount: 0 });
    expect(await loggedRefunds(world, orderNo)).toEqual(['refunded 1000', 'refund-reversed 1000']);
    expect((await world.get(`line-stops/${stop.id}`)).body.state).toBe('Resolved');
    expect(await reverse(id)).toMatchObject({ status: 409, body: { code: 'state-conflict' } });

    const { body: again } = await askRefund(world, orderNo);
    await refundInState(world, again.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([1_000]);
    expect(await charge(orderNo)).toMatchObject({ state: 'Refunded', refundedAmount: 1_000 });
    const day = (await world.get('summary')).body.today;
    expect([day.refunded, day.reversed]).toEqual([
      { count: 2, amount: 2_000 },
      { count: 1, amount: 1_000 },
    ]);
    const { items } = (await world.get(`reports/monthly?month=${String(day.from).slice(0, 7)}`)).body;
    const product = items.find((one: JsonBody) => one.reversed.count > 0);
    expect(product.netAmount).toBe(product.collected.amount - product.refunded.amount + product.reversed.amount);
    // Nothing of it is wrong in the eyes of the checks.
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
  });

  it('is looked at again once, and stops nothing where T store’s record shows it by then', async () => {
    const orderNo = await paid();
    const stale = world.simulator.control.armFault({ kind: 'lookup-stale', times: 1_000 });
    world.simulator.control.armFault({ kind: 'refund-answer-lost' });
    const { id } = (await askRefund(world, orderNo, 300)).body;
    await refundInState(world, id, 'Unknown');
    await look(orderNo);
    const word = { outcome: 'refunded', reason: 'on its site', refundTransactionId: 'TRUE-ID' };
    await agreed(world, await send(world, 'POST', `refunds/${id}/resolve`, word));
    world.simulator.control.disarmFault(stale.id);
    world.clock.advanceSeconds(3_600);
    await until('it was looked at again', async () => {
      const [row] = await world.service.app
        .get(Database)
        .rows<{ at: Date | null }>('SELECT next_attempt_at AS at FROM refund WHERE id = $1', [id]);
      return row?.at === null || undefined;
    });
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
    // Its record has moved, and no word of persons stands against that.
    expect(await reverse(id)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect(await bookedRefunds(world, orderNo)).toEqual([300]);
  });

  it('is none that T store answered for, and not while another one of the charge is under way', async () => {
    const orderNo = await paid();
    const { body: made } = await askRefund(world, orderNo, 200);
    await refundInState(world, made.id, 'Refunded');
    await look(orderNo);
    expect((await refundOf(made.id)).actions).toEqual([]);
    expect(await reverse(made.id)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect(await reverse('999999')).toMatchObject({ status: 404, body: { code: 'refund-not-found' } });

    const other = await paid();
    const said = await saidToBeMade(other, 100);
    world.clock.advanceSeconds(5);
    await look(other);
    await send(world, 'POST', 'kill-switch', { reason: 'a drill' });
    const { body: waiting } = await askRefund(world, other, 50);
    expect(await reverse(said)).toMatchObject({ status: 409, body: { code: 'refund-open' } });
    await send(world, 'POST', `refunds/${waiting.id}/cancel`, { reason: 'not now' });
    await send(world, 'DELETE', 'kill-switch', { reason: 'over' });
    expect((await reversedByTwo(said)).status).toBe(200);
    expect(await charge(other)).toMatchObject({ state: 'Paid', refundedAmount: 0 });
  });

  it('recorded as made outside with too much, is said anew: with what it was, and the rest is given back', async () => {
    const orderNo = await paid();
    await giveBack(world, orderNo, 400);
    await look(orderNo);
    const record = (amount: number): Promise<JsonAnswer> =>
      send(world, 'POST', 'outside-refunds', { orderNo, amount, reason: 'seen on the operator’s site' });
    const { refund: tooMuch } = (await record(700)).body;
    expect(await charge(orderNo)).toMatchObject({ refundedAmount: 700 });
    world.clock.advanceSeconds(5);
    await look(orderNo);
    expect((await reversedByTwo(tooMuch.id)).status).toBe(200);
    const [open] = (await world.get('outside-refunds?state=Suspected')).body.items;
    expect(open).toMatchObject({ orderNo, actions: ['record', 'dismiss'] });
    // Nothing more is given back before somebody has said how much it was.
    const { body: early } = await askRefund(world, orderNo, 100);
    await refundInState(world, early.id, 'Failed');
    expect((await record(400)).status).toBe(201);
    const { body: rest } = await askRefund(world, orderNo);
    expect(rest.amount).toBe(600);
    await refundInState(world, rest.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([400, 600]);
    expect(await loggedRefunds(world, orderNo)).toEqual([
      'partially-refunded 700',
      'refund-reversed 700',
      'partially-refunded 400',
      'refunded 600',
    ]);
  });

  it('gives the days back that it had taken', async () => {
    const id = await subscribe(world, 'reversed', '2031-01-05');
    await billOn(world, '2031-01-05');
    moveTo(world, '2031-01-10');
    const orderNo = `B20310105-${id}-1`;
    const refund = await saidToBeMade(orderNo);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Active', next: '2031-02-05', paidThrough: null });
    world.clock.advanceSeconds(5);
    await look(orderNo);
    expect((await reversedByTwo(refund)).status).toBe(200);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2031-02-05',
      paidThrough: '2031-02-05',
    });
    expect((await historyOf(world, id)).at(-1)).toContain('refund reversed');
  });
});
