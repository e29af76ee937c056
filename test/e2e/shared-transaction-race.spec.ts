import { Client } from 'pg';
import { ONE_DONE } from '../../src/kernel/step-report';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, type Stage, type VerifiedJob } from '../support/result-world';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const SHARED = 'TSTORE0004_shared';

/** Of src/charge/settlement-log.repository.ts: one appends at a time. */
const SETTLEMENT_LOG_LOCK = 7_261_543_002;

/** What both replicas must come to before either goes on: reading who settled what, and writing that they did. */
const BARRIERS: Partial<Record<Stage, string>> = {
  reconcile: 'LOCK TABLE settlement IN ACCESS EXCLUSIVE MODE',
  settle: `SELECT pg_advisory_xact_lock(${SETTLEMENT_LOG_LOCK})`,
};

describe('two jobs whose lines name one transaction, at the very same instant in two replicas', () => {
  let database: TestDatabase;
  let one: ResultWorld;
  let other: ResultWorld;
  let barrier: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    one = await ResultWorld.start(database.url);
    other = await ResultWorld.start(database.url, {
      DATA_DIR: one.dataDirectory,
      TSTORE_AUTH_BASE_URL: one.gateway.url,
      TSTORE_API_BASE_URL: one.gateway.url,
      TSTORE_PNS_BASE_URL: one.gateway.url,
    });
    barrier = new Client({ connectionString: database.url });
    await barrier.connect();
  });

  afterAll(async () => {
    await barrier.end();
    await other.close();
    await one.close();
    await database.drop();
  });

  async function jobNamingIt(prefix: string): Promise<VerifiedJob> {
    const answers = answersOf(prefix, 3).map((answer, index) =>
      index === 0 ? { ...answer, transactionId: SHARED } : answer,
    );
    const job = await one.verifiedJob(answers);
    one.gateway.serve(job.gatewayJobId, fileBytes(goodFile(MERCHANT_ID, answers)));
    return job;
  }

  /** Both replicas in a stage, held until both stand at its barrier. */
  async function together(stage: Stage): Promise<void> {
    const hold = BARRIERS[stage];
    await barrier.query('BEGIN');
    if (hold !== undefined) await barrier.query(hold);
    const both = Promise.all([one.run(stage), other.run(stage)]);
    if (hold !== undefined) {
      await until(`both replicas stand at ${stage}`, async () => {
        const { rows } = await barrier.query(
          `SELECT DISTINCT pid FROM pg_locks
           WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rows.length === 2 || undefined;
      });
    }
    await barrier.query('COMMIT');
    expect(await both).toEqual([ONE_DONE, ONE_DONE]);
  }

  const numbers = () =>
    one.database.rows<{ id: string; paid: number; quarantined: number; settled: boolean }>(
      `SELECT id, paid_count AS paid, quarantined_count AS quarantined, settled_at IS NOT NULL AS settled
       FROM bulk_payment_job ORDER BY paid_count`,
    );

  it('settle one of them at most; the other is a discrepancy, and neither job is stuck', async () => {
    const jobs = [await jobNamingIt('a-'), await jobNamingIt('b-')];
    for (const stage of ['download', 'load', 'reconcile'] as const) await together(stage);
    // Neither could see the other: to both, every line is clean.
    expect(await numbers()).toMatchObject([
      { paid: 3, quarantined: 0 },
      { paid: 3, quarantined: 0 },
    ]);
    await together('settle');
    // Whoever came second looks again, and finds what the first has settled.
    for (const stage of ['load', 'reconcile', 'settle'] as const) expect(await other.run(stage)).toEqual(ONE_DONE);

    const rows = await numbers();
    expect(rows).toMatchObject([
      { paid: 2, quarantined: 1, settled: true },
      { paid: 3, quarantined: 0, settled: true },
    ]);
    const settled = await one.database.rows(`SELECT kind FROM settlement WHERE transaction_id = $1`, [SHARED]);
    expect(settled).toEqual([{ kind: 'paid' }]);
    const { items } = await one.get('discrepancies?state=Open');
    expect(items).toMatchObject([{ kind: 'transaction-shared', found: { transactionId: SHARED } }]);
    expect(rows[0]?.id).toBe(items[0].jobId);
    expect(jobs.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(await one.database.rows('SELECT FROM unbalanced_job')).toEqual([]);
  });
});
