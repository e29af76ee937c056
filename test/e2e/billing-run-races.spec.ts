import { readConfiguration } from '../../src/config';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { BillingRunDecisions, BillingRunPlanning } from '../../src/billing-run';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { moveTo, settleAll, subscribe, subscriptionRow } from '../support/subscribers';

describe('billing runs of several replicas', () => {
  let world: BillingWorld;
  let other: RunningService;

  beforeAll(async () => {
    const environment = {
      BILLING_RUN_CONFIRM_FACTOR: '1',
      BILLING_RUN_CONFIRM_MIN_CHARGES: '4',
      BILLING_RUN_CONFIRM_MIN_WON: '1000000',
    };
    world = await startWorld({ simulator: { declineRate: 0 }, environment });
    other = await startService(readConfiguration(world.environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
  });

  afterAll(async () => {
    await other.close();
    await world.close();
  });

  it('are opened once, with one charge for each period, whoever plans', async () => {
    moveTo(world, '2027-01-05');
    const ids = [];
    for (let index = 0; index < 3; index++) ids.push(await subscribe(world, `race-${index}`, '2027-01-05'));
    const planners = [world.service, other].map(({ app }) => app.get(BillingRunPlanning));
    const planned = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (planners[index % 2] as BillingRunPlanning).plan(seoulDate('2027-01-05')),
      ),
    );
    expect(planned.filter((run) => run !== undefined)).toHaveLength(1);
    const database = world.service.app.get(Database);
    expect(await database.rows('SELECT count(*)::int AS charges FROM charge')).toEqual([{ charges: 3 }]);
    await settleAll(world);
    expect(await subscriptionRow(world, ids[0] as string)).toMatchObject({ next: '2027-02-05' });
    expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 3 });
  });

  it('are confirmed or rejected once, whoever decides, and one history row says which', async () => {
    for (let index = 0; index < 6; index++) await subscribe(world, `crowd-${index}`, '2027-01-20');
    moveTo(world, '2027-01-20');
    const run = await world.service.app.get(BillingRunPlanning).plan(seoulDate('2027-01-20'));
    expect(run?.state).toBe('AwaitingConfirmation');
    const id = run?.id as string;
    const deciders = [world.service, other].map(({ app }) => app.get(BillingRunDecisions));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => {
        const decider = deciders[index % 2] as BillingRunDecisions;
        const by = { actor: `person ${index}`, owner: `person-${index}`, keyId: null, role: 'manager' };
        const decision = { by, reason: 'looked at it' };
        return index < 4 ? decider.confirm(id, decision) : decider.reject(id, decision);
      }),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const { body } = await world.get(`billing-runs/${id}`);
    // Opened, held, and decided once.
    expect(body.history.map(({ toState }: JsonBody) => toState)).toEqual([
      'Planned',
      'AwaitingConfirmation',
      body.state,
    ]);
    await settleAll(world);
    const expected = body.state === 'Confirmed' ? 'VerifiedCompleted' : 'Failed';
    expect((await world.get(`billing-runs/${id}`)).body.jobs[0].state).toBe(expected);
  });
});
