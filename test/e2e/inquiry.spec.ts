import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { acceptAsPaid } from '../support/discrepancies';
import { askRefund, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { agreed, billOn, moveTo, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

describe('the question whether a customer was charged', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
  });

  afterAll(() => world.close());

  const ask = async (query: string): Promise<JsonBody[]> => (await world.get(`inquiry?${query}`)).body.items;
  const answerOf = async (orderNo: string): Promise<JsonBody> => (await ask(`orderNo=${orderNo}`))[0];

  async function uploaded(prefix: string, count = 2): Promise<void> {
    await world.settled((await world.upload(requestFile(count, prefix))).body.id);
  }

  /** Every GET that an answer names works; every POST exists and is refused for its empty body, not for its address. */
  async function allLead(answer: JsonBody): Promise<void> {
    for (const { link } of answer.evidence) {
      expect([link, (await world.get(link.replace('/admin/v1/', ''))).status]).toEqual([link, 200]);
    }
    for (const { method, href } of answer.actions.filter((one: JsonBody) => one.method === 'POST')) {
      const { body } = await send(world, method, href.replace('/admin/v1/', ''), { nonsense: 1 });
      expect([href, body.code]).toEqual([href, 'invalid-request']);
    }
  }

  it('is answered for who paid: yes, by which evidence, and what may be done', async () => {
    await uploaded('yes-');
    const answer = await answerOf('yes-0');
    const [booked] = await world.simulator.control.bookOfOrder('yes-0');
    expect(answer).toMatchObject({ verdict: 'charged', amountCharged: booked?.amount });
    expect(answer.because).toContain(booked?.tid);
    expect(answer.evidence.map((entry: JsonBody) => entry.what)).toEqual([
      'requested',
      'sent',
      'completion verified',
      'answered',
      'settled',
    ]);
    expect(answer.actions.map((action: JsonBody) => `${action.method} ${action.href}`)).toEqual([
      'GET /admin/v1/charges/yes-0/transaction',
      'POST /admin/v1/charges/yes-0/refunds',
    ]);
    await allLead(answer);
    expect(await ask(`transactionId=${booked?.tid}`)).toEqual([answer]);
  });

  it('is answered for who was declined: no', async () => {
    world.simulator.control.follow({ declineOrderNos: ['no-0'] });
    await uploaded('no-');
    expect(await answerOf('no-0')).toMatchObject({ verdict: 'not-charged', amountCharged: 0, actions: [] });
  });

  it('is answered through a refund: by how much the customer is still out of pocket', async () => {
    await uploaded('back-');
    const { body } = await askRefund(world, 'back-0', 400);
    await refundInState(world, body.id, 'Refunded');
    const answer = await answerOf('back-0');
    expect(answer).toMatchObject({ verdict: 'partly-refunded', amountCharged: 600 });
    expect(answer.evidence.map((entry: JsonBody) => entry.what)).toEqual(
      expect.arrayContaining(['settled', 'looked up', 'refund Refunded']),
    );
    await allLead(answer);
  });

  it('is left open where T store’s answer contradicts what was asked, with what decides it', async () => {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    await uploaded('odd-');
    const [{ id, orderNo }] = (await world.get('discrepancies?state=Open')).body.items;
    const answer = await answerOf(orderNo);
    expect(answer).toMatchObject({ verdict: 'not-known', amountCharged: 0 });
    expect(answer.actions.map((action: JsonBody) => action.href)).toEqual(
      ['lookup', 'accept', 'close'].map((action) => `/admin/v1/discrepancies/${id}/${action}`),
    );
    await acceptAsPaid(world, id);
    expect(await answerOf(orderNo)).toMatchObject({ verdict: 'charged' });
  });

  /** Has a charge settled as declined by people: what its job answered is told by the faults that are armed. */
  async function declinedByPeople(prefix: string): Promise<JsonBody> {
    const { body: job } = await world.upload(requestFile(6, prefix));
    await world.settled(job.id);
    const { items } = (await world.get(`discrepancies?jobId=${job.id}&state=Open`)).body;
    const discrepancy = items.find(({ kind }: JsonBody) => kind === 'missing') ?? items[0];
    if (discrepancy.found?.transactionId != null) {
      world.simulator.control.armFault({ kind: 'lookup-not-found' });
      await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    }
    const decision = { outcome: 'declined', reason: 'the customer says so' };
    const decided = await send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, decision);
    expect((await agreed(world, decided)).status).toBe(200);
    return discrepancy;
  }

  it('is answered with no where people declined what T store declined itself', async () => {
    const declineOrderNos = Array.from({ length: 6 }, (_, index) => `both-${index}`);
    world.simulator.control.follow({ declineOrderNos });
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const { orderNo, found } = await declinedByPeople('both-');
    expect(await answerOf(orderNo)).toMatchObject({
      verdict: 'not-charged',
      ground: 'declined-by-people',
      because: `people decided that it counts as declined: the customer says so; T store’s line says so, too: ${found.resultCode}`,
    });
  });

  it('is left open where people alone declined it', async () => {
    for (const kind of ['result-lines-doubled', 'result-lines-missing'] as const) {
      world.simulator.control.armFault({ kind });
    }
    const { orderNo } = await declinedByPeople('alone-');
    const answer = await answerOf(orderNo);
    expect(answer).toMatchObject({ verdict: 'not-known', ground: 'declined-by-people', amountCharged: 0 });
    expect(answer.because).toMatch(/^people decided that it counts as declined: .*; T store itself has not said so$/);
  });

  it('is left open where people declined what a line names a payment of, and T store has it, stopped or resolved', async () => {
    world.simulator.control.armFault({ kind: 'result-code-altered', options: { resultCode: '0000 ' } });
    const { orderNo, found } = await declinedByPeople('against-');
    const { transactionId } = found;
    const answer = await answerOf(orderNo);
    expect(answer).toMatchObject({ verdict: 'not-known', ground: 'declined-by-people' });
    expect(answer.because).toContain(`; T store’s line names payment ${transactionId}`);
    world.clock.advanceSeconds(61);
    await world.get(`charges/${orderNo}/transaction`);
    const contradicted = { verdict: 'not-known', ground: 'contradicted' };
    const because = `order ${orderNo} ended as declined, and T store has its payment ${transactionId}`;
    expect(await answerOf(orderNo)).toMatchObject({ ...contradicted, because });
    const stop = await until('the line is stopped', async () => {
      const { items } = (await world.get('line-stops?state=Open')).body;
      return items.find(({ evidence }: JsonBody) => evidence.orderNo === orderNo);
    });
    const resolved = await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'seen' });
    expect((await agreed(world, resolved)).status).toBe(200);
    expect(await answerOf(orderNo)).toMatchObject({ ...contradicted, because });
  });

  it('is answered for a customer by all that was asked of them, newest first', async () => {
    await subscribe(world, '고객 42', '2031-01-31');
    await billOn(world, '2031-01-31');
    const held = world.simulator.control.armFault({ kind: 'submit-held' });
    await planOn(world, '2031-02-28');
    const query = `customerReference=${encodeURIComponent('고객 42')}`;
    const verdicts = async () => (await ask(query)).map((answer) => answer.verdict);
    const seen = await until('February is sent', async () => {
      const all = await verdicts();
      return all[0] === 'not-known' ? all : undefined;
    });
    expect(seen).toEqual(['not-known', 'charged']);
    world.simulator.control.disarmFault(held.id);
    expect(await ask('customerReference=nobody')).toEqual([]);
  });

  it('is answered for what is not sent yet: no, and it can be taken back', async () => {
    moveTo(world, '2031-05-01');
    await send(world, 'POST', 'kill-switch', { reason: 'hold everything' });
    const { body: job } = await world.upload(requestFile(1, 'held-'));
    const answer = await answerOf('held-0');
    expect(answer).toMatchObject({ verdict: 'not-charged', because: 'nothing of it was sent to T store' });
    expect(answer.actions).toEqual([
      { action: 'cancel', method: 'POST', href: `/admin/v1/bulk-payment-jobs/${job.id}/cancel` },
    ]);
    const canceled = await send(world, 'POST', `bulk-payment-jobs/${job.id}/cancel`, { reason: 'wrong file' });
    expect(canceled.body).toMatchObject({ state: 'Failed', failureReason: 'canceled: wrong file', actions: [] });
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    expect(await send(world, 'POST', `bulk-payment-jobs/${job.id}/cancel`, { reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    });
    expect(await world.simulator.control.bookOfOrder('held-0')).toEqual([]);
  });

  it.each(['', 'orderNo=a&transactionId=b', 'orderNo='])('asked as %p is refused', async (query) => {
    expect(await world.get(`inquiry?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});
