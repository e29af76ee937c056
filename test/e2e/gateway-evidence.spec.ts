import { randomBytes } from 'node:crypto';
import { LineStopRepository } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { newestInDoubt, openStop, resolvedByTwo, saidByTwo, uploadInDoubt } from '../support/doubt';
import { requestFile } from '../support/request-files';
import { agreed, billOn, chargesOf, moveTo, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const ASKED = { reason: 'T store was asked by telephone' };
const REFUSED_AFTER = { kind: 'submit-refused-after', options: { status: 200, resultCode: '8500' } } as const;

describe('what T store was heard to say of a job', () => {
  let world: BillingWorld;

  beforeEach(async () => {
    // Jobs complete, and lost messages come again, when a test says so, not while it looks.
    const never = 3_600_000;
    world = await startWorld({
      simulator: { declineRate: 0, processingDelayMs: never, resendAfterFailureMs: never },
    });
  });

  afterEach(() => world.close());

  const post = (path: string, body: object = ASKED): Promise<JsonAnswer> => send(world, 'POST', path, body);
  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const rebill = (id: string): Promise<JsonAnswer> => post(`bulk-payment-jobs/${id}/rebill`);
  const attach = (id: string, gatewayJobId: string): Promise<JsonAnswer> =>
    saidByTwo(world, id, 'attach-gateway-job', { ...ASKED, gatewayJobId });
  const gatewayJobOf = (): string => world.simulator.control.jobs().at(-1)?.jobId ?? '';
  const sent = (id: string): Promise<string> =>
    until(`job ${id} is sent`, async () => (await jobOf(id)).submission?.gatewayJobId ?? undefined);
  const inquiryOf = async (jobId: string): Promise<JsonBody> => {
    const [charge] = (await world.get(`bulk-payment-jobs/${jobId}/charges`)).body.items;
    return (await world.get(`inquiry?orderNo=${charge.orderNo}`)).body.items[0];
  };
  const failed = (): Promise<string> =>
    until('a job has failed', async () => (await world.get('bulk-payment-jobs?state=Failed')).body.items[0]?.id);

  /** Bills one customer by a job that T store takes and refuses all the same; PNS has told nobody yet. */
  async function refusedThoughTaken(customer = 'taken'): Promise<{ subscriptionId: string; jobId: string }> {
    const subscriptionId = await subscribe(world, customer, '2027-01-05');
    world.simulator.control.armFault(REFUSED_AFTER);
    await planOn(world, '2027-01-05');
    return { subscriptionId, jobId: await failed() };
  }

  /** The same by a lost answer and two persons who were told the wrong thing. */
  async function closedThoughTaken(): Promise<{ subscriptionId: string; jobId: string }> {
    const subscriptionId = await subscribe(world, 'taken', '2027-01-05');
    world.simulator.control.armFault({ kind: 'submit-answer-lost' });
    await planOn(world, '2027-01-05');
    const { id } = await newestInDoubt(world);
    expect((await saidByTwo(world, id, 'close-as-not-accepted', ASKED)).status).toBe(200);
    return { subscriptionId, jobId: id };
  }

  async function heard(): Promise<JsonBody> {
    await world.simulator.control.deliverNotifications();
    return openStop(world, 'gateway-contradicts');
  }

  /** As a message that the job has begun, which PNS has confirmed: it moves no job. */
  async function begun(id: string, gatewayJobId: string): Promise<void> {
    const database = world.service.app.get(Database);
    const key = randomBytes(32);
    await database.execute(
      `INSERT INTO notification (message_key, callback_token_hash, event, status, gateway_job_id, raw_body, received_at,
         last_received_at, repeat_count, state, next_attempt_at)
       SELECT $2, callback_token_hash, 'bulkJob', 'started', $3, '{}', $4, $4, 0, 'Received', 'infinity'
       FROM bulk_payment_job WHERE id = $1`,
      [id, key, gatewayJobId, world.clock.now()],
    );
    await database.execute(
      `UPDATE notification SET state = 'Verified', verified_at = $2, result_code = '0000', next_attempt_at = NULL
       WHERE message_key = $1`,
      [key, world.clock.now()],
    );
  }

  it.each([
    ['refused', () => refusedThoughTaken()],
    ['closed', () => closedThoughTaken()],
  ])('is not let go by one person, nor billed again by any, of a job that was %s', async (_what, failing) => {
    const { subscriptionId, jobId } = await failing();
    const gatewayJobId = gatewayJobOf();
    const stop = await heard();
    const contradicted = { status: 409, body: { code: 'evidence-contradicts', jobId, gatewayJobId } };
    expect(await rebill(jobId)).toMatchObject(contradicted);
    expect((await jobOf(jobId)).actions).toEqual(['attach-gateway-job']);
    expect((await inquiryOf(jobId)).actions.map(({ action }: JsonBody) => action)).not.toContain('rebill');

    const asked = await post(`line-stops/${stop.id}/resolve`);
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'line-stop', subjectId: stop.id, links: { lineStop: `/admin/v1/line-stops/${stop.id}` } },
    });
    expect(asked.body.summary).toContain(stop.violation);
    expect(await post(`approvals/${asked.body.id}/approve`)).toMatchObject({
      body: { code: 'second-person-required' },
    });
    expect((await world.get(`line-stops/${stop.id}`)).body.state).toBe('Open');
    expect((await agreed(world, asked)).status).toBe(200);
    expect((await world.get(`line-stops/${stop.id}`)).body).toMatchObject({
      state: 'Resolved',
      resolution: { reason: expect.stringContaining(`${ASKED.reason}; approved by`) },
    });

    // Two persons have let it go, and what PNS confirmed is as true as before.
    const refused = await rebill(jobId);
    expect(refused).toMatchObject(contradicted);
    expect(refused.body.detail).toContain('attach');
    expect((await jobOf(jobId)).actions).toEqual(['attach-gateway-job']);
    expect(await inquiryOf(jobId)).toMatchObject({
      verdict: 'not-known',
      because: expect.stringContaining(stop.violation),
    });
    expect(await chargesOf(world, subscriptionId)).toHaveLength(1);

    expect((await attach(jobId, gatewayJobId)).status).toBe(200);
    expect((await world.settled(jobId)).result.totals.paid).toEqual({ count: 1, amount: 5_500 });
    expect(await inquiryOf(jobId)).toMatchObject({ verdict: 'charged', amountCharged: 5_500 });
    expect(world.simulator.control.bookTotals()).toMatchObject({ jobs: 1, chargedAmount: 5_500 });
  });

  it('holds a rebill that was asked for before and is not sent, also when its stop is resolved', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    await send(world, 'POST', 'kill-switch', { reason: 'let the notification come first' });
    const again = (await rebill(jobId)).body;
    const stop = await heard();
    expect((await agreed(world, await post(`line-stops/${stop.id}/resolve`))).status).toBe(200);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    // What is planned later goes its way, and shows that the rebill had the time to.
    await subscribe(world, 'other', '2027-01-06');
    await planOn(world, '2027-01-06');
    const { id: other } = (await world.get('bulk-payment-jobs?limit=1')).body.items[0];
    await sent(other);
    expect(await jobOf(again.id)).toMatchObject({
      state: 'Created',
      heldBy: `line stop ${stop.id}: ${stop.violation}`,
      submission: null,
    });
    expect((await attach(jobId, gatewayJobId)).status).toBe(200);
    expect(await jobOf(again.id)).toMatchObject({ state: 'Failed', submission: null });
    expect((await world.settled(jobId)).result.totals.paid.count).toBe(1);
  });

  it.each(['before', 'after'])(
    'parks who paid a rebill %s it was heard, for T store may charge twice',
    async (when) => {
      const { subscriptionId, jobId } = await refusedThoughTaken();
      const first = gatewayJobOf();
      const again = (await rebill(jobId)).body;
      const second = await sent(again.id);
      // Of the two messages one is heard later.
      world.simulator.control.armFault({ kind: 'notification-lost', jobId: when === 'before' ? first : second });
      await world.simulator.control.deliverNotifications();
      if (when === 'after') await openStop(world, 'gateway-contradicts');
      else await until('the rebill is settled', async () => (await jobOf(again.id)).result?.settledAt ?? undefined);
      await world.simulator.control.deliverNotifications();
      const stop = await openStop(world, 'period-paid-twice');
      expect(stop).toMatchObject({
        subscriptionId,
        evidence: {
          periodStartOn: '2027-01-05',
          payments: [{ jobId: again.id, amount: 5_500 }],
          taken: { jobId, gatewayJobId: first, amount: 5_500 },
        },
      });
      await billOn(world, '2027-02-05');
      expect(await chargesOf(world, subscriptionId)).toHaveLength(2);
    },
  );

  it('keeps a declined rebill from being tried again, by itself and by a person, until the job is brought back', async () => {
    const { subscriptionId, jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    const again = (await rebill(jobId)).body;
    const [{ orderNo }] = (await world.get(`bulk-payment-jobs/${again.id}/charges`)).body.items;
    world.simulator.control.follow({ declineOrderNos: [orderNo] });
    await sent(again.id);
    const stop = await heard();
    await until('the rebill is settled', async () => (await jobOf(again.id)).result?.settledAt ?? undefined);
    expect((await agreed(world, await post(`line-stops/${stop.id}/resolve`))).status).toBe(200);
    for (const day of ['2027-01-08', '2027-01-12', '2027-01-20']) {
      moveTo(world, day);
      await planOn(world, day);
    }
    expect(await chargesOf(world, subscriptionId)).toHaveLength(2);
    expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Declined');
    expect(await post(`charges/${orderNo}/rebill`)).toMatchObject({
      status: 409,
      body: { code: 'evidence-contradicts', jobId, gatewayJobId },
    });
    // Brought back it is on its way, and nothing is tried beside it either.
    await attach(jobId, gatewayJobId);
    await world.settled(jobId);
    expect(await inquiryOf(jobId)).toMatchObject({ verdict: 'charged' });
  });

  it('is not overruled by who attaches another job, alone or by two', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    const early = await post(`bulk-payment-jobs/${jobId}/attach-gateway-job`, { ...ASKED, gatewayJobId: '987654321' });
    expect(early.status).toBe(202);
    expect(early.body.because).toContain('nothing that T store has confirmed');
    const stop = await heard();
    const contradicted = { status: 409, body: { code: 'evidence-contradicts', jobId, gatewayJobId } };
    expect(await agreed(world, early)).toMatchObject(contradicted);
    expect((await post(`approvals/${early.body.id}/withdraw`)).status).toBe(200);
    const late = await attach(jobId, '987654321');
    expect(late).toMatchObject(contradicted);
    expect(late.body.detail).toContain(gatewayJobId);
    expect((await world.get(`line-stops/${stop.id}`)).body.state).toBe('Open');

    const right = await post(`bulk-payment-jobs/${jobId}/attach-gateway-job`, { ...ASKED, gatewayJobId });
    expect(right.body.because).toMatch(/notification \d+, which PNS confirmed/);
    expect((await agreed(world, right)).status).toBe(200);
    expect((await world.settled(jobId)).result.totals.paid.count).toBe(1);
  });

  it('is no other job’s: its gateway id is not attached to another one', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    await heard();
    const { id: other } = await uploadInDoubt(world, requestFile(2, 'other-'), 'submit-answer-lost');
    expect(await attach(other, gatewayJobId)).toMatchObject({
      status: 409,
      body: { code: 'evidence-contradicts', gatewayJobId, otherJobId: jobId },
    });
    expect(await jobOf(other)).toMatchObject({ inDoubt: true });
  });

  it('stops the line when it is recorded of another job already, and both find their own again', async () => {
    const one = (await uploadInDoubt(world, requestFile(2, 'one-'), 'submit-answer-lost')).id;
    const idOfOne = gatewayJobOf();
    const other = (await uploadInDoubt(world, requestFile(3, 'other-'), 'submit-answer-lost')).id;
    const idOfOther = gatewayJobOf();
    // Nobody has been told anything yet, so a slip is taken.
    expect((await attach(one, idOfOther)).status).toBe(200);
    await world.simulator.control.deliverNotifications();
    await until('both are parked', async () => {
      const { items } = (await world.get('line-stops?state=Open&kind=gateway-contradicts')).body;
      return items.length === 2 || undefined;
    });
    expect((await jobOf(other)).heldBy).toContain(`job ${one} is recorded as`);
    expect((await attach(one, idOfOne)).status).toBe(200);
    expect((await attach(other, idOfOther)).status).toBe(200);
    expect((await world.settled(one)).result.totals.paid.count).toBe(2);
    expect((await world.settled(other)).result.totals.paid.count).toBe(3);
  });

  it('takes an id from the job that it was attached to by a slip, however many are crossed', async () => {
    const one = (await uploadInDoubt(world, requestFile(2, 'one-'), 'submit-answer-lost')).id;
    const idOfOne = gatewayJobOf();
    const other = (await uploadInDoubt(world, requestFile(3, 'other-'), 'submit-answer-lost')).id;
    const idOfOther = gatewayJobOf();
    expect((await attach(one, idOfOther)).status).toBe(200);
    expect(await attach(other, idOfOther)).toMatchObject({ status: 409, body: { code: 'gateway-job-taken' } });
    expect((await attach(other, idOfOne)).status).toBe(200);
    await world.simulator.control.deliverNotifications();
    await until('both are parked', async () => {
      const { items } = (await world.get('line-stops?state=Open&kind=gateway-contradicts')).body;
      return items.length === 2 || undefined;
    });
    const right = await post(`bulk-payment-jobs/${one}/attach-gateway-job`, { ...ASKED, gatewayJobId: idOfOne });
    expect(right.body.because).toContain(`job ${other} loses it and is in doubt again`);
    expect((await agreed(world, right)).status).toBe(200);
    const { history, ...loser } = await jobOf(other);
    expect(loser).toMatchObject({ inDoubt: true, submission: { gatewayJobId: null } });
    expect(history.at(-1).cause).toBe(`gateway job ${idOfOne} is job ${one}`);
    expect((await attach(other, idOfOther)).status).toBe(200);
    expect((await world.settled(one)).result.totals.paid.count).toBe(2);
    expect((await world.settled(other)).result.totals.paid.count).toBe(3);
    expect((await world.get('line-stops?state=Open')).body.items).toEqual([]);
  });

  it('goes on waiting for a person whose stop was let go, and the day does not balance, until the job is brought back', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    const stop = await heard();
    expect((await resolvedByTwo(world, stop.id, { reason: 'all is well' })).status).toBe(200);
    const waiting = async (): Promise<string[]> =>
      (await world.get('summary')).body.stuck.map(({ kind }: JsonBody) => kind);
    expect(await waiting()).toContain('jobs-contradicted');
    const dayOf = async (): Promise<JsonBody> =>
      (await world.get('reports/daily?from=2027-01-05&to=2027-01-05')).body.days[0];
    expect(await dayOf()).toMatchObject({
      failed: { count: 1, amount: 5_500 },
      contradicted: { count: 1, amount: 5_500 },
      balanced: false,
    });
    expect((await attach(jobId, gatewayJobId)).status).toBe(200);
    await world.settled(jobId);
    expect(await waiting()).not.toContain('jobs-contradicted');
    expect(await dayOf()).toMatchObject({ contradicted: { count: 0, amount: 0 }, balanced: true });
  });

  it('keeps a job in doubt from being closed, though it says nothing of an end', async () => {
    const { id } = await uploadInDoubt(world, requestFile(2, 'begun-'), 'submit-answer-lost');
    const gatewayJobId = gatewayJobOf();
    const early = await post(`bulk-payment-jobs/${id}/close-as-not-accepted`);
    expect(early.status).toBe(202);
    await begun(id, gatewayJobId);
    const contradicted = { status: 409, body: { code: 'evidence-contradicts', jobId: id, gatewayJobId } };
    expect(await agreed(world, early)).toMatchObject(contradicted);
    await post(`approvals/${early.body.id}/withdraw`);
    expect(await saidByTwo(world, id, 'close-as-not-accepted', ASKED)).toMatchObject(contradicted);
    expect((await attach(id, gatewayJobId)).status).toBe(200);
    expect((await world.settled(id)).result.totals.paid.count).toBe(2);
  });

  it('is found of a failed job that nobody raised when it failed', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    await begun(jobId, gatewayJobId);
    expect(await openStop(world, 'gateway-contradicts')).toMatchObject({ jobId, evidence: { gatewayJobId } });
    expect((await world.get('line-stops')).body.items).toHaveLength(1);
  });

  it('keeps from billing again while PNS has yet to say whether it is T store’s', async () => {
    const { jobId } = await refusedThoughTaken();
    const gatewayJobId = gatewayJobOf();
    const fault = world.simulator.control.armFault({ kind: 'verify-unavailable', share: 1 });
    await world.simulator.control.deliverNotifications();
    const refused = await until('it is here', async () => {
      const [message] = (await world.get(`notifications?jobId=${jobId}`)).body.items;
      return message === undefined ? undefined : rebill(jobId);
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts', jobId, gatewayJobId } });
    expect(refused.body.detail).toContain('Wait for PNS');
    expect((await jobOf(jobId)).actions).toEqual(['attach-gateway-job']);
    expect((await world.get('line-stops')).body.items).toEqual([]);
    world.simulator.control.disarmFault(fault.id);
  });

  it('holds what a run planned before it was heard, for a period that it may be paid for', async () => {
    const { subscriptionId, jobId } = await refusedThoughTaken();
    const first = gatewayJobOf();
    const again = (await rebill(jobId)).body;
    const [{ orderNo }] = (await world.get(`bulk-payment-jobs/${again.id}/charges`)).body.items;
    world.simulator.control.follow({ declineOrderNos: [orderNo] });
    await sent(again.id);
    world.simulator.control.armFault({ kind: 'notification-lost', jobId: first });
    await world.simulator.control.deliverNotifications();
    await until('the rebill is settled', async () => (await jobOf(again.id)).result?.settledAt ?? undefined);
    await send(world, 'POST', 'kill-switch', { reason: 'plan first' });
    await planOn(world, '2027-01-08');
    expect(await chargesOf(world, subscriptionId)).toHaveLength(3);
    const [retry] = (await world.get('bulk-payment-jobs?limit=1')).body.items;
    const stop = await heard();
    expect((await resolvedByTwo(world, stop.id, ASKED)).body.state).toBe('Resolved');
    expect((await jobOf(retry.id)).heldBy).toBe(`line stop ${stop.id}: ${stop.violation}`);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    expect((await jobOf(retry.id)).heldBy).toBe(`line stop ${stop.id}: ${stop.violation}`);
    const stops = world.service.app.get(LineStopRepository);
    const intent = world.service.app.get(Database).transaction((session) => stops.assertMaySubmit(session, retry.id));
    await expect(intent).rejects.toMatchObject({ code: 'line-stopped' });
  });
});

describe('where one person decides on line stops', () => {
  it('lets one go on alone, and refuses to bill again what T store has all the same', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0, processingDelayMs: 3_600_000 },
      environment: { APPROVAL_OF_STOPS: 'false' },
    });
    try {
      await subscribe(world, 'alone', '2027-01-05');
      world.simulator.control.armFault(REFUSED_AFTER);
      await planOn(world, '2027-01-05');
      await until('it has failed', async () => (await world.get('bulk-payment-jobs?state=Failed')).body.items[0]);
      await world.simulator.control.deliverNotifications();
      const stop = await openStop(world, 'gateway-contradicts');
      const resolved = await send(world, 'POST', `line-stops/${stop.id}/resolve`, ASKED);
      expect(resolved).toMatchObject({ status: 200, body: { state: 'Resolved' } });
      const refused = await send(world, 'POST', `bulk-payment-jobs/${stop.jobId}/rebill`, ASKED);
      expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    } finally {
      await world.close();
    }
  });
});
