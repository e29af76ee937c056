import { SchedulerRegistry } from '@nestjs/schedule';
import { PlanBillingRunStep } from '../../src/billing-scheduler/plan-billing-run.step';
import { readConfiguration } from '../../src/config';
import type { StepReport } from '../../src/kernel/step-report';
import { startService, type RunningService } from '../../src/service';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { chargesOf, moveTo, send, settleAll, subscribe } from '../support/subscribers';
import { until } from '../support/until';

describe('the cron of billing runs, in two replicas', () => {
  let world: BillingWorld;
  let replicas: RunningService[] = [];

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { ROLE: 'admin,listener' } });
    moveTo(world, '2027-01-05');
    for (let index = 0; index < 2; index++) replicas.push(await startReplica());
  });

  afterAll(async () => {
    await stopReplicas();
    await world.close();
  });

  /** Its tick never comes in this test: what happens is called by the cron, or by hand. */
  function startReplica(settings: NodeJS.ProcessEnv = { SCHEDULER_TICK_SECONDS: '3600' }): Promise<RunningService> {
    const environment = {
      ...world.environment,
      ROLE: 'scheduler',
      PUBLIC_BASE_URL: world.service.url,
      BILLING_CRON: '0 4 * * *',
      ...settings,
    };
    return startService(readConfiguration(environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
  }

  async function stopReplicas(): Promise<void> {
    await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  }

  const lookAll = (): Promise<StepReport[]> =>
    Promise.all(replicas.map(({ app }) => app.get(PlanBillingRunStep).runOnce()));
  const fireAll = (): Promise<unknown> =>
    Promise.all(replicas.map(({ app }) => app.get(SchedulerRegistry).getCronJob('billing-run').fireOnTick()));
  const found = (reports: StepReport[]): number => reports.reduce((sum, { done }) => sum + done, 0);

  /** `date: charges`, oldest first. */
  async function runs(): Promise<string[]> {
    const { body } = await world.get('billing-runs');
    return body.items.map((run: JsonBody) => `${run.billingDate}: ${run.planned.count}`).reverse();
  }

  function opened(count: number): Promise<string[]> {
    return until(`${count} runs are opened`, async () => {
      const all = await runs();
      return all.length >= count ? all : undefined;
    });
  }

  it('opens nothing when a new installation starts, and its first run when the hour comes, with all that is due', async () => {
    const yesterday = await subscribe(world, 'yesterday', '2027-01-05');
    const today = await subscribe(world, 'today', '2027-01-06');
    const tomorrow = await subscribe(world, 'tomorrow', '2027-01-07');
    expect(found(await lookAll())).toBe(0);
    moveTo(world, '2027-01-06', '03:59:59');
    expect(found(await lookAll())).toBe(0);
    expect(await runs()).toEqual([]);

    moveTo(world, '2027-01-06', '04:00:00');
    await fireAll();
    expect(await opened(1)).toEqual(['2027-01-06: 2']);
    await settleAll(world);
    expect(await chargesOf(world, yesterday)).toEqual(['2027-01-05 5500']);
    expect(await chargesOf(world, today)).toEqual(['2027-01-06 5500']);
    expect(await chargesOf(world, tomorrow)).toEqual([]);
  });

  it('is one of Asia/Seoul, and opens the date once, however many replicas it calls and how often', async () => {
    const crons = replicas.map(({ app }) => app.get(SchedulerRegistry).getCronJob('billing-run').cronTime);
    expect(crons.map(({ source, timeZone }) => [source, timeZone])).toEqual(Array(2).fill(['0 4 * * *', 'Asia/Seoul']));
    moveTo(world, '2027-01-07', '04:00:00');
    await Promise.all([fireAll(), fireAll(), lookAll(), lookAll()]);
    expect(await opened(2)).toEqual(['2027-01-06: 2', '2027-01-07: 1']);
    await settleAll(world);
    moveTo(world, '2027-01-07', '23:59:59');
    expect(found(await lookAll())).toBe(0);
    expect(await runs()).toHaveLength(2);
    expect(await world.simulator.control.repeatedOrders()).toEqual([]);
  });

  it('makes up for missed days by one run, of today', async () => {
    const id = await subscribe(world, 'missed', '2027-01-09');
    moveTo(world, '2027-01-11', '04:00:00');
    await fireAll();
    expect((await opened(3)).at(-1)).toBe('2027-01-11: 1');
    await settleAll(world);
    expect(await chargesOf(world, id)).toEqual(['2027-01-09 5500']);
  });

  it('finds a run that somebody opened before the hour, and leaves it', async () => {
    moveTo(world, '2027-01-12', '03:00:00');
    expect((await send(world, 'POST', 'billing-runs', { date: '2027-01-12' })).status).toBe(201);
    moveTo(world, '2027-01-12', '04:00:00');
    await lookAll();
    expect((await runs()).slice(3)).toEqual(['2027-01-12: 0']);
  });

  it('makes up for an hour at which no scheduler ran as soon as one does, and for none that was used', async () => {
    await stopReplicas();
    const id = await subscribe(world, 'no-scheduler', '2027-01-14');
    moveTo(world, '2027-01-15', '09:00:00');
    replicas = [await startReplica()];
    expect((await opened(5)).at(-1)).toBe('2027-01-15: 1');
    await settleAll(world);
    expect(await chargesOf(world, id)).toEqual(['2027-01-14 5500']);
    await stopReplicas();
    replicas = [await startReplica()];
    expect(found(await lookAll())).toBe(0);
    expect(await runs()).toHaveLength(5);
  });

  it('opens nothing where it is none', async () => {
    await stopReplicas();
    replicas = [await startReplica({ BILLING_CRON: 'none' })];
    moveTo(world, '2027-02-20');
    expect(found(await lookAll())).toBe(0);
    expect(replicas[0]?.app.get(SchedulerRegistry).getCronJobs().size).toBe(0);
    expect(await runs()).toHaveLength(5);
  });
});
