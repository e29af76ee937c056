import type { CrashPoint } from '../../../src/platform/crash-points';
import { until } from '../../support/until';
import { CrashWorld } from './crash-world';
import type { Visit, Visits, Work } from './visits';

/**
 * The tests of one spec. Several specs share the points, so that one worker alone does not take as long as all others together.
 *
 * @param before what is done and comes to its end before any process is killed
 */
// eslint-disable-next-line jest/no-export -- no spec itself
export function visitCrashPoints(visits: Visits, before?: Work): void {
  describe('a process that is killed at each crash point', () => {
    let world: CrashWorld;

    beforeAll(async () => {
      world = await CrashWorld.start();
      if (before !== undefined) await world.begin(before);
    });

    afterAll(() => world.close());

    it.each(
      (Object.entries(visits) as [CrashPoint, Visit][]).map(([first, visit]) => {
        const points = [first, ...(visit.then ?? [])] as const;
        return [points.join(', then '), points, visit] as const;
      }),
    )('%s: the next process finishes, and the gateway’s book agrees to the won', async (_name, points, visit) => {
      for (const fault of visit.faults ?? []) world.simulator.control.armFault(fault);
      const inDoubtBefore = await world.jobsInDoubt();
      const before = await world.alarms();
      await world.crashAt(points, visit.work);
      expect(await world.rest()).toEqual([]);
      expect((await world.jobsInDoubt()) - inDoubtBefore).toBe(visit.leavesInDoubt ? 1 : 0);
      await until('each alarm that is noted was told', async () => {
        const after = await world.alarms();
        return after.told - before.told === after.noted - before.noted + (visit.isToldAgain ? 1 : 0) || undefined;
      });
    });
  });
}
