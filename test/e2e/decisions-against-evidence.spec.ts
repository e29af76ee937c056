import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { acceptAsPaid } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import { agreed, billOn, chargesOf, historyOf, planOn, send, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';

describe('a line that does not plainly say what became of the money', () => {
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

  const lookUp = (id: string, body: object = {}): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/lookup`, body);
  const accept = (id: string, outcome: 'paid' | 'declined', more: object = {}): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/accept`, { outcome, reason: 'seen', ...more });
  const timesAsked = (): number =>
    world.simulator.control.calls().filter(({ path }) => path.includes('/transaction/')).length;
  const takenFor = async (orderNo: string): Promise<number> =>
    (await world.simulator.control.bookOfOrder(orderNo)).filter(({ tid }) => tid !== undefined).length;

  /** Bills a new subscription whose line has another code, as all others of the day; their transactions stay. */
  async function billedWith(resultCode: string, on: string): Promise<{ id: string; discrepancy: JsonBody }> {
    const id = await subscribe(world, `customer of ${on}`, on);
    world.simulator.control.armFault({ kind: 'result-code-altered', options: { lines: 1_000, resultCode } });
    await planOn(world, on);
    return { id, discrepancy: await openOf(`B${on.replaceAll('-', '')}-${id}-1`) };
  }

  async function openOf(orderNo: string): Promise<JsonBody> {
    return until(`${orderNo} is reconciled`, async () => {
      await world.simulator.control.deliverNotifications();
      const { body } = await world.get(`discrepancies?orderNo=${orderNo}&state=Open`);
      return body.items[0];
    });
  }

  const aMonthAfter = (on: string): string => on.replace(/-0(\d)-/, (_, month) => `-0${Number(month) + 1}-`);

  it.each(['0000 ', '8101'])(
    'is no decline with code %j beside a transaction, and charges nobody again',
    async (code) => {
      const on = code === '8101' ? '2028-03-05' : '2028-01-05';
      const { id, discrepancy } = await billedWith(code, on);
      expect(discrepancy).toMatchObject({ kind: 'unclear-outcome', found: { resultCode: code } });
      await billOn(world, aMonthAfter(on));
      expect(await chargesOf(world, id)).toHaveLength(1);
      expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: on, paidThrough: null });
      // T store's record decides; what the line says otherwise needs a second person.
      const paid = await agreed(world, await acceptAsPaid(world, discrepancy.id));
      expect(paid.status).toBe(200);
      expect(await subscriptionRow(world, id)).toMatchObject({
        state: 'Active',
        paidThrough: aMonthAfter(on),
      });
      expect(await takenFor(discrepancy.orderNo)).toBe(1);
    },
  );

  it('is not declined while T store was not asked, was asked for something else, or has the payment', async () => {
    const { discrepancy } = await billedWith('0000 ', '2028-05-05');
    const { id } = discrepancy;
    expect(await accept(id, 'declined')).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    const typo = { transactionId: `${discrepancy.found.transactionId}9` };
    expect((await lookUp(id, typo)).body).toMatchObject({ answer: 'not-found', suggestion: 'another-question' });
    expect(await accept(id, 'declined')).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    expect(await accept(id, 'declined', typo)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    expect((await lookUp(id)).body.suggestion).toBe('accept-as-paid');
    expect(await accept(id, 'declined')).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect((await world.get(`discrepancies/${id}`)).body.state).toBe('Open');
  });

  it.each([{}, { resultCode: '8002' }, { status: 401 }, { status: 429 }])(
    'is not declined, missing or closed by a lookup that T store refused for another reason: %j',
    async (options) => {
      world.simulator.control.armFault({ kind: 'result-code-altered', options: { resultCode: '0000 ' } });
      const { body: uploaded } = await world.upload(requestFile(4, `refused-${(batch += 1)}-`));
      await world.settled(uploaded.id);
      const [{ id, found }] = (await world.get(`discrepancies?jobId=${uploaded.id}`)).body.items;
      const asked = timesAsked();
      for (const times of [1, 2]) {
        // A token that is refused is got anew, and tried once more.
        world.simulator.control.armFault({ kind: 'lookup-refused', options, times: 2 });
        expect((await lookUp(id)).body).toMatchObject({ found: null, suggestion: 'look-up-later' });
        // It proves nothing, so it is not given again either.
        expect(timesAsked()).toBeGreaterThanOrEqual(asked + times);
        world.simulator.control.disarmAllFaults();
      }
      for (const act of [
        accept(id, 'declined'),
        send(world, 'POST', `discrepancies/${id}/close`, { reason: 'seen' }),
      ]) {
        expect(await act).toMatchObject({
          status: 409,
          body: { code: 'lookup-required', transactionId: found.transactionId },
        });
      }
      expect((await lookUp(id)).body.suggestion).toBe('accept-as-paid');
      world.clock.advanceSeconds(61);
    },
  );

  it('is declined by two persons who saw that T store has no such payment, and never tried again by itself', async () => {
    const { id, discrepancy } = await billedWith('0000 ', '2028-06-05');
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    expect((await lookUp(discrepancy.id)).body.suggestion).toBe('accept-as-declined');
    const asked = await accept(discrepancy.id, 'declined');
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'discrepancy', state: 'Waiting', subjectId: discrepancy.id, act: { outcome: 'declined' } },
    });
    expect(asked.body.because).toContain(discrepancy.found.transactionId);
    expect(await accept(discrepancy.id, 'declined')).toMatchObject({ status: 409, body: { code: 'approval-open' } });
    expect((await world.get(`discrepancies/${discrepancy.id}`)).body.state).toBe('Open');
    expect(asked.body.because).toContain('which T store answers it does not have');
    expect((await agreed(world, asked)).status).toBe(200);
    const { body } = await world.get(`charges/${discrepancy.orderNo}`);
    expect(body).toMatchObject({ state: 'Declined', resultCode: 'declined-against-evidence' });
    for (const on of ['2028-06-08', '2028-06-12', '2028-07-05']) await billOn(world, on);
    expect(await chargesOf(world, id)).toHaveLength(1);
    // Nor is it canceled, as after the last of all attempts.
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'PastDue', next: '2028-06-05' });
    expect((await historyOf(world, id)).at(-1)).toBe(
      'PastDue > PastDue: no further attempt: declined against what its line says',
    );
  });

  it('declined so, and seen to be paid later, stops the line, and its period is not billed again while that is so', async () => {
    const { id, discrepancy } = await billedWith('0000 ', '2028-08-05');
    const { orderNo } = discrepancy;
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    await lookUp(discrepancy.id);
    expect((await agreed(world, await accept(discrepancy.id, 'declined'))).status).toBe(200);
    world.clock.advanceSeconds(61);
    const { body: seen } = await world.get(`charges/${orderNo}/transaction`);
    expect(seen).toMatchObject({ answer: 'found', agrees: false });
    expect(seen.fields).toContainEqual({ field: 'paid', ours: false, gateway: true, same: false });
    const stop = await until('the line stops', async () => {
      const { body } = await world.get('line-stops?kind=paid-after-all&state=Open');
      return body.items.find(({ evidence }: JsonBody) => evidence.orderNo === orderNo);
    });
    expect(stop).toMatchObject({
      subscriptionId: id,
      violation: expect.stringContaining(`order ${orderNo} ended as declined, and T store has its payment`),
      evidence: { transactionId: discrepancy.found.transactionId, foundAmount: discrepancy.expected.amount },
    });
    const { body: inquiry } = await world.get(`inquiry?orderNo=${orderNo}`);
    expect(inquiry.items[0]).toMatchObject({ verdict: 'not-known', because: stop.violation });
    const rebill = (): Promise<JsonAnswer> => send(world, 'POST', `charges/${orderNo}/rebill`, { reason: 'owed' });
    expect(await rebill()).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    // Whoever resolves the stop has changed nothing of what T store has.
    await agreed(world, await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'seen' }));
    expect(await rebill()).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect(await takenFor(orderNo)).toBe(1);
    // Once T store has it no more, the period is owed again.
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    world.clock.advanceSeconds(61);
    expect((await world.get(`charges/${orderNo}/transaction`)).body).toMatchObject({
      answer: 'not-found',
      agrees: true,
    });
    expect(await rebill()).toMatchObject({ status: 202, body: { kind: 'rebill' } });
  });

  it('is not declined when T store has the payment by the time the second person agrees', async () => {
    const { discrepancy } = await billedWith('0000 ', '2028-09-05');
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    await lookUp(discrepancy.id);
    const asked = await accept(discrepancy.id, 'declined');
    world.clock.advanceSeconds(61);
    expect((await lookUp(discrepancy.id)).body.suggestion).toBe('accept-as-paid');
    expect(await agreed(world, asked)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect((await acceptAsPaid(world, discrepancy.id)).status).toBe(200);
    expect((await world.get(`approvals/${asked.body.id}`)).body.state).toBe('Withdrawn');
  });

  it('that is missing is not declined when T store has the payment by the time the second person agrees', async () => {
    for (const kind of ['result-lines-doubled', 'result-lines-missing'] as const) {
      world.simulator.control.armFault({ kind });
    }
    const { body: uploaded } = await world.upload(requestFile(4, `missing-${(batch += 1)}-`));
    await world.settled(uploaded.id);
    const { body } = await world.get(`discrepancies?jobId=${uploaded.id}&kind=missing`);
    const [{ id, orderNo }] = body.items;
    const asked = await accept(id, 'declined');
    expect(asked).toMatchObject({ status: 202, body: { because: 'no line says what became of it' } });
    const [booked] = await world.simulator.control.bookOfOrder(orderNo);
    expect((await lookUp(id, { transactionId: booked?.tid })).body.suggestion).toBe('accept-as-paid');
    const refused = await agreed(world, asked);
    expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect(refused.body.detail).toContain(`T store has payment ${booked?.tid}, just as it was asked`);
    expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Submitted');
    // Asked for anew, who agrees is told.
    await send(world, 'POST', `approvals/${asked.body.id}/withdraw`, { reason: 'T store has it' });
    const anew = await accept(id, 'declined');
    expect(anew.body.because).toContain(booked?.tid);
    await send(world, 'POST', `approvals/${anew.body.id}/withdraw`, { reason: 'it is paid' });
    const paid = await acceptAsPaid(world, id, booked?.tid ?? undefined);
    expect(paid).toMatchObject({
      status: 202,
      body: { because: expect.stringContaining(`no line of it names ${booked?.tid}`) },
    });
    expect((await agreed(world, paid)).status).toBe(200);
  });

  it('is not declined by evidence of yesterday', async () => {
    const { discrepancy } = await billedWith('0000 ', '2028-10-05');
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    await lookUp(discrepancy.id);
    const asked = await accept(discrepancy.id, 'declined');
    world.clock.advanceSeconds(25 * 3_600);
    expect(await agreed(world, asked)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
  });

  it('pays by no transaction that never existed, is of another amount, or settled another charge', async () => {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const { body: uploaded } = await world.upload(requestFile(4, `evidence-${(batch += 1)}-`));
    await world.settled(uploaded.id);
    const [discrepancy] = (await world.get(`discrepancies?jobId=${uploaded.id}`)).body.items;
    const never = { transactionId: 'NEVER-EXISTED-2' };
    expect(await accept(discrepancy.id, 'paid', never)).toMatchObject({
      status: 409,
      body: { code: 'lookup-required' },
    });
    await lookUp(discrepancy.id, never);
    const refused = await accept(discrepancy.id, 'paid', never);
    expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts', ...never } });
    const { body: charges } = await world.get(`bulk-payment-jobs/${uploaded.id}/charges`);
    const other = charges.items.find((charge: JsonBody) => charge.state === 'Paid');
    const taken = await accept(discrepancy.id, 'paid', { transactionId: other.transactionId });
    expect(taken).toMatchObject({ status: 409, body: { code: 'transaction-settled' } });
    expect((await acceptAsPaid(world, discrepancy.id)).status).toBe(200);
  });

  it('of several that name one payment none is settled, and the payment settles the one that it paid', async () => {
    world.simulator.control.armFault({ kind: 'result-transaction-shared' });
    const { body: uploaded } = await world.upload(requestFile(6, `shared-${(batch += 1)}-`));
    const job = await world.settled(uploaded.id);
    expect(job.result.totals).toMatchObject({ paid: { count: 3 }, quarantined: { count: 3 } });
    const { body } = await world.get(`discrepancies?jobId=${uploaded.id}&kind=transaction-shared`);
    expect(body.items).toHaveLength(3);
    for (const { orderNo } of body.items) {
      expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({ state: 'Submitted', transactionId: null });
    }
    const [{ found }] = body.items;
    const statuses = [];
    for (const { id, expected } of body.items) {
      await lookUp(id);
      const { status, body: answer } = await accept(id, 'paid');
      statuses.push(status === 200 ? expected.amount : answer.code);
    }
    // Amounts differ by order, so that T store's record tells whose it is.
    expect(statuses.filter((status) => typeof status === 'number')).toHaveLength(1);
    const { body: settled } = await world.get(`charges?transactionId=${found.transactionId}`);
    expect(settled.items).toHaveLength(1);
  });

  it('of several that name one payment of the same price, nobody alone says whose it is', async () => {
    world.simulator.control.armFault({ kind: 'result-transaction-shared' });
    const { body: uploaded } = await world.upload(
      requestFile(6, `twins-${(batch += 1)}-`).replaceAll(/,\d+,\d+,0,0/g, ',1002,1002,0,0'),
    );
    await world.settled(uploaded.id);
    const { body } = await world.get(`discrepancies?jobId=${uploaded.id}&kind=transaction-shared`);
    const [one, other, third] = body.items;
    expect((await lookUp(other.id)).body).toMatchObject({ answer: 'found', suggestion: 'ask-tstore' });
    const asked = await accept(other.id, 'paid');
    expect(asked).toMatchObject({ status: 202, body: { kind: 'discrepancy', state: 'Waiting' } });
    const rivals = [one.orderNo, third.orderNo].sort().join(', ');
    expect(asked.body.because).toContain(`${rivals}: T store does not say whose it is`);
    expect((await world.get(`charges/${other.orderNo}`)).body.state).toBe('Submitted');
    expect((await agreed(world, asked)).status).toBe(200);
  });
});
