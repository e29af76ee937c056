import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

const QUICK_JOBS = 50;

// However long the quick ones take on a busy machine, the slow calls are still waited for.
const PATIENT = { TSTORE_ANSWER_TIMEOUT_SECONDS: '3600', TSTORE_IDLE_TIMEOUT_SECONDS: '3600' };

describe.each([1, 2])('a gateway that is slow for some, with %d replica(s)', (replicas) => {
  let world: BillingWorld;
  const others: RunningService[] = [];

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0.2, seed: 'side-by-side' }, environment: PATIENT });
    for (let replica = 1; replica < replicas; replica++) {
      const drainTimes = { noticeMs: 0, finishMs: 5_000 };
      others.push(await startService(readConfiguration(world.environment), { clock: world.clock, drainTimes }));
    }
  });

  afterAll(async () => {
    world.simulator.control.disarmAllFaults();
    await Promise.all(others.map((other) => other.close()));
    await world.close();
  });

  it('delays nobody else: fifty jobs settle while a result drips, a verification and a submission hang', async () => {
    const { control } = world.simulator;
    const [dripping, unverified, unanswered] = ['1', '2', '3'];
    control.armFault({ kind: 'result-held', jobId: dripping });
    control.armFault({ kind: 'verify-held', jobId: unverified });
    control.armFault({ kind: 'submit-held', jobId: unanswered });
    const slow = await uploadInTurn(['dripping', 'unverified', 'unanswered']);
    await until('all three wait for the gateway', async () => {
      void control.deliverNotifications();
      return control.faults().every(({ struck }) => struck > 0) || undefined;
    });

    const quick = await Promise.all(
      Array.from({ length: QUICK_JOBS }, (_, index) => world.upload(requestFile(10, `quick-${index}-`))),
    );
    const settled = await Promise.all(quick.map(({ body }) => settledMeanwhile(body.id)));
    expect(settled.filter(({ result }) => result.settledAt !== null)).toHaveLength(QUICK_JOBS);
    expect(await Promise.all(slow.map(stageOf))).toEqual([
      'VerifiedCompleted download-result',
      'Completed',
      // Its notification came, though the answer to its submission has not.
      'VerifiedCompleted submit',
    ]);

    control.disarmAllFaults();
    const ends = [...settled, ...(await Promise.all(slow.map((id) => settledMeanwhile(id))))];
    const book = control.bookTotals();
    const sum = (amountOf: (job: JsonBody) => number) => ends.reduce((total, job) => total + amountOf(job), 0);
    expect(await control.repeatedOrders()).toEqual([]);
    expect(book).toMatchObject({ jobs: QUICK_JOBS + 3, acceptedCount: QUICK_JOBS * 10 + 3 * 10 });
    expect(sum((job) => job.result.totals.paid.count)).toBe(book.chargedCount);
    expect(sum((job) => job.result.totals.paid.amount)).toBe(book.chargedAmount);
    // One question each: who waits long is not asked for again by somebody else.
    expect(control.calls().filter(({ faults }) => faults.length > 0)).toHaveLength(3);
  });

  /** One after the other, so that T store's ids of them are known. */
  async function uploadInTurn(names: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const name of names) {
      const { body } = await world.upload(requestFile(10, `${name}-`));
      ids.push(body.id);
      await until(`${name} is submitted`, async () => world.simulator.control.job(String(ids.length)) ?? undefined);
    }
    return ids;
  }

  /** As `world.settled`, not waiting for those whose notification is held up. */
  async function settledMeanwhile(id: string): Promise<JsonBody> {
    return until(`job ${id} is settled`, async () => {
      void world.simulator.control.deliverNotifications();
      const { body } = await world.get(`bulk-payment-jobs/${id}`);
      return body.result?.settledAt ? body : undefined;
    });
  }

  async function stageOf(id: string): Promise<string> {
    const { body } = await world.get(`bulk-payment-jobs/${id}`);
    return [body.state, body.progress?.stage].filter(Boolean).join(' ');
  }
});
