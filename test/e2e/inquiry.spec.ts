import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { acceptAsPaid } from '../support/discrepancies';
import { askRefund, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { billOn, moveTo, planOn, send, subscribe } from '../support/subscribers';
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

  it('is answered for a customer by all that was asked of them, newest first', async () => {
    await subscribe(world, '고객 42', '2031-01-31');
    await billOn(world, '2031-01-31');
    await planOn(world, '2031-02-28');
    const query = `customerReference=${encodeURIComponent('고객 42')}`;
    const verdicts = async () => (await ask(query)).map((answer) => answer.verdict);
    await until('February is sent', async () => ((await verdicts())[0] === 'not-known' ? true : undefined));
    expect(await verdicts()).toEqual(['not-known', 'charged']);
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
