import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { newestInDoubt, openStop, resolvedByTwo, saidByTwo } from '../support/doubt';
import { billOn, chargesOf, planOn, send, settleAll, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';

const ASKED = { reason: 'T store was asked by telephone' };

describe('the charges of a job that was closed while in doubt', () => {
  let world: BillingWorld;

  beforeEach(async () => {
    world = await startWorld({ simulator: { declineRate: 0, processingDelayMs: 3_600_000 } });
  });

  afterEach(() => world.close());

  const post = (path: string, body: object = ASKED): Promise<JsonAnswer> =>
    send(world, 'POST', `bulk-payment-jobs/${path}`, body);
  const decided = (id: string, act: string, body: object = ASKED): Promise<JsonAnswer> =>
    saidByTwo(world, id, act, body);
  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;

  /** Bills one customer by a job whose answer is lost, and closes the job. */
  async function closedJobOf(customer: string, kind: 'submit-answer-lost' | 'submit-failing-before') {
    const subscriptionId = await subscribe(world, customer, '2027-01-05');
    world.simulator.control.armFault({ kind });
    await planOn(world, '2027-01-05');
    const { id: jobId } = await newestInDoubt(world);
    const gatewayJobId = world.simulator.control.jobs().at(-1)?.jobId ?? '';
    expect((await decided(jobId, 'close-as-not-accepted')).status).toBe(200);
    return { subscriptionId, jobId: jobId as string, gatewayJobId };
  }

  it('are billed again by nothing but an explicit act, once, however many ask at once', async () => {
    const { subscriptionId, jobId } = await closedJobOf('not-taken', 'submit-failing-before');
    for (const day of ['2027-01-06', '2027-02-05', '2027-03-05']) await billOn(world, day);
    expect(await chargesOf(world, subscriptionId)).toEqual(['2027-01-05 5500']);

    expect((await post(`${jobId}/rebill`, {})).status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(`${jobId}/rebill`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    await settleAll(world);
    expect(await chargesOf(world, subscriptionId)).toHaveLength(2);
    expect(await subscriptionRow(world, subscriptionId)).toMatchObject({ state: 'Active', next: '2027-02-05' });
    expect(await world.simulator.control.repeatedOrders()).toEqual([]);
  });

  it('are not billed again while T store is known to have the job, and an unsent rebill goes when it comes back', async () => {
    const { subscriptionId, jobId, gatewayJobId } = await closedJobOf('taken', 'submit-answer-lost');
    await send(world, 'POST', 'kill-switch', { reason: 'let the notification come first' });
    const rebill = (await post(`${jobId}/rebill`)).body;
    await world.simulator.control.deliverNotifications();
    const stop = await openStop(world, 'gateway-contradicts');
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    await until('its file is written', async () => (await jobOf(rebill.id)).requestFile ?? undefined);
    expect(await jobOf(rebill.id)).toMatchObject({
      state: 'Created',
      heldBy: `line stop ${stop.id}: ${stop.violation}`,
      submission: null,
    });

    expect((await decided(jobId, 'attach-gateway-job', { ...ASKED, gatewayJobId })).status).toBe(200);
    expect(await jobOf(rebill.id)).toMatchObject({
      state: 'Failed',
      failureReason: `job ${jobId} was accepted after all`,
      submission: null,
    });
    const again = await post(`${rebill.id}/rebill`);
    expect(again).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
    expect((await world.settled(jobId)).result.totals.paid).toEqual({ count: 1, amount: 5_500 });
    expect(await subscriptionRow(world, subscriptionId)).toMatchObject({ state: 'Active', next: '2027-02-05' });
    expect(world.simulator.control.bookTotals()).toMatchObject({ jobs: 1, chargedAmount: 5_500 });
  });

  it('that was refused and taken all the same: its unsent rebill goes when it comes back', async () => {
    await subscribe(world, 'refused', '2027-01-05');
    world.simulator.control.armFault({ kind: 'submit-refused-after', options: { status: 200, resultCode: '8003' } });
    await planOn(world, '2027-01-05');
    const jobId = await until('it is refused', async () => {
      const [job] = (await world.get('bulk-payment-jobs?state=Failed')).body.items;
      return job?.id as string | undefined;
    });
    await send(world, 'POST', 'kill-switch', { reason: 'let the notification come first' });
    const rebill = (await post(`${jobId}/rebill`)).body;
    await world.simulator.control.deliverNotifications();
    const { gatewayJobId } = (await openStop(world, 'gateway-contradicts')).evidence;
    expect((await decided(jobId, 'attach-gateway-job', { ...ASKED, gatewayJobId })).status).toBe(200);
    expect(await jobOf(rebill.id)).toMatchObject({ state: 'Failed', submission: null });
    expect((await world.settled(jobId)).result.totals.paid).toEqual({ count: 1, amount: 5_500 });
    expect(world.simulator.control.bookTotals()).toMatchObject({ jobs: 1, chargedAmount: 5_500 });
  });

  it('can’t be billed again where T store was heard to have the job, whatever is said of it', async () => {
    const { jobId, gatewayJobId } = await closedJobOf('taken', 'submit-answer-lost');
    await world.simulator.control.deliverNotifications();
    const stop = await openStop(world, 'gateway-contradicts');
    const contradicted = { status: 409, body: { code: 'evidence-contradicts', jobId, gatewayJobId } };
    expect(await post(`${jobId}/rebill`)).toMatchObject(contradicted);
    // That T store gave the money back, its result says for each charge, once the job has come back.
    expect((await resolvedByTwo(world, stop.id, { reason: 'T store took it back' })).body.state).toBe('Resolved');
    expect(await post(`${jobId}/rebill`)).toMatchObject(contradicted);
  });

  it('paid by the job and by its rebill are found: the period was paid twice, and nothing more is charged', async () => {
    const { subscriptionId, jobId, gatewayJobId } = await closedJobOf('pays-twice', 'submit-answer-lost');
    const rebill = (await post(`${jobId}/rebill`)).body;
    await until('it is sent', async () => (await jobOf(rebill.id)).submission?.gatewayJobId ?? undefined);
    await world.settled(rebill.id);
    expect((await decided(jobId, 'attach-gateway-job', { ...ASKED, gatewayJobId })).status).toBe(200);
    await world.settled(jobId);
    const stop = await openStop(world, 'period-paid-twice');
    expect(stop).toMatchObject({ subscriptionId, jobId: null, evidence: { periodStartOn: '2027-01-05' } });
    expect(stop.evidence.payments.map((payment: JsonBody) => [payment.jobId, payment.amount])).toEqual([
      [rebill.id, 5_500],
      [jobId, 5_500],
    ]);
    // One period for one payment: the other is owed back.
    expect(await subscriptionRow(world, subscriptionId)).toMatchObject({ next: '2027-02-05' });
    await billOn(world, '2027-02-05');
    expect(await chargesOf(world, subscriptionId)).toHaveLength(2);
    await resolvedByTwo(world, stop.id, { reason: 'one payment was given back' });
    await billOn(world, '2027-02-06');
    expect(await chargesOf(world, subscriptionId)).toHaveLength(3);
    expect(await subscriptionRow(world, subscriptionId)).toMatchObject({ next: '2027-03-05' });
  });
});
