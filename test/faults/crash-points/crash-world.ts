import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDateAt } from '../../../src/kernel/seoul-calendar';
import type { CrashPoint } from '../../../src/platform/crash-points';
import { kakaopaySettings, serviceSettings, startSimulator, tossSettings, type Simulator } from '../../../simulator';
import { addSubscriptions } from '../../support/prepared-billing';
import { ADMIN_KEY, serviceEnvironment } from '../../support/service-environment';
import { ServiceProcess } from '../../support/service-process';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';
import { until } from '../../support/until';
import { UNCHECKED_SQL } from '../../support/line-checks';
import { brokenPromises } from '../broken-promises';
import type { Work } from './visits';

const PRELOAD = join(__dirname, '../crash-point.preload.cjs');
/** Past every lease of a process that was killed. */
const AHEAD_BY_SECONDS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
const SUBSCRIPTIONS = 5;
const ALARM = /"msg":"(?:line stopped|submission still in doubt)/;

/** One gateway and one database, and a service process that is killed and followed by the next, again and again. */
export class CrashWorld {
  private process: ServiceProcess | undefined;
  private aheadSeconds = 0;
  private arrived: string | undefined;
  private batches = 0;
  /** What all processes have written so far. */
  private readonly processes: ServiceProcess[] = [];
  private readonly chosen = new Map<string, string>();

  private constructor(
    private readonly database: TestDatabase,
    readonly simulator: Simulator,
    private readonly client: Client,
    private readonly dataDirectory: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<CrashWorld> {
    const simulator = await startSimulator({
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.3,
      seed: 'crash points',
    });
    const threeMonthsAgo = seoulDateAt(new Date(Date.now() - 90 * DAY_MS));
    const database = await createTestDatabase();
    await addSubscriptions(database.url, SUBSCRIPTIONS, threeMonthsAgo, serviceSettings(simulator.baseUrl));
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const directory = await mkdtemp(join(tmpdir(), 'crash-points-'));
    const world = new CrashWorld(database, simulator, client, directory, await freePort());
    world.startProcess();
    return world;
  }

  /** Has something done and come to its end before any process dies. */
  async begin(work: Work): Promise<void> {
    await this.process?.url();
    await work(this, 'before-');
    const broken = await this.rest();
    if (broken.length > 0) throw new Error(broken.join('; '));
  }

  /**
   * Has the process die at a point it comes to on the way of the work, and the next one go on.
   *
   * @param others where those die that come next, one after the other
   */
  async crashAt([first, ...others]: readonly [CrashPoint, ...CrashPoint[]], work: Work): Promise<void> {
    const name = `batch-${(this.batches += 1)}-`;
    await this.process?.url();
    this.process?.order(first);
    // It dies in the middle, and the answers with it.
    const answered = work(this, name).catch(() => undefined);
    await this.killAt(first);
    await answered;
    this.simulator.control.disarmAllFaults();
    this.simulator.toss.disarmAllFaults();
    for (const point of others) {
      this.startProcess(point);
      await this.killAt(point);
    }
    this.startProcess();
    await this.process?.url();
    // Whoever got no answer asks again.
    await work(this, name);
  }

  /** Waits until everything that can go on has come to its end. @returns the promises that are broken then */
  async rest(): Promise<string[]> {
    let broken: string[] = [];
    await until('every job has come to its end', async () => {
      await this.simulator.control.deliverNotifications();
      await this.passDoubtOfRefunds();
      // Cheap to ask, unlike the whole comparison.
      if (broken.length === 0 && (await this.isAtWork())) return undefined;
      broken = await brokenPromises(this.client, this.simulator);
      return (broken.length === 0 && !(await this.isAtWork())) || undefined;
    }).catch((gaveUp: Error) => {
      if (broken.length === 0) broken = [gaveUp.message];
    });
    return broken;
  }

  /** Jobs that were perhaps sent and of which nobody has heard. */
  async jobsInDoubt(): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM bulk_payment_job WHERE state = 'Processing' AND gateway_job_id IS NULL`,
    );
    return rows[0]?.count ?? 0;
  }

  /** Waits for what the process that lives brings about, and no longer once it is killed. */
  until<Result>(what: string, look: () => Promise<Result | undefined>): Promise<Result> {
    const { process } = this;
    return until(what, () => {
      if (process?.hasEnded) throw new Error(`the process was killed before ${what}`);
      return look();
    });
  }

  /** What a work chose the first time it was done, when it is done again. */
  async once(what: string, choose: () => Promise<string>): Promise<string> {
    const choice = this.chosen.get(what) ?? (await choose());
    this.chosen.set(what, choice);
    return choice;
  }

  query<Row extends QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<QueryResult<Row>> {
    return this.client.query<Row>(sql, parameters);
  }

  /** By the service's clock. */
  now(): Date {
    return new Date(Date.now() + this.aheadSeconds * 1000);
  }

  /** Lets time pass for the process that lives. */
  pass(seconds: number): void {
    this.aheadSeconds += seconds;
    this.process?.order({ aheadSeconds: this.aheadSeconds });
  }

  /** How many alarms there are that somebody told of, and how often all processes together did. */
  async alarms(): Promise<{ noted: number; told: number }> {
    const { rows } = await this.client.query<{ noted: number }>(
      `SELECT (SELECT count(told_at) FROM line_stop)::int + (SELECT count(doubt_told_at) FROM bulk_payment_job)::int AS noted`,
    );
    const times = this.processes.map(({ log }) => log.split(ALARM).length - 1);
    return { noted: rows[0]?.noted ?? 0, told: times.reduce((sum, one) => sum + one, 0) };
  }

  post(path: string, type: string, body: string): Promise<Response> {
    return this.call(path, { method: 'POST', headers: { 'Content-Type': type }, body });
  }

  async close(): Promise<void> {
    this.process?.signal('SIGKILL');
    await this.process?.ended;
    await this.client.end();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  call(path: string, init: { method?: string; headers?: object; body?: string } = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, ...init.headers };
    return fetch(`http://127.0.0.1:${this.port}/${path}`, { ...init, headers });
  }

  private async killAt(point: CrashPoint): Promise<void> {
    const delivered: Promise<unknown>[] = [];
    await until(`the process comes to ${point}`, async () => {
      // Not waited for: the process that should answer may stand still until it is killed.
      delivered.push(this.simulator.control.deliverNotifications());
      return this.arrived === point || undefined;
    });
    this.process?.signal('SIGKILL');
    await this.process?.ended;
    await Promise.all(delivered);
    this.aheadSeconds += AHEAD_BY_SECONDS;
  }

  private async passDoubtOfRefunds(): Promise<void> {
    const { rowCount } = await this.client.query(`SELECT FROM refund WHERE state = 'Unknown' LIMIT 1`);
    if (rowCount !== 0) this.pass(2 * 60);
  }

  /**
   * Whether anything goes on or has to: the process that lives has claimed it, for a submission under way looks as if it
   * were in doubt; or it has not come to its end, which what is in doubt has; or the line has yet to be checked, which would be
   * under way beside the next work.
   */
  private async isAtWork(): Promise<boolean> {
    const { rows } = await this.client.query(
      `SELECT FROM bulk_payment_job
       WHERE lease_until > $1 OR (settled_at IS NULL AND failed_at IS NULL
         AND NOT (state = 'Processing' AND gateway_job_id IS NULL))
       UNION ALL SELECT FROM refund WHERE ended_at IS NULL
       UNION ALL SELECT FROM payment_watch WHERE next_look_at IS NOT NULL
       UNION ALL SELECT FROM direct_payment WHERE ended_at IS NULL
       UNION ALL SELECT FROM method_registration WHERE state = 'Issuing'
       UNION ALL SELECT FROM payment_method WHERE ended_at IS NOT NULL AND erased_at IS NULL AND gateway <> 'tstore'
       UNION ALL SELECT FROM tie_out WHERE finished_at IS NULL
       UNION ALL SELECT FROM notification WHERE order_no IS NOT NULL AND next_attempt_at IS NOT NULL
       UNION ALL ${UNCHECKED_SQL}`,
      [this.now()],
    );
    return rows.length > 0;
  }

  /** @param point where it is to die */
  private startProcess(point?: CrashPoint): void {
    this.arrived = undefined;
    this.process = ServiceProcess.startWith(PRELOAD, {
      ...serviceEnvironment(this.database.url, serviceSettings(this.simulator.baseUrl)),
      ...tossSettings(this.simulator.baseUrl),
      ...kakaopaySettings(this.simulator.baseUrl),
      // What was never sent ends while a test looks.
      KAKAOPAY_OPEN_MINUTES: '1',
      PORT: String(this.port),
      PUBLIC_BASE_URL: `http://127.0.0.1:${this.port}`,
      DATA_DIR: this.dataDirectory,
      CLOCK_AHEAD_SECONDS: String(this.aheadSeconds),
      SCHEDULER_TICK_SECONDS: '1',
      BILLING_CRON: 'none',
      BILLING_RUN_CONFIRM_FACTOR: '0',
      IN_DOUBT_ALARM_MINUTES: '1',
      REFUND_DOUBT_MINUTES: '15',
      REFUND_RATE_PER_MINUTE: '6000',
      TSTORE_LOOKUPS_PER_MINUTE: '6000',
      LOG_LEVEL: 'info',
    });
    this.processes.push(this.process);
    if (point !== undefined) this.process.order(point);
    this.process.onMessage((message) => (this.arrived = (message as { arrived: string }).arrived));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
