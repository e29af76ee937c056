import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatorTime } from '../../demo/time-travel';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import { readConfiguration } from '../../src/config';
import { seoulDate, startOfSeoulDay } from '../../src/kernel/seoul-calendar';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { BillingRunPlanning } from '../../src/billing-run';
import type { JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { carrierPrice } from '../support/subscribers';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Noon of a day in Seoul, so that the outage covers a billing run and the day after it. */
const START = startOfSeoulDay(seoulDate('2028-02-28')).getTime() + 12 * HOUR_MS;
const DUE_DURING_OUTAGE = '2028-02-29';
const ROWS = 5;

describe('48 hours without the service', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  let directory: string;
  let service: RunningService;
  let port = '0';

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'outage-'));
    // What is submitted last is completed an hour later, during the outage: from then on PNS tries for 48 hours.
    simulator = await startSimulator({
      timeFactor: 0,
      startAt: START,
      processingDelayMs: HOUR_MS,
      declineRate: 0.2,
    });
  });

  afterAll(async () => {
    await service.close();
    await simulator.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(settings: NodeJS.ProcessEnv = {}): Promise<void> {
    const environment = serviceEnvironment(database.url, {
      ...serviceSettings(simulator.baseUrl),
      DATA_DIR: directory,
      SCHEDULER_TICK_SECONDS: '1',
      BILLING_RUN_CONFIRM_FACTOR: '0',
      PORT: port,
      ...settings,
    });
    service = await startService(readConfiguration(environment), {
      clock: new SimulatorTime(simulator),
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    // Notification addresses hold it, so the service must come back where it was.
    ({ port } = new URL(service.url));
  }

  async function call(path: string, body?: object | string): Promise<JsonBody> {
    const type = typeof body === 'string' ? 'text/plain' : 'application/json';
    const response = await fetch(`${service.url}/admin/v1/${path}`, {
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, ...(body !== undefined && { 'Content-Type': type }) },
      ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return response.json();
  }

  /** Uploads a file and waits until its job is as far as it is to be. */
  async function upload(name: string, isThere: (job: JsonBody) => boolean): Promise<string> {
    const { id } = await call('bulk-payment-jobs', requestFile(ROWS, `${name}-`));
    await until(`${name}: the job is there`, async () => isThere(await call(`bulk-payment-jobs/${id}`)) || undefined);
    return id;
  }

  const rows = <Row>(sql: string): Promise<Row[]> => service.app.get(Database).rows<Row>(sql);

  /** One job at each point a job can be at when everything stops. */
  async function jobsAtEveryPoint(): Promise<string[]> {
    const { control } = simulator;
    const ids = [await upload('unverified', (job) => job.submission?.gatewayJobId)];
    control.armFault({ kind: 'verify-unavailable', times: 1_000 });
    await control.advance(61 * MINUTE_MS);
    await until('verification failed', async () => {
      const [failed] = await rows('SELECT FROM notification WHERE attempts > 0');
      return failed ? true : undefined;
    });
    control.disarmAllFaults();
    ids.push(await upload('undownloaded', (job) => job.submission?.gatewayJobId));
    control.armFault({ kind: 'result-failing', times: 1_000 });
    await control.advance(61 * MINUTE_MS);
    await until('the download failed', async () => {
      const job = await call(`bulk-payment-jobs/${ids[1]}`);
      return job.state === 'VerifiedCompleted' && job.retry !== null ? true : undefined;
    });
    control.armFault({ kind: 'submit-answer-lost' });
    ids.push(await upload('doubtful', (job) => job.inDoubt));
    control.disarmAllFaults();
    ids.push(await upload('submitted', (job) => job.submission?.gatewayJobId));
    await service.close();
    await start({ ROLE: 'admin,listener' });
    ids.push(await upload('created', (job) => job.state === 'Created'));
    return ids;
  }

  it('lose nothing: every job is settled afterwards as the gateway’s book says, and the missed run is made up for', async () => {
    await start();
    await service.app.get(BillingRunPlanning).plan(seoulDate('2028-02-28'));
    const product = { storeProductId: '0910024116', name: '동영상 클라우드', price: carrierPrice(5_500) };
    await call('products', product);
    await call('subscriptions', {
      customerReference: 'due during the outage',
      storeProductId: product.storeProductId,
      billingToken: 'AB'.repeat(32),
      startedOn: DUE_DURING_OUTAGE,
    });
    const ids = await jobsAtEveryPoint();
    const issuedBefore = simulator.control.tokensIssued();
    await service.close();

    await simulator.control.advance(48 * HOUR_MS);
    const unanswered = simulator.control
      .notifications()
      .flatMap(({ attempts }) => attempts.filter(({ failure }) => failure !== null));
    expect(unanswered.length).toBeGreaterThan(100);

    await start();
    // No message is pushed: PNS sends each again when it would by itself, at the latest after half an hour.
    for (let minutes = 0; minutes <= 90; minutes += 10) {
      await until('what is due is done', async () => (await isAtRest()) || undefined);
      await simulator.control.advance(10 * MINUTE_MS);
    }
    await until('all is settled', async () => ((await unsettled()).length === 0 ? true : undefined));

    const jobs = await Promise.all(ids.map((id) => call(`bulk-payment-jobs/${id}`)));
    expect(jobs.map(({ state, result }) => [state, result?.totals.paid.count + result?.totals.declined.count])).toEqual(
      ids.map(() => ['VerifiedCompleted', ROWS]),
    );
    await expectTheGatewaysBook(ids.length * ROWS + 1);
    expect(simulator.control.tokensIssued()).toBe(issuedBefore + 1);
    expect(simulator.control.notifications().map(({ state }) => state)).toEqual(
      ids.map(() => 'Verified').concat('Verified'),
    );
    expect(await rows('SELECT count(*)::int AS times FROM charge WHERE subscription_id IS NOT NULL')).toEqual([
      { times: 1 },
    ]);
    expect(await rows(`SELECT FROM notification WHERE given_up_at IS NOT NULL`)).toEqual([]);
  });

  const unsettled = (): Promise<unknown[]> =>
    rows('SELECT FROM bulk_payment_job WHERE settled_at IS NULL AND failed_at IS NULL');

  /** Nothing is left to do at this instant of the moved time. */
  async function isAtRest(): Promise<boolean> {
    const at = new Date(simulator.control.now()).toISOString();
    const [row] = await rows<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM bulk_payment_job
           WHERE settled_at IS NULL AND failed_at IS NULL AND state IN ('Created', 'VerifiedCompleted')
             AND (next_attempt_at IS NULL OR next_attempt_at <= '${at}'))
         OR EXISTS (SELECT FROM notification WHERE next_attempt_at <= '${at}') AS busy`,
    );
    return row?.busy === false;
  }

  async function expectTheGatewaysBook(payments: number): Promise<void> {
    const { control } = simulator;
    expect(await control.repeatedOrders()).toEqual([]);
    const book = control.bookTotals();
    expect(book.acceptedCount).toBe(payments);
    const [ours] = await rows<Record<string, string>>(
      `SELECT count(*) FILTER (WHERE kind = 'paid')::int AS paid, sum(amount) FILTER (WHERE kind = 'paid')::int AS won,
         count(*) FILTER (WHERE kind = 'declined')::int AS declined FROM settlement`,
    );
    expect(ours).toEqual({ paid: book.chargedCount, won: book.chargedAmount, declined: book.declinedCount });
  }
});
