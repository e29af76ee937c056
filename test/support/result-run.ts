import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import { ADMIN_KEY, MovableClock, type JsonBody } from './billing-world';
import { JobEnd, type JobRow } from './job-end';
import { serviceEnvironment } from './service-environment';
import { ServiceProcess } from './service-process';
import { createTestDatabase, type TestDatabase } from './test-database';
import { until } from './until';

/** The only job of each database. */
const JOB = '1';
const DRAIN = { drainTimes: { noticeMs: 0, finishMs: 5_000 } };

/** A job as the replica finds it that goes on with it. */
export type JobAtStart = JobRow & { settled: number; isPartlyApplied: boolean };

/** The gateway's book beside our settlements. */
interface BookComparison {
  jobs: number;
  acceptedCount: number;
  submittedTwice: number;
  settledTwice: number;
  /** Order numbers settled as another kind, amount or transaction than the gateway has. */
  disagreeing: string[];
  unsettled: { count: number; amount: number };
}

/** Everything that must be the same however the job came there, with transaction ids made alike. */
export interface RunEnd {
  book: BookComparison;
  result: JsonBody;
  settlements: unknown[];
  discrepancies: unknown[];
  subscriptions: unknown[];
  histories: unknown[];
}

/** One life of a prepared job: a database, files and a gateway of its own, and processes that come and go. */
export class ResultRun {
  jobAtStart: JobAtStart | undefined;
  private replica: RunningService | undefined;
  private victim: ServiceProcess | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly simulator: Simulator,
    readonly dataDirectory: string,
  ) {}

  /** @param skip how many downloads come before the one whose lines are changed */
  static async start(copyOf: TestDatabase, skip: number): Promise<ResultRun> {
    const database = await createTestDatabase(copyOf);
    const dataDirectory = await mkdtemp(join(tmpdir(), 'killed-'));
    const simulator = await startSimulator({
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.2,
      seed: 'killed',
    });
    for (const kind of ['result-lines-missing', 'result-lines-doubled', 'result-amount-altered'] as const) {
      simulator.control.armFault({ kind, skip, options: { lines: 2 } });
    }
    simulator.control.armFault({ kind: 'result-columns-wrong', skip });
    return new ResultRun(database, simulator, dataDirectory);
  }

  private get settings(): NodeJS.ProcessEnv {
    return serviceEnvironment(this.database.url, {
      ...serviceSettings(this.simulator.baseUrl),
      DATA_DIR: this.dataDirectory,
      SCHEDULER_TICK_SECONDS: '1',
      SCHEDULER_LEASE_SECONDS: '10',
    });
  }

  startProcess(): ServiceProcess {
    this.victim = ServiceProcess.start({ ...this.settings, LOG_LEVEL: 'info' });
    return this.victim;
  }

  /** Starts a replica whose clock is past the lease of whoever was killed. */
  async startReplica(): Promise<void> {
    const clock = new MovableClock();
    clock.advanceSeconds(60);
    this.jobAtStart = await this.readJob();
    this.replica = await startService(readConfiguration(this.settings), { ...DRAIN, clock });
  }

  private async readJob(): Promise<JobAtStart | undefined> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    const { rows } = await client.query<JobAtStart>(
      `SELECT *, (SELECT count(*)::int FROM settlement) AS settled,
         result_lines_applied BETWEEN 1 AND result_line_count - 1 AS "isPartlyApplied"
       FROM bulk_payment_job`,
    );
    await client.end();
    return rows[0];
  }

  async end(): Promise<RunEnd> {
    const get = (path: string) => this.get(path);
    await until('the job is settled', async () => {
      await this.simulator.control.deliverNotifications();
      return (await get(`bulk-payment-jobs/${JOB}`)).result?.settledAt ?? undefined;
    });
    const database = (this.replica as RunningService).app.get(Database);
    const end = await JobEnd.read(database, JOB, get);
    const book = await this.comparedWithBook(end);
    const subscriptions = await database.rows(
      `SELECT id, state, next_billing_on::text, paid_through_on::text FROM subscription ORDER BY id`,
    );
    const histories = await database.rows(
      `SELECT subscription_id, from_state, to_state FROM subscription_history ORDER BY subscription_id, id`,
    );
    const { totals, findings, lines, linesApplied } = end.result;
    const same = { ...end, book, result: { totals, findings, lines, linesApplied }, subscriptions, histories };
    // Transaction ids tell when the gateway worked; the book is asked for them.
    return JSON.parse(JSON.stringify(same).replaceAll(/TS[A-Z0-9]+_\d+/g, 'tid')) as RunEnd;
  }

  async close(): Promise<void> {
    this.victim?.signal('SIGKILL');
    await this.victim?.ended;
    await this.replica?.close();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  /** Holds what is settled against what the gateway did, charge by charge and to the won. */
  private async comparedWithBook({ settlements }: JobEnd): Promise<BookComparison> {
    const { control } = this.simulator;
    const settled = new Map(settlements.map((settlement) => [settlement.orderNo, settlement]));
    const { jobs, acceptedCount } = control.bookTotals();
    const submittedTwice = await control.repeatedOrders();
    const compared: BookComparison = {
      jobs,
      acceptedCount,
      submittedTwice: submittedTwice.length,
      settledTwice: settlements.length - settled.size,
      disagreeing: [],
      unsettled: { count: 0, amount: 0 },
    };
    for await (const { orderNo, state, tid, amount } of control.bookEntries()) {
      const ours = settled.get(orderNo);
      const kind = state === 'Charged' ? 'paid' : 'declined';
      if (ours === undefined) {
        compared.unsettled.count += 1;
        compared.unsettled.amount += amount;
      } else if (ours.kind !== kind || ours.transactionId !== tid || ours.amount !== amount) {
        compared.disagreeing.push(orderNo);
      }
    }
    return compared;
  }

  private async get(path: string): Promise<JsonBody> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
    const response = await fetch(`${(this.replica as RunningService).url}/admin/v1/${path}`, { headers });
    return response.json();
  }
}
