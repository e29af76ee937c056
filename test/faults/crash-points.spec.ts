import { CRASH_POINTS, type CrashPoint } from '../../src/platform/crash-points';
import type { FaultOrder } from '../../simulator/faults/armed-faults';
import { CrashWorld, type Work } from './crash-world';

/** The submission goes out with a good token, and the question to PNS finds it revoked. */
const TOKEN_REVOKED: FaultOrder = { kind: 'token-revoked', skip: 1 };

/** What the gateway must do wrong for a process to come to a point at all. */
const FAULTS: Partial<Record<CrashPoint, FaultOrder[]>> = {
  'token.lease-committed': [TOKEN_REVOKED],
  'token.answered': [TOKEN_REVOKED],
  'token.stored': [TOKEN_REVOKED],
  'token.invalidated': [TOKEN_REVOKED],
  'token.failure-stored': [TOKEN_REVOKED, { kind: 'token-failing' }],
  'verify-notification.postponed': [{ kind: 'verify-unavailable' }],
  'stage-failure.before-commit': [{ kind: 'result-failing' }],
  'stage-failure.recorded': [{ kind: 'result-failing' }],
};

const upload: Work = (world, name) => world.upload(name);

/** An event nothing acts on, beside a usual job. */
const uploadAndOddEvent: Work = async (world, name) => {
  await world.upload(name);
  await world.post('noti_listener', 'application/json', `{"event":"singlePayment","jobId":"${name}"}`);
};

const WORK: Partial<Record<CrashPoint, Work>> = {
  'plan-billing-run.before-commit': (world) => world.plan(1),
  'plan-billing-run.committed': (world) => world.plan(0),
  'verify-notification.set-aside': uploadAndOddEvent,
};

describe('a process that is killed at each crash point', () => {
  const visited: CrashPoint[] = [];
  let world: CrashWorld;

  beforeAll(async () => {
    world = await CrashWorld.start();
  }, 60_000);

  afterAll(async () => {
    process.stdout.write(`killed at ${visited.length} of ${CRASH_POINTS.length} crash points\n`);
    await world.close();
  });

  it.each(CRASH_POINTS.map((point, index) => [index + 1, point] as const))(
    '%i. %s: the next process finishes, and the gateway’s book agrees to the won',
    async (_number, point) => {
      for (const fault of FAULTS[point] ?? []) world.simulator.control.armFault(fault);
      const inDoubtBefore = await world.jobsInDoubt();
      await world.crashAt(point, WORK[point] ?? upload);
      visited.push(point);
      expect(await world.rest()).toEqual([]);
      // Only where the file had not left yet does nobody ever hear of it, and a person must decide.
      const inDoubt = (await world.jobsInDoubt()) - inDoubtBefore;
      expect(inDoubt).toBe(point === 'submit.intent-committed' ? 1 : 0);
    },
  );

  it('visits every point of the list', () => {
    expect(visited).toEqual([...CRASH_POINTS]);
  });
});
