import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { Clock } from '../../src/platform/clock';
import { AccountChecks } from '../../src/gateways';
import { Database } from '../../src/platform/database';
import {
  kakaopaySettings,
  portoneSettings,
  serviceSettings,
  startSimulator,
  tossSettings,
  type Simulator,
  type SimulatorOptions,
} from '../../simulator';
import { assertDescribed } from './described-answers';
import { ADMIN_ACTOR, ADMIN_KEY, BOOTSTRAP_KEY, ENCRYPTION_KEY, ENCRYPTION_KEYS, SECOND_PERSONS_KEY } from './people';
import { createTestDatabase, type TestDatabase } from './test-database';
import { until } from './until';

export { ADMIN_ACTOR, ADMIN_KEY, BOOTSTRAP_KEY, ENCRYPTION_KEY, SECOND_PERSONS_KEY };

/** A clock that shows real time plus what a test has moved it by. */
export class MovableClock extends Clock {
  private movedMs: number;

  constructor(startsAt = new Date()) {
    super();
    this.movedMs = startsAt.getTime() - Date.now();
  }

  now(): Date {
    return new Date(Date.now() + this.movedMs);
  }

  advanceSeconds(seconds: number): void {
    this.movedMs += seconds * 1000;
  }
}

/** Answers are read loosely and asserted strictly. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test does not assert it need not declare
export type JsonBody = any;

export interface JsonAnswer {
  status: number;
  body: JsonBody;
}

/** The service, its database and the simulator, as they meet in production: over HTTP. */
export interface BillingWorld {
  service: RunningService;
  simulator: Simulator;
  database: TestDatabase;
  clock: MovableClock;
  dataDirectory: string;
  /** What the service was configured with, to start replicas of it. */
  environment: NodeJS.ProcessEnv;
  get(path: string): Promise<JsonAnswer>;
  upload(file: string | Buffer, query?: string): Promise<JsonAnswer>;
  /** Waits until the job is settled or failed, delivering notifications at once. @returns the job as the admin API shows it */
  settled(jobId: string): Promise<JsonBody>;
  close(): Promise<void>;
}

export interface WorldOptions {
  simulator?: Partial<SimulatorOptions>;
  environment?: NodeJS.ProcessEnv;
  /** With the default account of Toss Payments, too. */
  toss?: boolean;
  /** With that of KakaoPay. */
  kakaopay?: boolean;
  /** With that of PortOne. */
  portone?: boolean;
  /** A database that is there already, instead of an empty one. */
  database?: TestDatabase;
  /** What time it is at first, when not now. */
  startsAt?: Date;
  /** Where the service finds the database, when not as its owner. */
  urlOf?: (database: TestDatabase) => Promise<string>;
  logLines?: string[];
}

export async function startWorld(options: WorldOptions = {}): Promise<BillingWorld> {
  const database = options.database ?? (await createTestDatabase());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'billing-world-'));
  const simulator = await startSimulator({ processingDelayMs: 0, notificationDelayMs: 0, ...options.simulator });
  const clock = new MovableClock(options.startsAt);
  const environment: NodeJS.ProcessEnv = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: (await options.urlOf?.(database)) ?? database.url,
    DATA_DIR: dataDirectory,
    ENCRYPTION_KEYS,
    ADMIN_BOOTSTRAP_KEY: BOOTSTRAP_KEY,
    // Tests ask as fast as they can.
    ADMIN_REQUESTS_PER_MINUTE: '0',
    CHECKOUT_REQUESTS_PER_MINUTE: '0',
    ADMIN_FAILED_KEYS_PER_MINUTE: '0',
    ...serviceSettings(simulator.baseUrl),
    ...(options.toss === true && tossSettings(simulator.baseUrl)),
    ...(options.kakaopay === true && kakaopaySettings(simulator.baseUrl)),
    ...(options.portone === true && portoneSettings(simulator.baseUrl)),
    SCHEDULER_TICK_SECONDS: '1',
    // Tests open the runs they are about; a moved clock must not open others.
    BILLING_CRON: 'none',
    TIE_OUT_CRON: 'none',
    // Their uploads charge a fifth of what their subscriptions do, for one product: dear, to who looks for that.
    UPLOAD_CONFIRM_FACTOR: '0',
    LOG_LEVEL: options.logLines ? 'trace' : 'silent',
    ...options.environment,
  };
  const service = await startService(readConfiguration(environment), {
    clock,
    drainTimes: { noticeMs: 0, finishMs: 5_000 },
    ...(options.logLines && { logDestination: { write: (line: string) => void options.logLines?.push(line) } }),
  });
  if (/^$|all|scheduler/.test(environment.ROLE ?? '')) await judged(service);
  return new RunningWorld({ service, simulator, database, clock, dataDirectory, environment });
}

/** Waits until the credentials were tried which are by themselves at the start: the calls that a test counts and disturbs are its own. */
async function judged(service: RunningService): Promise<void> {
  await service.app.get(AccountChecks, { strict: false }).runOnce();
  const untried = 'SELECT FROM gateway_account_check WHERE verdict IS NULL AND attempts = 0';
  await until('the credentials are tried', async () => {
    const rows = await service.app.get(Database).rows(untried);
    return rows.length === 0 || undefined;
  });
}

const ENDED = `SELECT FROM bulk_payment_job WHERE id = $1 AND (state = 'Failed' OR settled_at IS NOT NULL)`;

type WorldParts = Pick<BillingWorld, 'service' | 'simulator' | 'database' | 'clock' | 'dataDirectory' | 'environment'>;

class RunningWorld implements BillingWorld {
  readonly service: RunningService;
  readonly simulator: Simulator;
  readonly database: TestDatabase;
  readonly clock: MovableClock;
  readonly dataDirectory: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor(parts: WorldParts) {
    this.service = parts.service;
    this.simulator = parts.simulator;
    this.database = parts.database;
    this.clock = parts.clock;
    this.dataDirectory = parts.dataDirectory;
    this.environment = parts.environment;
  }

  get(path: string): Promise<JsonAnswer> {
    return this.call(path, {});
  }

  upload(file: string | Buffer, query = ''): Promise<JsonAnswer> {
    const body = typeof file === 'string' ? file : new Uint8Array(file);
    const request = { method: 'POST', body, headers: { 'Content-Type': 'text/plain' } };
    return this.call(`bulk-payment-jobs${query}`, request);
  }

  async settled(jobId: string): Promise<JsonBody> {
    return until(`job ${jobId} is settled`, async () => {
      await this.simulator.control.deliverNotifications();
      // Cheap to ask, unlike all there is to say of a job: who looks must not keep from working those who are waited for.
      const ended = await this.service.app.get(Database).rows(ENDED, [jobId]);
      return ended.length > 0 ? (await this.get(`bulk-payment-jobs/${jobId}`)).body : undefined;
    });
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  private async call(path: string, init: RequestInit): Promise<JsonAnswer> {
    const response = await fetch(`${this.service.url}/admin/v1/${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, ...init.headers },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const answer = { status: response.status, body: isJson ? JSON.parse(text) : text };
    if (isJson) assertDescribed(init.method ?? 'GET', path, answer.status, answer.body);
    return answer;
  }
}
