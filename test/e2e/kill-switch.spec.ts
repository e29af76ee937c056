import { BulkPaymentJobRepository, SubmissionService } from '../../src/bulk-payment';
import { readConfiguration } from '../../src/config';
import { KillSwitch } from '../../src/kill-switch';
import { Database, type SqlSession } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { observeCrashPoints } from '../../src/platform/crash-points';
import { askRefund, bookedRefunds, paidCharges, refundInState, runRefunds } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { moveTo, planOn, send, settleAll, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

describe('the kill switch', () => {
  let world: BillingWorld;
  const logLines: string[] = [];

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { REFUND_RATE_PER_MINUTE: '6000', TSTORE_LOOKUPS_PER_MINUTE: '6000' },
      logLines,
    });
  });

  afterAll(() => world.close());

  const warnings = (text: string): number => logLines.filter((line) => line.includes(text)).length;
  const path = (name: string): Promise<Response> => fetch(`${world.service.url}/${name}`);

  it('stops every submission, says so everywhere, and lets go on when it is released', async () => {
    moveTo(world, '2027-01-05');
    expect((await send(world, 'POST', 'kill-switch', {})).status).toBe(400);
    const engaged = await send(world, 'POST', 'kill-switch', { reason: 'wrong prices' });
    expect(engaged.body).toMatchObject({ engaged: true, reason: 'wrong prices' });
    const id = await subscribe(world, 'waits', '2027-01-05');
    await planOn(world, '2027-01-05');
    const job = await until('its file is written', async () => {
      const { body } = await world.get('bulk-payment-jobs');
      return body.items.find((item: JsonBody) => item.requestFile !== null);
    });
    expect(job).toMatchObject({ state: 'Created', heldBy: 'kill switch: wrong prices' });
    expect((await world.get(`bulk-payment-jobs/${job.id}`)).body.heldBy).toBe('kill switch: wrong prices');
    expect(await world.service.app.get(SubmissionService).runOnce()).toEqual({ done: 0, postponed: 0 });
    const ready = await path('health/ready');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      {
        status: 'ready',
        notices: {
          'kill-switch': expect.stringContaining('nothing is submitted, no payment is asked for and nothing refunded'),
        },
      },
    ]);
    expect(await (await path('metrics')).text()).toContain('\nkill_switch_engaged 1\n');
    await until('the log says so', () => Promise.resolve(warnings('kill switch engaged') || undefined));
    expect(world.simulator.control.jobs()).toEqual([]);

    await send(world, 'DELETE', 'kill-switch', { reason: 'prices mended' });
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2027-02-05' });
    expect(await (await path('metrics')).text()).toContain('\nkill_switch_engaged 0\n');
    const { body } = await world.get('kill-switch');
    expect(body.history.map((entry: JsonBody) => [entry.engaged, entry.reason])).toEqual([
      [false, 'prices mended'],
      [true, 'wrong prices'],
    ]);
    expect(warnings('kill switch engaged')).toBe(1);
  });

  it('stops refunds too: what is asked for waits, says why, and is sent when the switch is released', async () => {
    const [orderNo = ''] = await paidCharges(world, 1, 'switched-');
    await send(world, 'POST', 'kill-switch', { reason: 'a stolen key' });
    const asked = await askRefund(world, orderNo);
    expect(asked).toMatchObject({ status: 202, body: { state: 'Requested', heldBy: 'kill switch: a stolen key' } });
    await runRefunds(world.service);
    expect((await world.get(`refunds/${asked.body.id}`)).body).toMatchObject({
      state: 'Requested',
      heldBy: 'kill switch: a stolen key',
      retry: null,
    });
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    await send(world, 'DELETE', 'kill-switch', { reason: 'the key is revoked' });
    expect(await refundInState(world, asked.body.id, 'Refunded')).toMatchObject({ heldBy: null });
    expect(await bookedRefunds(world, orderNo)).toEqual([1_000]);
  });

  it('lets no intent to refund be committed once it is engaged, however far its sending has come', async () => {
    const [orderNo = ''] = await paidCharges(world, 1, 'overtaken-');
    const killSwitch = world.service.app.get(KillSwitch);
    let engaging: Promise<unknown> | undefined;
    observeCrashPoints((point) => {
      if (point !== 'send-refund.token-ready') return undefined;
      engaging ??= killSwitch.set(true, { actor: 'test', reason: 'stop' });
      return engaging.then(() => undefined);
    });
    const { body: refund } = await askRefund(world, orderNo);
    await until('it was overtaken', () =>
      Promise.resolve(logLines.find((line) => line.includes('refund stopped before it was sent'))),
    );
    observeCrashPoints(undefined);
    // It has not failed: nothing counts as a try, and it waits for no back-off once the switch is released.
    const unclaimed = `SELECT attempts, last_error, next_attempt_at FROM refund WHERE id = $1 AND lease_id IS NULL`;
    const [row] = await until('it is given back', async () => {
      const rows = await world.service.app.get(Database).rows(unclaimed, [refund.id]);
      return rows.length === 0 ? undefined : rows;
    });
    expect(row).toEqual({ attempts: 0, last_error: null, next_attempt_at: null });
    expect((await world.get(`refunds/${refund.id}`)).body).toMatchObject({
      ...{ state: 'Requested', sent: null, heldBy: 'kill switch: stop', retry: null },
    });
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    await killSwitch.set(false, { actor: 'test', reason: 'go on' });
    await refundInState(world, refund.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([1_000]);
  });

  it('is no failure of a job that was in hand when it was engaged', async () => {
    const killSwitch = world.service.app.get(KillSwitch);
    let engaging: Promise<unknown> | undefined;
    observeCrashPoints((point) => {
      if (point !== 'submit.token-ready') return undefined;
      engaging ??= killSwitch.set(true, { actor: 'test', reason: 'stop' });
      return engaging.then(() => undefined);
    });
    const { body: job } = await world.upload(requestFile(1, 'in-hand-'));
    const record = async (): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${job.id}`)).body;
    const stopped = await until('it is stopped', () =>
      Promise.resolve(logLines.find((line) => line.includes('stage stopped before it began'))),
    );
    observeCrashPoints(undefined);
    expect(stopped).toContain('the kill switch is engaged: stop');
    await until('it is given back', async () => ((await record()).progress === null ? true : undefined));
    expect(await record()).toMatchObject({ state: 'Created', retry: null });
    expect((await world.get('bulk-payment-jobs?failing=true')).body.items).toEqual([]);
    await killSwitch.set(false, { actor: 'test', reason: 'go on' });
    await world.settled(job.id);
  });

  it('waits for an intent that is being committed, and lets none be committed after it', async () => {
    const database = world.service.app.get(Database);
    const killSwitch = world.service.app.get(KillSwitch);
    let engaging: Promise<unknown> = Promise.resolve();
    let isEngaged = false;
    const intent = (session: SqlSession) => killSwitch.assertReleased(session);
    await whileOpen(database, intent, async () => {
      engaging = killSwitch.set(true, { actor: 'test', reason: 'stop' }).then(() => (isEngaged = true));
      await until('engaging waits for the lock', async () => {
        const waiting = await database.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        return waiting.length > 0 || undefined;
      });
      expect(isEngaged).toBe(false);
    });
    await engaging;
    await expect(database.transaction((session) => killSwitch.assertReleased(session))).rejects.toMatchObject({
      code: 'submissions-stopped',
    });
    expect(await world.service.app.get(BulkPaymentJobRepository).claim('submit', 60)).toBeUndefined();
    await killSwitch.set(false, { actor: 'test', reason: 'go on' });
    await expect(database.execute('DELETE FROM kill_switch_history')).rejects.toThrow(/append-only/);
  });
});

describe('the kill switch of one replica', () => {
  let world: BillingWorld;
  let scheduler: RunningService;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { ROLE: 'admin,listener' } });
    const environment = { ...world.environment, ROLE: 'scheduler', PUBLIC_BASE_URL: world.service.url };
    scheduler = await startService(readConfiguration(environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
  });

  afterAll(async () => {
    await scheduler.close();
    await world.close();
  });

  it('stops the next submission of another, until it is released', async () => {
    const before = await world.upload(requestFile(2, 'before-'));
    expect(await world.settled(before.body.id)).toMatchObject({ state: 'VerifiedCompleted' });
    await send(world, 'POST', 'kill-switch', { reason: 'wrong prices' });
    const after = await world.upload(requestFile(2, 'after-'));
    await until('the other replica has written its file', async () => {
      const { body } = await world.get(`bulk-payment-jobs/${after.body.id}`);
      return body.requestFile ?? undefined;
    });
    expect(await scheduler.app.get(SubmissionService).runOnce()).toEqual({ done: 0, postponed: 0 });
    expect((await world.get(`bulk-payment-jobs/${after.body.id}`)).body).toMatchObject({
      state: 'Created',
      submission: null,
      heldBy: 'kill switch: wrong prices',
    });
    expect(world.simulator.control.jobs()).toHaveLength(1);
    await send(world, 'DELETE', 'kill-switch', { reason: 'prices mended' });
    expect(await world.settled(after.body.id)).toMatchObject({ state: 'VerifiedCompleted' });
    expect(world.simulator.control.jobs()).toHaveLength(2);
  });
});
