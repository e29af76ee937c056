import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile } from '../support/request-files';

const JOBS = 12;

describe('three replicas of every role on one database', () => {
  let world: BillingWorld;
  const replicas: RunningService[] = [];

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0.2, seed: 'replicas' } });
    for (let replica = 0; replica < 2; replica++) {
      replicas.push(
        await startService(readConfiguration(world.environment), { drainTimes: { noticeMs: 0, finishMs: 5_000 } }),
      );
    }
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await world.close();
  });

  it('bill every job once and settle it once, and agree with the gateway’s book to the won', async () => {
    const uploads = await Promise.all(
      Array.from({ length: JOBS }, (_, index) => world.upload(requestFile(20, `many-${index}-`))),
    );
    const jobs = await Promise.all(uploads.map(({ body }) => world.settled(body.id)));
    const book = world.simulator.control.bookTotals();
    const sum = (amountOf: (job: (typeof jobs)[number]) => number) =>
      jobs.reduce((total, job) => total + amountOf(job), 0);

    expect(await world.simulator.control.repeatedOrders()).toEqual([]);
    expect(book).toMatchObject({ jobs: JOBS, acceptedCount: JOBS * 20 });
    expect(sum((job) => job.result.totals.paid.count)).toBe(book.chargedCount);
    expect(sum((job) => job.result.totals.paid.amount)).toBe(book.chargedAmount);
    expect(sum((job) => job.result.totals.declined.count)).toBe(book.declinedCount);
    expect(world.simulator.control.tokensIssued()).toBe(1);
  });
});
