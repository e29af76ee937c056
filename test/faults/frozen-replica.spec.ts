import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readConfiguration } from '../../src/config';
import type { CrashPoint } from '../../src/platform/crash-points';
import { startService, type RunningService } from '../../src/service';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import { MovableClock } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { ADMIN_KEY, SECOND_PERSONS_KEY, serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const PRELOAD = join(__dirname, 'crash-point.preload.cjs');
const LEASE_SECONDS = 10;
/** Of a job; and of a refund, which is as long as T store may take to answer. */
const PAST_LEASE_SECONDS = 200;
const CHARGES = 20;

/** All that a replica writes, but for when the checks looked last. */
const WRITTEN = `
  SELECT (SELECT jsonb_agg(to_jsonb(job) - 'numbers_checked_at' ORDER BY id) FROM bulk_payment_job AS job) AS jobs,
    (SELECT jsonb_agg(entry ORDER BY id) FROM bulk_payment_job_history AS entry) AS history,
    (SELECT jsonb_agg(entry ORDER BY position) FROM settlement AS entry) AS settlements,
    (SELECT jsonb_agg(entry ORDER BY id) FROM discrepancy AS entry) AS discrepancies,
    (SELECT jsonb_agg(message ORDER BY id) FROM notification AS message) AS notifications,
    (SELECT jsonb_agg(entry ORDER BY id) FROM notification_history AS entry) AS notification_history,
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'staging'::regnamespace) AS staged`;

/** Where a replica freezes, and what its own log says when it wakes up and is refused. */
const FROZEN: [CrashPoint, RegExp][] = [
  ['write-request-file.file-stored', /job \d+ was taken over by another replica/],
  ['submit.token-ready', /job \d+ was taken over by another replica/],
  ['submit.answered', /job \d+ was taken over by another replica/],
  ['verify-notification.answered', /notification \d+ was taken over by another replica/],
  ['download-result.file-stored', /job \d+ was taken over by another replica/],
  ['load-result.claimed', /job \d+ was taken over by another replica/],
  ['reconcile.claimed', /job \d+ was taken over by another replica/],
  ['settle.claimed', /job \d+ was taken over by another replica/],
  ['settle.batch-committed', /job \d+ was taken over by another replica/],
];

/** Inside a transaction, whose locks the server takes away from a process that says nothing more. */
const FROZEN_IN_TRANSACTION: CrashPoint[] = [
  'verify-notification.before-commit',
  'load-result.before-commit',
  'reconcile.before-commit',
  'settle.batch-before-commit',
  'settle.close-before-commit',
];

describe('a replica that freezes past its lease and wakes up when another has done its work', () => {
  let database: TestDatabase;
  let client: Client;
  let simulator: Simulator;
  let directory: string;
  /** Answers PNS and people, whoever of the schedulers is frozen. */
  let front: RunningService;
  let victim: ServiceProcess;
  let arrived: string | undefined;
  const frontClock = new MovableClock();
  let batch = 0;
  let givenUp = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    simulator = await startSimulator({
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.3,
      seed: 'frozen',
    });
    directory = await mkdtemp(join(tmpdir(), 'frozen-replica-'));
    front = await startService(readConfiguration(settings({ ROLE: 'listener,admin' })), {
      ...DRAIN,
      clock: frontClock,
    });
    victim = ServiceProcess.startWith(
      PRELOAD,
      settings({ ROLE: 'scheduler', PUBLIC_BASE_URL: front.url, LOG_LEVEL: 'info' }),
    );
    victim.onMessage((message) => (arrived = (message as { arrived: string }).arrived));
    await victim.url();
  });

  afterAll(async () => {
    victim.signal('SIGKILL');
    await victim.ended;
    await front.close();
    await client.end();
    await simulator.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  function settings(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return serviceEnvironment(database.url, {
      ...serviceSettings(simulator.baseUrl),
      DATA_DIR: directory,
      SCHEDULER_TICK_SECONDS: '1',
      SCHEDULER_LEASE_SECONDS: String(LEASE_SECONDS),
      BILLING_CRON: 'none',
      TIE_OUT_CRON: 'none',
      ...more,
    });
  }

  async function post(path: string, type: string, body: string, key = ADMIN_KEY): Promise<{ id: string }> {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': type };
    const response = await fetch(`${front.url}/admin/v1/${path}`, { method: 'POST', headers, body });
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as { id: string };
  }

  async function upload(): Promise<string> {
    const file = requestFile(CHARGES, `frozen-${(batch += 1)}-`);
    return (await post('bulk-payment-jobs', 'text/plain', file)).id;
  }

  /** Has the victim freeze on its way through a job, or other work. @returns its id */
  async function frozenAt(point: CrashPoint, work: () => Promise<string> = upload): Promise<string> {
    arrived = undefined;
    victim.order({ freezeAt: point });
    const id = await work();
    await until(`it freezes at ${point}`, async () => {
      void simulator.control.deliverNotifications();
      return arrived === point || undefined;
    });
    return id;
  }

  /** Another replica, whose clock is past the victim's lease, goes on until a row is found, and goes. */
  async function otherGoesOn(what: string, sql: string, id: string): Promise<void> {
    const clock = new MovableClock();
    clock.advanceSeconds(PAST_LEASE_SECONDS);
    const configuration = readConfiguration(settings({ ROLE: 'scheduler', PUBLIC_BASE_URL: front.url }));
    const other = await startService(configuration, { ...DRAIN, clock });
    await until(what, async () => {
      await simulator.control.deliverNotifications();
      return (await client.query(sql, [id])).rows.length > 0 || undefined;
    });
    await other.close();
  }

  function otherFinishes(jobId: string): Promise<void> {
    const settled = 'SELECT FROM bulk_payment_job WHERE id = $1 AND settled_at IS NOT NULL';
    return otherGoesOn(`job ${jobId} is settled`, settled, jobId);
  }

  async function written(): Promise<unknown> {
    return (await client.query(WRITTEN)).rows[0];
  }

  /** Wakes the victim up, waits until its log has something new, and expects that nothing else has. */
  async function expectRefused(refusal: RegExp): Promise<void> {
    const before = await written();
    const { length } = victim.log;
    victim.signal('SIGCONT');
    await until('it was refused', () => Promise.resolve(refusal.exec(victim.log.slice(length)) ?? undefined));
    // By now it has taken up its usual rounds: the next job is its own to finish.
    expect(await written()).toEqual(before);
    expect(await simulator.control.repeatedOrders()).toEqual([]);
  }

  it.each(FROZEN)('%s: what it writes is refused by guard', async (point, refusal) => {
    const jobId = await frozenAt(point);
    await otherFinishes(jobId);
    await expectRefused(refusal);
  });

  it.each(FROZEN_IN_TRANSACTION)('%s: the server has ended its transaction, and the rest is refused', async (point) => {
    const jobId = await frozenAt(point);
    // As the server does by itself after a minute (idle_in_transaction_session_timeout).
    const ended = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`,
    );
    expect(ended.rowCount).toBeGreaterThan(0);
    await otherFinishes(jobId);
    await expectRefused(/"msg":"(stage|step) failed"/);
  });

  it('submit.intent-committed: given up by a person meanwhile, the job is not sent any more', async () => {
    const jobId = await frozenAt('submit.intent-committed');
    givenUp += 1;
    frontClock.advanceSeconds(PAST_LEASE_SECONDS);
    const reason = JSON.stringify({ reason: 'T store has not got it' });
    const { id } = await post(`bulk-payment-jobs/${jobId}/close-as-not-accepted`, 'application/json', reason);
    await post(`approvals/${id}/approve`, 'application/json', reason, SECOND_PERSONS_KEY);
    frontClock.advanceSeconds(-PAST_LEASE_SECONDS);
    const { jobs } = simulator.control.bookTotals();
    await expectRefused(/job \d+ was taken over by another replica/);
    expect(simulator.control.bookTotals().jobs).toBe(jobs);
  });

  it('send-refund.intent-committed: in doubt for others meanwhile, the refund is not sent any more', async () => {
    const { rows } = await client.query<{ orderNo: string }>(
      `SELECT order_no AS "orderNo" FROM charge JOIN settlement ON charge_id = charge.id WHERE kind = 'paid' LIMIT 1`,
    );
    const refund = JSON.stringify({ reason: 'customer asked', amount: 400 });
    const id = await frozenAt('send-refund.intent-committed', async () => {
      return (await post(`charges/${rows[0]?.orderNo}/refunds`, 'application/json', refund)).id;
    });
    await otherGoesOn('it is in doubt', `SELECT FROM refund WHERE id = $1 AND state = 'Unknown'`, id);
    await expectRefused(/refund \d+ was taken over by another replica/);
    expect(simulator.control.refunds()).toEqual([]);
  });

  it('is as good as any other afterwards', async () => {
    const jobId = await upload();
    await until('its job is settled', async () => {
      await simulator.control.deliverNotifications();
      const { rows } = await client.query('SELECT FROM bulk_payment_job WHERE id = $1 AND settled_at IS NOT NULL', [
        jobId,
      ]);
      return rows.length > 0 || undefined;
    });
    const { acceptedCount, jobs } = simulator.control.bookTotals();
    expect([jobs, acceptedCount]).toEqual([batch - givenUp, (batch - givenUp) * CHARGES]);
    const settled = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM settlement');
    expect(settled.rows[0]?.count).toBe((batch - givenUp) * CHARGES);
  });
});

const DRAIN = { drainTimes: { noticeMs: 0, finishMs: 5_000 } };
