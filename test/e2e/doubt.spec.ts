import { DoubtWatch } from '../../src/bulk-payment';
import { NOTHING_DUE, ONE_DONE } from '../../src/kernel/step-report';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { metricOf, openStop, uploadInDoubt, saidByTwo } from '../support/doubt';
import { requestFile } from '../support/request-files';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const ASKED = { reason: 'T store was asked by telephone' };

describe('submissions in doubt', () => {
  let world: BillingWorld;
  const logLines: string[] = [];
  let batch = 0;

  beforeAll(async () => {
    // Jobs complete when a test says so, not while it looks.
    world = await startWorld({
      simulator: { declineRate: 0, processingDelayMs: 3_600_000 },
      environment: { IN_DOUBT_ALARM_MINUTES: '30' },
      logLines,
    });
  });

  afterAll(() => world.close());

  const inDoubt = (kind: 'submit-answer-lost' | 'submit-failing-before'): Promise<JsonBody> =>
    uploadInDoubt(world, requestFile(3, `d${++batch}-`), kind);
  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const close = (id: string, body: object = ASKED) => saidByTwo(world, id, 'close-as-not-accepted', body);
  const attach = (id: string, gatewayJobId: string, body: object = ASKED) =>
    saidByTwo(world, id, 'attach-gateway-job', { ...body, gatewayJobId });
  const told = (): number => logLines.filter((line) => line.includes('submission still in doubt')).length;
  const listed = async (filter: string): Promise<string[]> =>
    (await world.get(`bulk-payment-jobs?inDoubt=${filter}`)).body.items.map((job: JsonBody) => job.id);
  const gatewayJobOf = (): string => world.simulator.control.jobs().at(-1)?.jobId ?? '';

  it('are listed, measured, and told of once when they stay so, whatever the number of replicas', async () => {
    const { id } = await inDoubt('submit-failing-before');
    const other = await world.upload(requestFile(1, 'clear-'));
    await until('the other is sent', async () => (await jobOf(other.body.id)).submission?.gatewayJobId ?? undefined);
    expect(await listed('true')).toEqual([id]);
    expect(await listed('false')).toEqual([other.body.id]);
    expect((await world.get('bulk-payment-jobs?inDoubt=maybe')).status).toBe(400);
    expect(await metricOf(world, 'submissions_in_doubt')).toBe(1);
    const ready = await (await fetch(`${world.service.url}/health/ready`)).json();
    expect(ready).toMatchObject({ status: 'ready', notices: { 'submissions-in-doubt': expect.any(String) } });
    expect(told()).toBe(0);

    world.clock.advanceSeconds(30 * 60);
    expect(await metricOf(world, 'submission_in_doubt_oldest_seconds')).toBeGreaterThanOrEqual(1_800);
    await until('it is told of', () => Promise.resolve(told() || undefined));
    world.clock.advanceSeconds(86_400);
    const watch = world.service.app.get(DoubtWatch);
    expect(await Promise.all([watch.runOnce(), watch.runOnce()])).toEqual([NOTHING_DUE, NOTHING_DUE]);
    expect(told()).toBe(1);
    // Neither has T store said anything of the one it took.
    expect(await metricOf(world, 'jobs_without_notification')).toBe(1);
    const { body: unnotified } = await world.get('bulk-payment-jobs?unnotified=true');
    expect(unnotified.items).toMatchObject([{ state: 'Processing', inDoubt: false }]);
    const { body: others } = await world.get('bulk-payment-jobs?unnotified=false');
    expect(others.items).toHaveLength((await world.get('bulk-payment-jobs')).body.items.length - 1);
    await close(id);
    expect(await listed('true')).toEqual([]);
    expect(await metricOf(world, 'submissions_in_doubt')).toBe(0);
  });

  it('of several replicas that look at once one tells', async () => {
    const { id } = await inDoubt('submit-failing-before');
    world.clock.advanceSeconds(29 * 60);
    const watch = world.service.app.get(DoubtWatch);
    expect(await watch.runOnce()).toEqual(NOTHING_DUE);
    const before = told();
    world.clock.advanceSeconds(61);
    const reports = await Promise.all(Array.from({ length: 4 }, () => watch.runOnce()));
    await until('it is told of', () => Promise.resolve(told() - before || undefined));
    expect(reports.filter((report) => report === ONE_DONE).length).toBeLessThanOrEqual(1);
    expect(told() - before).toBe(1);
    await close(id);
  });

  it('are closed with a reason, by whom the history tells, and only while in doubt', async () => {
    const { id } = await inDoubt('submit-failing-before');
    expect((await close(id, {})).status).toBe(400);
    expect((await close(id, { reason: '' })).status).toBe(400);
    const closed = await close(id);
    expect(closed).toMatchObject({ status: 200, body: { state: 'Failed', inDoubt: false } });
    expect(closed.body.failureReason).toContain(`closed as not accepted: ${ASKED.reason}; approved by`);
    expect((await jobOf(id)).history.at(-1)).toMatchObject({
      fromState: 'Processing',
      toState: 'Failed',
      cause: 'closed as not accepted',
      actor: ADMIN_ACTOR,
      reason: expect.stringContaining(ASKED.reason),
    });
    expect(await close(id)).toMatchObject({ status: 409, body: { code: 'state-conflict', state: 'Failed' } });
    expect((await close('99999')).status).toBe(404);

    const { body } = await world.upload(requestFile(1, 'known-'));
    await until('it is sent', async () => (await jobOf(body.id)).submission?.gatewayJobId ?? undefined);
    expect((await close(body.id)).body.detail).toContain('as gateway job');
    expect((await attach(body.id, 'another')).status).toBe(409);
    expect((await attach('99999', 'another')).status).toBe(404);
  });

  it('are not decided on while they are being sent; an answer later than the decision stops the line', async () => {
    const held = world.simulator.control.armFault({ kind: 'submit-held' });
    const { body } = await world.upload(requestFile(2, 'slow-'));
    await until('it is being sent', async () => (await jobOf(body.id)).state === 'Processing' || undefined);
    expect((await close(body.id)).body.detail).toContain('is being sent just now');
    // As if the replica were frozen: its lease has run out.
    world.clock.advanceSeconds(600);
    expect((await close(body.id)).status).toBe(200);
    world.simulator.control.disarmFault(held.id);
    const stop = await openStop(world, 'gateway-contradicts');
    expect(stop).toMatchObject({
      jobId: body.id,
      evidence: { gatewayJobId: gatewayJobOf(), from: 'the answer to the submission' },
    });
    expect((await jobOf(body.id)).state).toBe('Failed');
    await attach(body.id, stop.evidence.gatewayJobId);
    expect((await world.settled(body.id)).result.totals.paid.count).toBe(2);
  });

  it('go on under the gateway job that a person names, and under no other job’s', async () => {
    const { id } = await inDoubt('submit-answer-lost');
    const other = await world.upload(requestFile(1, 'other-'));
    const taken = await until(
      'the other is sent',
      async () => (await jobOf(other.body.id)).submission?.gatewayJobId ?? undefined,
    );
    const gatewayJobId = world.simulator.control.jobs().at(-2)?.jobId ?? '';
    expect(await attach(id, taken)).toMatchObject({ status: 409, body: { code: 'gateway-job-taken' } });
    expect((await attach(id, gatewayJobId, {})).status).toBe(400);
    expect((await attach(id, 'with spaces')).status).toBe(400);
    expect((await jobOf(id)).inDoubt).toBe(true);

    // A slip of the pen can be mended as long as nothing came of it.
    expect((await attach(id, 'wrong')).status).toBe(200);
    expect((await attach(id, gatewayJobId)).body).toMatchObject({
      state: 'Processing',
      inDoubt: false,
      submission: { gatewayJobId },
    });
    const settled = await world.settled(id);
    expect(settled.result.totals.paid.count).toBe(3);
    expect(settled.history).toContainEqual(
      expect.objectContaining({
        cause: `gateway job ${gatewayJobId} attached`,
        reason: expect.stringContaining(`${ASKED.reason}; approved by`),
      }),
    );
    expect((await attach(id, gatewayJobId)).status).toBe(409);
  });

  it('attached to a wrong gateway job are noticed when the genuine notification comes', async () => {
    const { id } = await inDoubt('submit-answer-lost');
    const gatewayJobId = gatewayJobOf();
    await attach(id, 'wrong-one');
    await world.simulator.control.deliverNotifications();
    const stop = await openStop(world, 'gateway-contradicts');
    expect(stop).toMatchObject({ jobId: id, evidence: { gatewayJobId, known: 'wrong-one' } });
    expect(await jobOf(id)).toMatchObject({ state: 'Processing', heldBy: `line stop ${stop.id}: ${stop.violation}` });
    await attach(id, gatewayJobId);
    expect((await world.settled(id)).result.totals.paid.count).toBe(3);
    expect((await world.get(`line-stops/${stop.id}`)).body).toMatchObject({ state: 'Resolved' });
  });

  it('closed although T store has them stop the line when their notification comes, and are brought back', async () => {
    const { id } = await inDoubt('submit-answer-lost');
    const gatewayJobId = gatewayJobOf();
    await close(id);
    await world.simulator.control.deliverNotifications();
    const stop = await openStop(world, 'gateway-contradicts');
    expect(stop).toMatchObject({
      jobId: id,
      violation: `job ${id} has Failed, and the gateway has it as ${gatewayJobId}`,
      evidence: { gatewayJobId, from: 'a notification PNS confirmed' },
      resolution: null,
    });
    expect(await metricOf(world, 'line_stops_open')).toBe(1);
    const isTold = (line: string) => line.includes('line stopped') && line.includes(`"lineStopId":"${stop.id}"`);
    await until('it is told of', () => Promise.resolve(logLines.some(isTold) || undefined));
    expect((await jobOf(id)).state).toBe('Failed');
    const [charge] = (await world.get(`bulk-payment-jobs/${id}/charges`)).body.items;
    const [asked] = (await world.get(`inquiry?orderNo=${charge.orderNo}`)).body.items;
    expect(asked).toMatchObject({ verdict: 'not-known', because: stop.violation });
    const hrefs = asked.actions.map((action: JsonBody) => action.href);
    expect(hrefs).toContain(`/admin/v1/line-stops/${stop.id}/resolve`);

    const back = await attach(id, gatewayJobId);
    // PNS has confirmed the completion already, and will not send it again.
    expect(back.body).toMatchObject({ state: 'VerifiedCompleted', failureReason: null, heldBy: null });
    const settled = await world.settled(id);
    expect(settled.result.totals.paid).toEqual({ count: 3, amount: 3_003 });
    expect(settled.history.map((entry: JsonBody) => `${entry.fromState} > ${entry.toState}: ${entry.cause}`)).toEqual([
      'null > Created: request file uploaded',
      'Created > Processing: sending begins',
      'Processing > Failed: closed as not accepted',
      `Failed > Failed: parked by line stop ${stop.id}: gateway-contradicts`,
      `Failed > Processing: gateway job ${gatewayJobId} attached`,
      `Processing > Processing: line stop ${stop.id} resolved: gateway-contradicts`,
      'Processing > Completed: completion notification',
      'Completed > VerifiedCompleted: notification verified',
    ]);
    expect((await world.get(`line-stops/${stop.id}`)).body.resolution).toMatchObject({
      by: ADMIN_ACTOR,
      reason: expect.stringContaining(ASKED.reason),
    });
    expect(await world.simulator.control.repeatedOrders()).toEqual([]);
  });

  it('refused by a known code although T store has them stop the line too, and are brought back', async () => {
    const options = { status: 200, resultCode: '8003' };
    world.simulator.control.armFault({ kind: 'submit-refused-after', options });
    const { id } = (await world.upload(requestFile(3, 'refused-'))).body;
    const refused = await until('it is refused', async () => {
      const job = await jobOf(id);
      return job.state === 'Failed' ? job : undefined;
    });
    expect(refused).toMatchObject({ failureReason: 'refused by the gateway: Too many requests' });
    expect(refused.actions).toContain('attach-gateway-job');
    const gatewayJobId = gatewayJobOf();
    await world.simulator.control.deliverNotifications();
    const stop = await openStop(world, 'gateway-contradicts');
    expect(stop).toMatchObject({ jobId: id, evidence: { gatewayJobId, from: 'a notification PNS confirmed' } });

    const back = await attach(id, gatewayJobId);
    expect(back).toMatchObject({
      status: 200,
      body: { state: 'VerifiedCompleted', failureReason: null, heldBy: null },
    });
    expect((await world.settled(id)).result.totals.paid).toEqual({ count: 3, amount: 3_003 });
    expect((await world.get(`line-stops/${stop.id}`)).body).toMatchObject({ state: 'Resolved' });
    expect((await attach(id, gatewayJobId)).status).toBe(409);
    // What was never sent, T store can't have.
    await send(world, 'POST', 'kill-switch', { reason: 'nothing is to be sent' });
    const { body: unsent } = await world.upload(requestFile(1, 'unsent-'));
    await send(world, 'POST', `bulk-payment-jobs/${unsent.id}/cancel`, { reason: 'not wanted' });
    expect((await jobOf(unsent.id)).actions).not.toContain('attach-gateway-job');
    expect((await attach(unsent.id, 'another')).status).toBe(409);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
  });

  it('whose notification and closing race end settled, or closed with the line stopped: never quietly', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) ids.push((await inDoubt('submit-answer-lost')).id);
    await Promise.all([world.simulator.control.deliverNotifications(), ...ids.map((id) => close(id))]);
    for (const id of ids) {
      const end = await until('it is settled, or the line stopped', async () => {
        const job = await jobOf(id);
        const { body } = await world.get(`line-stops?state=Open&jobId=${id}`);
        return job.result?.settledAt ? 'settled' : job.state === 'Failed' && body.items[0] ? 'stopped' : undefined;
      });
      expect(['settled', 'stopped']).toContain(end);
    }
  });
});

describe('submissions in doubt where all jobs share one notification address', () => {
  it('go on when a person names their gateway job, though its notification was given up long ago', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { TSTORE_NOTIFICATION_URL_PER_JOB: 'false' },
    });
    try {
      const { id } = await uploadInDoubt(world, requestFile(3, 'shared-'), 'submit-answer-lost');
      const gatewayJobId = world.simulator.control.jobs()[0]?.jobId ?? '';
      const notifications = (condition: string) =>
        world.service.app.get(Database).rows(`SELECT FROM notification WHERE ${condition}`);
      // The simulator may still be at work on the job.
      await until('its notification is here', async () => {
        await world.simulator.control.deliverNotifications();
        return (await notifications('true')).length === 1 || undefined;
      });
      world.clock.advanceSeconds(49 * 3_600);
      await until('nobody tries to verify it any more', async () => {
        return (await notifications('given_up_at IS NOT NULL')).length === 1 || undefined;
      });
      const attached = await saidByTwo(world, id, 'attach-gateway-job', { ...ASKED, gatewayJobId });
      expect(attached.status).toBe(200);
      // Not delivered once more: what is here already is enough.
      const settled = await until('it is settled', async () => {
        const job = (await world.get(`bulk-payment-jobs/${id}`)).body;
        return job.result?.settledAt ? job : undefined;
      });
      expect(settled.result.totals.paid.count).toBe(3);
    } finally {
      await world.close();
    }
  });
});
