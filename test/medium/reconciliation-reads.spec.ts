import { BulkPaymentJobs } from '../../src/bulk-payment';
import { ReconciliationRepository } from '../../src/bulk-payment/result/reconciliation.repository';
import { ONE_DONE } from '../../src/kernel/step-report';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES, type Stage, type VerifiedJob } from '../support/result-world';

const SETTLED = 4_000;
const LINES = 1_000;
/** Whoever compares each line with each payment of before reads thousands for each. */
const FEW_ROWS = 50;

describe('reconciling a result beside payments of before', () => {
  let world: ResultWorld;

  beforeAll(async () => {
    world = await ResultWorld.start();
  });

  afterAll(() => world.close());

  async function jobOf(asked: ReturnType<typeof answersOf>): Promise<VerifiedJob> {
    const job = await world.verifiedJob(asked);
    world.gateway.serve(job.gatewayJobId, fileBytes(goodFile(MERCHANT_ID, asked)));
    return job;
  }

  async function run(stages: readonly Stage[]): Promise<void> {
    for (const stage of stages) expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
  }

  /** Rows of all tables that finding every difference of a loaded job reads. */
  async function readBy({ id }: VerifiedJob): Promise<number> {
    const job = await world.service.app.get(BulkPaymentJobs).get(id);
    return world.database.transaction(async (session) => {
      await world.service.app.get(ReconciliationRepository).findAll(session, job);
      const [read] = await session.rows<{ rows: number }>(
        'SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer AS rows FROM pg_stat_xact_user_tables',
      );
      return read?.rows ?? Infinity;
    });
  }

  it('reads a few rows for each line, though PostgreSQL knows nothing of its tables yet', async () => {
    await jobOf(answersOf('m', SETTLED));
    await run(STAGES);
    // The first's transactions lie among its own, as they do where jobs are billed at the same time.
    const second = await jobOf([...answersOf('a', LINES / 2), ...answersOf('z', LINES / 2)]);
    await run(['download', 'load']);
    expect(await readBy(second)).toBeLessThan(FEW_ROWS * LINES);
  });
});
