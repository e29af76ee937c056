import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { lineChecked } from '../support/line-checks';
import { askRefund, bookedRefunds, giveBack, loggedRefunds, paidCharges, refundInState } from '../support/refunds';
import { agreed, billOn, keyOf, moveTo, send, subscribe, subscriptionRow } from '../support/subscribers';

const UNLIMITED = {
  REFUND_RATE_PER_MINUTE: '6000',
  TSTORE_LOOKUPS_PER_MINUTE: '6000',
  TSTORE_LOOKUP_FRESH_SECONDS: '0',
};

describe('refunds that T store made without us', () => {
  let world: BillingWorld;
  let counter = 0;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        ...UNLIMITED,
        REFUND_RELEASE_ABOVE_WON: '5000',
        REFUND_RELEASE_ABOVE_COUNT: '1000',
      },
    });
  });

  afterAll(() => world.close());

  const charge = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const look = (orderNo: string): Promise<JsonAnswer> => world.get(`charges/${orderNo}/transaction`);
  const record = (orderNo: string, amount: number, more = {}): Promise<JsonAnswer> =>
    send(world, 'POST', 'outside-refunds', { orderNo, amount, reason: 'seen on the operator’s site', ...more });
  const giveBackOutside = (orderNo: string, amount: number, isFull = false): Promise<void> =>
    giveBack(world, orderNo, amount, isFull);
  const suspected = async (orderNo: string): Promise<JsonBody[]> =>
    (await world.get('outside-refunds?state=Suspected&limit=100')).body.items.filter(
      (one: JsonBody) => one.orderNo === orderNo,
    );

  /** A day of its own, so that what one test gives back is not of another's allowance. */
  async function paid(): Promise<string> {
    world.clock.advanceSeconds(86_400);
    const [orderNo = ''] = await paidCharges(world, 1, `outside-${(counter += 1)}-`);
    return orderNo;
  }

  /** What the report, the log, the charge and the book say was given back of it. */
  async function sumsOf(orderNo: string): Promise<number[]> {
    const logged = (await loggedRefunds(world, orderNo)).map((entry) => Number(entry.split(' ')[1]));
    const booked = await bookedRefunds(world, orderNo);
    const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
    return [(await charge(orderNo)).refundedAmount, sum(logged), sum(booked)];
  }

  it('in part are suspected, recorded with what T store shows, and the rest can be given back', async () => {
    const orderNo = await paid();
    await giveBackOutside(orderNo, 400);
    // Asked for before anybody has looked: it is not sent, and says what to do.
    const { body: asked } = await askRefund(world, orderNo);
    const failed = await refundInState(world, asked.id, 'Failed');
    expect(failed.result.resultMessage).toContain('record as an outside refund what was given back');
    const [one] = await suspected(orderNo);
    expect(one).toMatchObject({ state: 'Suspected', actions: ['record', 'dismiss'], decision: null });
    expect(one.shown).toContain('partiallyRefunded');
    await look(orderNo);
    expect(await suspected(orderNo)).toHaveLength(1);

    const { status, body } = await record(orderNo, 400, { refundTransactionId: 'SITE-1' });
    expect({ status, refund: body.refund }).toMatchObject({
      status: 201,
      refund: { state: 'Refunded', outside: true, amount: 400, sent: null, result: { resultCode: 'outside' } },
    });
    expect(body.refund.result.refundTransactionId).toBe('SITE-1');
    expect(await suspected(orderNo)).toEqual([]);
    expect(await charge(orderNo)).toMatchObject({ state: 'PartiallyRefunded', refundedAmount: 400 });
    expect(await loggedRefunds(world, orderNo)).toEqual(['partially-refunded 400']);
    expect((await look(orderNo)).body.agrees).toBe(true);

    const { body: rest } = await askRefund(world, orderNo);
    expect(rest.amount).toBe(600);
    await refundInState(world, rest.id, 'Refunded');
    expect(await sumsOf(orderNo)).toEqual([1_000, 1_000, 1_000]);
    expect((await charge(orderNo)).state).toBe('Refunded');
  });

  it('are recorded once, however many do at once, and again only for another showing', async () => {
    const orderNo = await paid();
    await giveBackOutside(orderNo, 300);
    await look(orderNo);
    const answers = await Promise.all(Array.from({ length: 8 }, () => record(orderNo, 300)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const codes = answers.filter(({ status }) => status === 409).map(({ body }) => body.code as string);
    expect([...new Set(codes)].sort()).toEqual(expect.arrayContaining(['outside-refund-recorded']));
    expect(await sumsOf(orderNo)).toEqual([300, 300, 300]);

    world.clock.advanceSeconds(60);
    await giveBackOutside(orderNo, 200);
    expect((await record(orderNo, 200)).body.code).toBe('outside-refund-recorded');
    await look(orderNo);
    expect((await record(orderNo, 701)).body.code).toBe('refund-exceeds');
    expect((await record(orderNo, 200)).status).toBe(201);
    expect(await sumsOf(orderNo)).toEqual([500, 500, 500]);
  });

  it('need a look that shows one: not an old one, not none, and not our own refund', async () => {
    const orderNo = await paid();
    expect((await record(orderNo, 1_000)).body.code).toBe('lookup-required');
    await look(orderNo);
    expect((await record(orderNo, 1_000)).body.code).toBe('lookup-shows-no-refund');
    const { body: ours } = await askRefund(world, orderNo, 100);
    await refundInState(world, ours.id, 'Refunded');
    expect((await record(orderNo, 900)).body.code).toBe('lookup-required');
    expect((await record('never-sold', 1)).body.code).toBe('charge-not-found');
    expect((await record(orderNo, 0)).status).toBe(400);
    expect((await record(orderNo, 1, { reason: '' })).status).toBe(400);
    expect(await sumsOf(orderNo)).toEqual([100, 100, 100]);
  });

  it('wait for the end of a refund of ours, which may be what T store shows', async () => {
    const orderNo = await paid();
    await giveBackOutside(orderNo, 300);
    await look(orderNo);
    await send(world, 'POST', 'kill-switch', { reason: 'nothing is to be sent' });
    const { body: ours } = await askRefund(world, orderNo, 100);
    expect((await record(orderNo, 300)).body.code).toBe('refund-open');
    await send(world, 'POST', `refunds/${ours.id}/cancel`, { reason: 'T store gave back more already' });
    expect((await record(orderNo, 300)).status).toBe(201);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    expect(await sumsOf(orderNo)).toEqual([300, 300, 300]);
  });

  it('recorded with too little are suspected again once T store refuses the rest, and two persons record the difference', async () => {
    const orderNo = await paid();
    await giveBackOutside(orderNo, 400);
    await look(orderNo);
    expect((await record(orderNo, 100)).status).toBe(201);
    const { body: rest } = await askRefund(world, orderNo);
    expect(await refundInState(world, rest.id, 'Failed')).toMatchObject({
      amount: 900,
      result: { resultCode: '8009' },
    });
    const [one] = await suspected(orderNo);
    expect(one.shown).toContain(`refused: refund ${rest.id}, 8009`);
    const { status, body } = await record(orderNo, 300);
    expect(status).toBe(202);
    expect((await record(orderNo, 300)).body.code).toBe('approval-open');
    expect(await agreed(world, { status, body: body.approval })).toMatchObject({ status: 200 });
    expect((await record(orderNo, 300)).body.code).toBe('outside-refund-recorded');
    await refundInState(world, (await askRefund(world, orderNo)).body.id, 'Refunded');
    expect(await sumsOf(orderNo)).toEqual([1_000, 1_000, 1_000]);
  });

  it('that were none are dismissed, and the same showing does not come up again', async () => {
    const orderNo = await paid();
    await giveBackOutside(orderNo, 300);
    await look(orderNo);
    const [one] = await suspected(orderNo);
    const dismiss = (): Promise<JsonAnswer> =>
      send(world, 'POST', `outside-refunds/${one.id}/dismiss`, { reason: 'T store says it is a mistake of theirs' });
    expect(await dismiss()).toMatchObject({ status: 200, body: { state: 'Dismissed', actions: [] } });
    expect((await dismiss()).body.code).toBe('state-conflict');
    await look(orderNo);
    expect(await suspected(orderNo)).toEqual([]);
    // Whoever dismissed it was wrong.
    expect((await record(orderNo, 300)).status).toBe(201);
    expect(await sumsOf(orderNo)).toEqual([300, 300, 300]);
    const { body } = await world.get(`outside-refunds/${one.id}`);
    expect(body.history.map((entry: JsonBody) => [entry.fromState, entry.toState, entry.reason])).toEqual([
      [null, 'Suspected', null],
      ['Suspected', 'Dismissed', 'T store says it is a mistake of theirs'],
      ['Dismissed', 'Recorded', body.decision.reason],
    ]);
  });

  it('of a whole period take back the days it paid for, above the allowance with a second person’s word', async () => {
    const id = await subscribe(world, 'outside', '2031-01-05');
    await billOn(world, '2031-01-05');
    moveTo(world, '2031-01-10');
    const orderNo = `B20310105-${id}-1`;
    const second = await keyOf(world, 'second@example.com', 'finance');
    await giveBackOutside(orderNo, 5_500, true);
    await look(orderNo);
    const { status, body } = await record(orderNo, 5_500);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { refund: null, approval: { kind: 'outside-refund', state: 'Waiting', amount: 5_500 } },
    });
    expect((await charge(orderNo)).state).toBe('Paid');
    const approve = (headers = {}): Promise<JsonAnswer> =>
      send(world, 'POST', `approvals/${body.approval.id}/approve`, { reason: 'I have seen it too' }, headers);
    expect((await approve()).body.code).toBe('second-person-required');
    expect(await approve({ Authorization: `Bearer ${second}` })).toMatchObject({ body: { state: 'Approved' } });
    expect(await charge(orderNo)).toMatchObject({ state: 'Refunded', refundedAmount: 5_500 });
    expect(await loggedRefunds(world, orderNo)).toEqual(['refunded 5500']);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Active', next: '2031-02-05', paidThrough: null });
  });

  it('leave all sums in agreement, and stop no line', async () => {
    await lineChecked(world);
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
    const [{ refunded }] = (await world.service.app
      .get(Database)
      .rows<{ refunded: string }>(`SELECT sum(refunded_amount) AS refunded FROM refund_total`)) as [
      { refunded: string },
    ];
    expect(Number(refunded)).toBe(world.simulator.control.bookTotals().refundedAmount);
    const today = (await world.get('summary')).body.today.from;
    const { body } = await world.get(`reports/unbalanced-jobs?from=2026-01-01&to=${today}`);
    expect(body.items ?? body.jobs ?? []).toEqual([]);
  });
});

describe('refunds that T store made without us, while nobody has set its words', () => {
  let world: BillingWorld;
  let orderNos: string[];

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { ...UNLIMITED, TSTORE_REFUNDED_STATUSES: '' },
    });
    orderNos = await paidCharges(world, 5, 'wordless-');
  });

  afterAll(() => world.close());

  /** Looks one up, and asks for 100 won of it to be recorded. */
  async function asked(): Promise<{ orderNo: string; approval: JsonBody; record: () => Promise<JsonAnswer> }> {
    const orderNo = orderNos.pop() as string;
    await world.get(`charges/${orderNo}/transaction`);
    const record = () => send(world, 'POST', 'outside-refunds', { orderNo, amount: 100, reason: 'seen' });
    const { status, body } = await record();
    expect({ status, body }).toMatchObject({ status: 202, body: { approval: { kind: 'outside-refund' } } });
    return { orderNo, approval: body.approval, record };
  }

  const approve = (approval: JsonBody): Promise<JsonAnswer> => agreed(world, { status: 202, body: approval });
  const stateOf = async (approval: JsonBody): Promise<string> =>
    (await world.get(`approvals/${approval.id}`)).body.state;
  const suspicionOf = async (orderNo: string): Promise<JsonBody> =>
    (await world.get('outside-refunds')).body.items.find((one: JsonBody) => one.orderNo === orderNo);
  const dismiss = async (orderNo: string): Promise<JsonAnswer> => {
    const { id } = await suspicionOf(orderNo);
    return send(world, 'POST', `outside-refunds/${id}/dismiss`, { reason: 'nothing on the operator’s site' });
  };

  it('are recorded only with a second person’s word, and asked for once', async () => {
    const { orderNo, approval, record } = await asked();
    expect(approval.because).toContain('nobody has set which of the gateway’s words mean refunded');
    expect(await record()).toMatchObject({ status: 409, body: { code: 'approval-open' } });
    expect(await approve(approval)).toMatchObject({ status: 200, body: { state: 'Approved' } });
    expect((await world.get(`charges/${orderNo}`)).body.refundedAmount).toBe(100);
    expect(await record()).toMatchObject({ status: 409, body: { code: 'outside-refund-recorded' } });
  });

  it('are suspected by a word that nobody has named: nothing agrees with it, and nothing more is given back', async () => {
    const orderNo = orderNos.pop() as string;
    const look = async (): Promise<JsonBody> => (await world.get(`charges/${orderNo}/transaction`)).body;
    expect((await look()).agrees).toBe(true);
    await giveBack(world, orderNo, 400);
    world.clock.advanceSeconds(1);
    const differing = (await look()).fields.filter((field: JsonBody) => !field.same);
    expect(differing).toEqual([{ field: 'status', ours: 'paid', gateway: 'partiallyRefunded', same: false }]);
    expect(await suspicionOf(orderNo)).toMatchObject({ state: 'Suspected' });
    const { body: ours } = await askRefund(world, orderNo, 100);
    await refundInState(world, ours.id, 'Failed');
    expect(await bookedRefunds(world, orderNo)).toEqual([400]);
    const { body } = await send(world, 'POST', 'outside-refunds', { orderNo, amount: 400, reason: 'seen' });
    expect(await approve(body.approval)).toMatchObject({ status: 200 });
    // What was given back of it is recorded; whether its word says as much, nobody has named.
    expect((await look()).agrees).toBeNull();
    await refundInState(world, (await askRefund(world, orderNo, 100)).body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([400, 100]);
  });

  it('that are asked for are suspected meanwhile: we give nothing of it back a second time', async () => {
    const { orderNo, approval } = await asked();
    expect(await suspicionOf(orderNo)).toMatchObject({ state: 'Suspected' });
    const { body: ours } = await askRefund(world, orderNo);
    const failed = await refundInState(world, ours.id, 'Failed');
    expect(failed.result.resultMessage).toContain('record as an outside refund what was given back');
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    // What is said to be none ends what was asked for it.
    expect(await dismiss(orderNo)).toMatchObject({ status: 200 });
    expect(await stateOf(approval)).toBe('Withdrawn');
    expect(await approve(approval)).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
  });

  it('can’t be agreed to while a refund of ours has not ended, nor beyond what is left: a clear 409, and a way out', async () => {
    const first = orderNos.pop() as string;
    await world.get(`charges/${first}/transaction`);
    await send(world, 'POST', 'kill-switch', { reason: 'nothing is to be sent' });
    const record = () => send(world, 'POST', 'outside-refunds', { orderNo: first, amount: 100, reason: 'seen' });
    const { body: asking } = await record();
    const { body: ours } = await askRefund(world, first, 950);
    expect(await approve(asking.approval)).toMatchObject({ status: 409, body: { code: 'refund-open' } });
    expect(await stateOf(asking.approval)).toBe('Waiting');
    // As if it had been sent before it was suspected.
    await world.service.app.get(Database).execute(
      `UPDATE outside_refund SET state = 'Dismissed', decided_at = found_at, decided_by = 'test', decision_reason = 'test'
         WHERE state = 'Suspected'`,
    );
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    await refundInState(world, ours.id, 'Refunded');
    expect(await approve(asking.approval)).toMatchObject({ status: 409, body: { code: 'refund-exceeds' } });
    expect(await stateOf(asking.approval)).toBe('Waiting');
    expect((await world.get(`charges/${first}`)).body.refundedAmount).toBe(950);
    const rejected = await send(world, 'POST', `approvals/${asking.approval.id}/reject`, { reason: 'it was ours' });
    expect(rejected).toMatchObject({ status: 200, body: { state: 'Rejected' } });
  });

  it('that two rooms record at once are more than is left by PostgreSQL’s word, and a clear 409', async () => {
    const { orderNo, approval } = await asked();
    // As if a refund of ours had been counted between the check and the recording.
    const database = world.service.app.get(Database);
    const { id } = (await world.get(`charges/${orderNo}`)).body;
    await database.execute(
      `INSERT INTO payment_refund_total (transaction_id, amount, pending_amount, refunded_amount)
       SELECT transaction_id, amount, 0, 950 FROM settlement WHERE charge_id = $1 AND kind = 'paid'`,
      [id],
    );
    expect(await approve(approval)).toMatchObject({ status: 409, body: { code: 'refund-exceeds' } });
    expect((await world.get(`charges/${orderNo}`)).body.refundedAmount).toBe(0);
  });
});

describe('refunds that T store made without us, and that its record does not show', () => {
  it('are suspected when it refuses a refund of ours as more than is left, and can be recorded by two', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        ...UNLIMITED,
        TSTORE_REFUNDED_STATUSES: 'refunded',
        TSTORE_PAID_STATUSES: 'complite,partiallyRefunded',
      },
    });
    try {
      const [orderNo = ''] = await paidCharges(world, 1, 'unshown-');
      await giveBack(world, orderNo, 400);
      const { body: ours } = await askRefund(world, orderNo);
      expect(await refundInState(world, ours.id, 'Failed')).toMatchObject({ result: { resultCode: '8009' } });
      const { body } = await world.get('outside-refunds?state=Suspected');
      expect(body.items).toMatchObject([{ orderNo, state: 'Suspected' }]);
      // Nothing more is sent until a person has told what it was.
      const { body: again } = await askRefund(world, orderNo);
      expect(await refundInState(world, again.id, 'Failed')).toMatchObject({ result: { resultCode: 'not-sent' } });
      const told = await send(world, 'POST', 'outside-refunds', { orderNo, amount: 400, reason: 'T store says so' });
      expect(told).toMatchObject({ status: 202, body: { approval: { kind: 'outside-refund' } } });
      expect(told.body.approval.because).toMatch(/a refusal does: .*refused: refund .* 8009/);
      expect(await agreed(world, { status: 202, body: told.body.approval })).toMatchObject({ status: 200 });
      expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({ refundedAmount: 400 });
    } finally {
      await world.close();
    }
  });
});
