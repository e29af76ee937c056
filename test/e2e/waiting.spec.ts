import { Database } from '../../src/platform/database';
import { WAITING_KINDS, waitingOf, waitingSql, type WaitingRow } from '../../src/waiting';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { moveTo, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

/** A trigger that fails the plan of everybody, as a fault of ours would. */
const FAIL_PLANNING = `
  CREATE FUNCTION fail_planning() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'no run can be opened' USING ERRCODE = 'check_violation'; END $$;
  CREATE TRIGGER fail_planning BEFORE INSERT ON billing_run FOR EACH ROW EXECUTE FUNCTION fail_planning()`;

describe('the list of jobs', () => {
  it('tells a settled job from one that was rejected, canceled, refused or closed', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        BILLING_RUN_CONFIRM_FACTOR: '1',
        BILLING_RUN_CONFIRM_MIN_CHARGES: '1',
        BILLING_RUN_CONFIRM_MIN_WON: '1000',
      },
    });
    try {
      const standing = async (id: string): Promise<string> => {
        const { body } = await world.get('bulk-payment-jobs?limit=100');
        return body.items.find((job: JsonBody) => job.id === id).standing;
      };
      const { body: settled } = await world.upload(requestFile(1, 'settled-'));
      await world.settled(settled.id);
      world.simulator.control.armFault({ kind: 'submit-refused' });
      const { body: refused } = await world.upload(requestFile(1, 'refused-'));
      await world.settled(refused.id);
      await send(world, 'POST', 'kill-switch', { reason: 'a drill' });
      const { body: canceled } = await world.upload(requestFile(1, 'canceled-'));
      expect(await standing(canceled.id)).toBe('held');
      await send(world, 'POST', `bulk-payment-jobs/${canceled.id}/cancel`, { reason: 'not now' });
      for (const customer of ['a', 'b']) await subscribe(world, customer, '2027-01-05');
      moveTo(world, '2027-01-05');
      const { body: run } = await send(world, 'POST', 'billing-runs', { date: '2027-01-05' });
      expect(run.state).toBe('AwaitingConfirmation');
      await send(world, 'POST', `billing-runs/${run.id}/reject`, { reason: 'wrong prices' });
      const [rejected] = (await world.get(`billing-runs/${run.id}`)).body.jobs;
      const all = [settled, refused, canceled, rejected].map(({ id }: JsonBody) => standing(id));
      expect(await Promise.all(all)).toEqual(['settled', 'refused', 'canceled', 'rejected']);
    } finally {
      await world.close();
    }
  });
});

describe('what waits for a person', () => {
  let world: BillingWorld;
  let database: Database;
  const logLines: string[] = [];

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { BILLING_CRON: '0 0 4 * * *' }, logLines });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  const stuck = async (): Promise<JsonBody[]> => (await world.get('summary')).body.stuck;
  const ready = async (): Promise<JsonBody> => (await fetch(`${world.service.url}/health/ready`)).json();
  const metrics = async (): Promise<string> => (await fetch(`${world.service.url}/metrics`)).text();

  it('has a step that keeps failing in the summary, the readiness report, the metrics and the log, until it runs again', async () => {
    expect(await stuck()).toEqual([]);
    await subscribe(world, 'waits', '2027-01-05');
    await database.rows(FAIL_PLANNING);
    moveTo(world, '2027-01-06');
    const failing = await until('planning fails', async () =>
      (await stuck()).find((one: JsonBody) => one.kind === 'failing-steps'),
    );
    expect(failing).toMatchObject({
      what: 'steps of the scheduler that fail',
      count: 1,
      detail: 'plan-billing-run: no run can be opened',
      act: expect.stringContaining('log'),
    });
    const report = await ready();
    expect(report).toMatchObject({ status: 'ready', notices: { 'failing-steps': expect.stringContaining('(1)') } });
    const text = await metrics();
    expect(text).toContain('scheduler_step_failing{step="plan-billing-run"} 1');
    expect(text).toContain('scheduler_step_failing{step="submit"} 0');
    expect(text).toContain('waiting_for_person{kind="failing-steps"} 1');
    expect(text).toMatch(/scheduler_step_last_success_age_seconds\{step="submit"\} \d/);
    await until('the log says so at error level', () =>
      Promise.resolve(
        logLines.find((line) => line.includes('step keeps failing') && line.includes('plan-billing-run')),
      ),
    );

    await database.rows('DROP TRIGGER fail_planning ON billing_run');
    await until('it runs again', async () => ((await stuck()).length === 0 ? true : undefined));
    expect((await ready()).notices).toEqual({});
    expect(await metrics()).toContain('scheduler_step_failing{step="plan-billing-run"} 0');
    expect((await world.get('billing-runs')).body.items).toMatchObject([{ billingDate: '2027-01-06' }]);
  });

  it('is one list: whatever is in it has a count, its age, a place to look at and what to do next', async () => {
    await send(world, 'POST', 'kill-switch', { reason: 'a drill' });
    const [found] = await stuck();
    expect(found).toMatchObject({ kind: 'kill-switch', count: 1, detail: 'a drill', link: '/admin/v1/kill-switch' });
    expect(await metrics()).toContain('waiting_for_person{kind="kill-switch"} 1');
    await send(world, 'DELETE', 'kill-switch', { reason: 'over' });
    const text = await metrics();
    for (const { kind, what, act, link } of WAITING_KINDS) {
      expect(text).toContain(`waiting_for_person{kind="${kind}"} 0`);
      expect(text).toContain(`waiting_for_person_oldest_seconds{kind="${kind}"} 0`);
      expect([what, act, link].every((words) => words.length > 0)).toBe(true);
    }
    expect(new Set(WAITING_KINDS.map(({ kind }) => kind)).size).toBe(WAITING_KINDS.length);
  });

  it('is told of a scheduler that nobody runs any more', async () => {
    const later = `timestamptz '${new Date(world.clock.now().getTime() + 3_600_000).toISOString()}'`;
    // A notification of the run above may be on its way still, which would be late by then.
    const found = await until('nothing else is under way', async () => {
      const waiting = waitingOf(await database.rows<WaitingRow>(waitingSql(later)));
      return waiting.length === 1 ? waiting : undefined;
    });
    expect(found).toMatchObject([{ kind: 'silent-scheduler', count: 1, since: expect.any(Date) }]);
  });

  it('is told of a scheduler that nobody has ever run, once somebody has set up something for it', async () => {
    const idle = await startWorld({ environment: { ROLE: 'admin,listener' } });
    try {
      const told = async (seconds: number): Promise<string[]> => {
        const at = new Date(idle.clock.now().getTime() + seconds * 1000).toISOString();
        const rows = await idle.service.app.get(Database).rows<WaitingRow>(waitingSql(`timestamptz '${at}'`));
        return waitingOf(rows).map(({ kind }) => kind);
      };
      await idle.upload(requestFile(1, 'never-sent-'));
      expect(await told(0)).toEqual([]);
      expect(await told(3_600)).toContain('silent-scheduler');
    } finally {
      await idle.close();
    }
  });
});
