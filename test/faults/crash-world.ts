import { Client } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';
import type { CrashPoint } from '../../src/platform/crash-points';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import { addSubscriptions } from '../support/prepared-billing';
import { requestFile } from '../support/request-files';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { brokenPromises } from './broken-promises';

const PRELOAD = join(__dirname, 'crash-point.preload.cjs');
/** Past every lease of a process that was killed. */
const AHEAD_BY_SECONDS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
const SUBSCRIPTIONS = 5;
const CHARGES = 5;

/** One gateway and one database, and a service process that is killed and followed by the next, again and again. */
export class CrashWorld {
  private process: ServiceProcess | undefined;
  private aheadSeconds = 0;
  private arrived: string | undefined;
  private batches = 0;

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

  /** Has the process die at a point it comes to on the way of the work, and the next one go on. */
  async crashAt(point: CrashPoint, work: Work): Promise<void> {
    const { process } = this;
    if (process === undefined) throw new Error('no process runs');
    await process.url();
    this.arrived = undefined;
    process.order(point);
    const name = `batch-${(this.batches += 1)}-`;
    // It dies in the middle, and the answers with it.
    const answered = work(this, name).catch(() => undefined);
    await until(`the process comes to ${point}`, () => this.deliver(this.arrived === point));
    process.signal('SIGKILL');
    await process.ended;
    await answered;
    this.simulator.control.disarmAllFaults();
    this.aheadSeconds += AHEAD_BY_SECONDS;
    this.startProcess();
    await this.process?.url();
    // Whoever got no answer asks again.
    await work(this, name);
  }

  /** Waits until everything that can go on has come to its end. @returns the promises that are broken then */
  async rest(): Promise<string[]> {
    let broken: string[] = [];
    await until('every job has come to its end', async () => {
      await this.deliver(true);
      broken = await brokenPromises(this.client, this.simulator.control);
      return (broken.length === 0 && !(await this.isAtWork())) || undefined;
    }).catch(() => undefined);
    return broken;
  }

  /** Jobs that were perhaps sent and of which nobody has heard. */
  async jobsInDoubt(): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM bulk_payment_job WHERE state = 'Processing' AND gateway_job_id IS NULL`,
    );
    return rows[0]?.count ?? 0;
  }

  /** Uploads a file of some charges; the same name makes the same file. */
  async upload(name: string): Promise<void> {
    const response = await this.post('admin/v1/bulk-payment-jobs', 'text/plain', requestFile(CHARGES, name));
    if (response.status !== 201 && response.status !== 409) throw new Error(`upload answered ${response.status}`);
  }

  /** Opens the billing run of so many days ago. */
  async plan(daysAgo: number): Promise<void> {
    const date = seoulDateAt(new Date(Date.now() - daysAgo * DAY_MS));
    const response = await this.post('admin/v1/billing-runs', 'application/json', JSON.stringify({ date }));
    if (!response.ok) throw new Error(`planning answered ${response.status}`);
  }

  post(path: string, type: string, body: string): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': type };
    return fetch(`http://127.0.0.1:${this.port}/${path}`, { method: 'POST', headers, body });
  }

  async close(): Promise<void> {
    this.process?.signal('SIGKILL');
    await this.process?.ended;
    await this.client.end();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  /** Whether the process that lives has claimed anything: a submission under way looks as if it were in doubt. */
  private async isAtWork(): Promise<boolean> {
    const now = new Date(Date.now() + this.aheadSeconds * 1000);
    const { rows } = await this.client.query('SELECT FROM bulk_payment_job WHERE lease_until > $1', [now]);
    return rows.length > 0;
  }

  private async deliver(isDone: boolean): Promise<true | undefined> {
    // Not waited for: the process that should answer may stand still until it is killed.
    const delivered = this.simulator.control.deliverNotifications();
    if (!isDone) return undefined;
    await delivered;
    return true;
  }

  private startProcess(): void {
    this.process = ServiceProcess.startWith(PRELOAD, {
      ...serviceEnvironment(this.database.url, serviceSettings(this.simulator.baseUrl)),
      PORT: String(this.port),
      PUBLIC_BASE_URL: `http://127.0.0.1:${this.port}`,
      DATA_DIR: this.dataDirectory,
      CLOCK_AHEAD_SECONDS: String(this.aheadSeconds),
      SCHEDULER_TICK_SECONDS: '1',
      BILLING_CRON: 'none',
      BILLING_RUN_CONFIRM_FACTOR: '0',
      LOG_LEVEL: 'info',
    });
    this.process.onMessage((message) => (this.arrived = (message as { arrived: string }).arrived));
  }
}

/** What brings a process to a point; done again after the crash, as whoever got no answer would. */
export type Work = (world: CrashWorld, name: string) => Promise<void>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
