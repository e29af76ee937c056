import { createServer } from 'node:net';
import { BillingTokenVault } from '../src/billing-token';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../src/config';
import { billingDateAfter, seoulDate, seoulDateAt, type SeoulDate } from '../src/kernel/seoul-calendar';
import { Database } from '../src/platform/database';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres';
import { startService, type RunningService } from '../src/service';
import { BillingRunService, SubscriptionRepository } from '../src/subscription';
import { serviceSettings, startSimulator, type Simulator } from '../simulator';
import { AdminClient } from './admin-client';
import { follow } from './progress';
import { reckon } from './reckoning';
import { sampleRequestFile } from './sample-request-file';
import { seedSubscriptions } from './seed';
import { countText, wonText } from './text';

export interface DemoOptions {
  /** Sold at the first run; later runs bill the same ones. */
  subscriptions: number;
  port: number;
  print: (line: string) => void;
}

export interface FinishedDemo {
  /** Whether every sum was right. */
  addsUp: boolean;
  close(): Promise<void>;
}

/** A month of a thousand subscriptions takes seconds; this is for slow machines and large numbers. */
const GIVE_UP_AFTER_MS = 600_000;

interface DemoParts {
  service: RunningService;
  simulator: Simulator;
  client: AdminClient;
  options: DemoOptions;
}

/** Starts everything, bills a month, and leaves it running. */
export async function runDemo(options: DemoOptions): Promise<FinishedDemo> {
  const { print } = options;
  const dataDirectory = process.env.DATA_DIR ?? '.data';
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    print('Starting PostgreSQL, the T store simulator and the service …');
    const postgres = await startEmbeddedPostgres({ directory: `${dataDirectory}/postgres`, log: print });
    closers.push(() => postgres.stop());
    // The service outlives the simulator in the data, so its job ids must not begin at 1 each time.
    const simulator = await startSimulator({ firstJobId: Math.floor(Date.now() / 1000) });
    closers.push(() => simulator.close());
    const service = await startDemoService(options, dataDirectory, postgres.url, simulator);
    closers.push(() => service.close());
    const client = new AdminClient(service.url, DEMO_ADMIN_KEY);
    const addsUp = await billOneMonth({ service, simulator, client, options });
    showAddresses(print, service.url, simulator.baseUrl);
    return { addsUp, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDemoService(
  options: DemoOptions,
  dataDirectory: string,
  databaseUrl: string,
  simulator: Simulator,
): Promise<RunningService> {
  const configuration = readConfiguration({
    HOST: '127.0.0.1',
    PORT: String((await isFree(options.port)) ? options.port : 0),
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDirectory,
    ENCRYPTION_KEYS: `demo:${DEMO_ENCRYPTION_KEY}`,
    ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
    ADMIN_REQUESTS_PER_MINUTE: '0',
    ...serviceSettings(simulator.baseUrl),
    SCHEDULER_TICK_SECONDS: '1',
    // The demo's first run has nothing to be compared with, and shows itself without a person.
    BILLING_RUN_CONFIRM_FACTOR: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  });
  return startService(configuration);
}

/** @returns whether everything added up */
async function billOneMonth({ service, simulator, client, options }: DemoParts): Promise<boolean> {
  const { app } = service;
  const { print } = options;
  const database = app.get(Database);
  const now = new Date();
  const billingDate = await nextBillingDate(database, seoulDateAt(now));
  const parts = { database, vault: app.get(BillingTokenVault), subscriptions: app.get(SubscriptionRepository) };
  const sold = await seedSubscriptions(parts, billingDate, options.subscriptions, now);
  if (sold > 0) print(`Sold ${countText(sold)} subscriptions of 3 products, with anchors on every day of the month.`);

  const pastDue = await countPastDue(database);
  if (pastDue > 0)
    print(`${countText(pastDue)} subscriptions are past due (declined before) and wait for the day of their retry.`);
  const run = await app.get(BillingRunService).plan(billingDate);
  if (run === undefined) throw new Error(`the billing run of ${billingDate} exists already`);
  print(
    `Billing run (청구) of ${billingDate}: ${countText(run.chargeCount)} charges, ${wonText(run.totalAmount)}, in ${run.jobCount} job(s).`,
  );
  const uploaded = await client.upload(sampleRequestFile(billingDate), `demo ${billingDate}`);
  print(`Uploaded a .pay file of ${uploaded.requested.count} rows as job ${uploaded.id}.`);

  const planned = (await client.openJobs()).filter((job) => job.billingRunId === run.id).map((job) => job.id);
  const jobs = await follow(client, [...planned, uploaded.id], print, GIVE_UP_AFTER_MS);
  const { lines, checks } = reckon(jobs, simulator);
  print(`\nResult of ${billingDate} (정산):`);
  lines.forEach(print);
  for (const check of checks) print(`  ${check.holds ? '✔' : '✘'} ${check.what}`);
  return checks.every((check) => check.holds);
}

async function countPastDue(database: Database): Promise<number> {
  const [row] = await database.rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM subscription WHERE state = 'PastDue'",
  );
  return row?.count ?? 0;
}

/** The last day of the month after the last run's, so that each run of the demo bills one month and every anchor in it. */
async function nextBillingDate(database: Database, today: SeoulDate): Promise<SeoulDate> {
  const [last] = await database.rows<{ billing_date: string | null }>(
    'SELECT max(billing_date)::text AS billing_date FROM billing_run',
  );
  return last?.billing_date ? billingDateAfter(seoulDate(last.billing_date), 1, 31) : billingDateAfter(today, 0, 31);
}

function showAddresses(print: (line: string) => void, service: string, simulator: string): void {
  const authorization = `-H "Authorization: Bearer ${DEMO_ADMIN_KEY}"`;
  print(`
Where to look next:
  the admin API, as a page   ${service}/docs
  jobs                       curl ${authorization} ${service}/admin/v1/bulk-payment-jobs
  health and metrics         ${service}/health/ready   ${service}/metrics
  the simulator              ${simulator}/
`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
