import fc from 'fast-check';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED } from '../../src/kernel/step-report';
import { fileBytes, goodFile, type ResultFile } from '../support/result-file-model';
import { balanced, mutated, numbered, resultCase, type ResultCase } from '../support/result-file-mutations';
import { judge, type Verdict } from '../support/result-file-oracle';
import { MERCHANT_ID, ResultWorld, STAGES, type VerifiedJob } from '../support/result-world';

type Applied = Extract<Verdict, { kind: 'applied' }>;
type Refused = Extract<Verdict, { kind: 'refused' }>;

const CASES = 150;

/** `RECONCILIATION_SEED` and `RECONCILIATION_PATH`, as a failure prints them, bring a case back. */
const seed = Number(process.env.RECONCILIATION_SEED ?? Date.now() % 2 ** 31);
const path = process.env.RECONCILIATION_PATH;

/** Longer than any wait between two attempts. */
const LATER_SECONDS = 3_600;

describe('reconciliation of any mutation of a good result file', () => {
  let world: ResultWorld;
  let cases = 0;
  /** Transactions that pay for something already. */
  const settled = new Set<string>();

  beforeAll(async () => {
    world = await ResultWorld.start();
  });

  afterAll(() => world.close());

  it(`finds exactly what was changed and nothing else (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(resultCase, (one) => holds(one)),
      { seed, numRuns: CASES, ...(path !== undefined && { path, numRuns: 1 }), interruptAfterTimeLimit: 100_000 },
    );
  });

  async function holds(one: ResultCase): Promise<void> {
    await world.forgetOpenJobs();
    const prefix = `case${(cases += 1)}-`;
    const answers = numbered(one.answers, prefix);
    const good = goodFile(MERCHANT_ID, answers);
    const lines = mutated(sorted(good.lines, one.order), one.mutations, prefix);
    const changed: ResultFile = { ...good, ...one.shape, lines };
    const file = one.keepsCount ? balanced(changed, answers.length) : changed;
    const verdict = judge(answers, MERCHANT_ID, file, settled);
    const job = await world.verifiedJob(answers);
    world.gateway.serve(job.gatewayJobId, fileBytes(file));
    if (verdict.kind === 'applied') {
      await expectApplied(job, verdict);
      return;
    }
    await expectRefused(job, verdict);
    world.clock.advanceSeconds(LATER_SECONDS);
    world.gateway.serve(job.gatewayJobId, fileBytes(good));
    const undisturbed = judge(answers, MERCHANT_ID, good, settled);
    await expectApplied(job, undisturbed as Applied);
  }

  /** A file that is not the answer to this request leaves nothing behind but the reason, and is fetched again. */
  async function expectRefused(job: VerifiedJob, { at, why }: Refused): Promise<void> {
    for (const stage of STAGES.slice(0, STAGES.indexOf(at))) expect(await world.run(stage)).toEqual(ONE_DONE);
    expect(await world.run(at)).toEqual(ONE_POSTPONED);
    const row = await world.row(job);
    expect(row).toMatchObject({ state: 'VerifiedCompleted', result_downloaded_at: null, attempts: 1, lease_id: null });
    expect(row.last_error).toMatch(why);
    expect(row.next_attempt_at?.getTime()).toBeGreaterThan(world.clock.now().getTime());
    for (const stage of STAGES) expect(await world.run(stage)).toEqual(NOTHING_DUE);
    expect(await world.end(job)).toEqual({ settlements: [], discrepancies: [], result: null });
  }

  /** A job with orders that took money twice settles nothing before a person has resolved each. */
  async function expectStopped(job: VerifiedJob, orders: string[]): Promise<void> {
    expect(await world.stoppedOrders(job)).toEqual(orders);
    if (orders.length > 0) expect(await world.run('settle')).toEqual(NOTHING_DUE);
    await world.resolveStops(job);
  }

  async function expectApplied(job: VerifiedJob, expected: Applied): Promise<void> {
    for (const stage of STAGES) {
      if (stage === 'settle') await expectStopped(job, chargedTwice(expected));
      expect([stage, await world.run(stage), (await world.row(job)).last_error]).toEqual([stage, ONE_DONE, null]);
    }
    const end = await world.end(job);
    expect(end.settlements).toEqual(expected.settlements);
    expected.settlements.forEach(({ transactionId }) => transactionId !== null && settled.add(transactionId));
    expect(end.discrepancies).toEqual(expected.discrepancies);
    expect(end.result.totals).toEqual(expected.totals);
    expect(end.result.findings).toEqual(expected.findings);
    expect(end.result.settledAt).not.toBeNull();
  }
});

/** Orders with several paid lines of different transactions. */
function chargedTwice({ discrepancies }: Applied): string[] {
  const payments = new Map<string, Set<string>>();
  for (const { kind, orderNo, found } of discrepancies) {
    if (kind !== 'duplicate' || orderNo === null || found.resultCode !== '0000' || found.transactionId == null)
      continue;
    payments.set(orderNo, (payments.get(orderNo) ?? new Set()).add(found.transactionId));
  }
  return [...payments].flatMap(([orderNo, transactions]) => (transactions.size > 1 ? [orderNo] : [])).sort();
}

function sorted<Item>(items: readonly Item[], keys: readonly number[]): Item[] {
  return items
    .map((item, index) => ({ item, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
