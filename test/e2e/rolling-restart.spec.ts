import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { TSTORE_PATHS } from '../../src/gateways/tstore/wire';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import { Balancer } from '../support/balancer';
import { pnsMessage, refusalsOfTheUnhurried } from '../support/listener-world';
import { requestFile } from '../support/request-files';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const CHARGES = 20;
const SENDERS = 2;
const PAUSE_MS = 20;
/** Messages that are repeated for ever, so that the load is on the listener and not on the verification. */
const MESSAGES = 10;
/** Long enough for a balancer that notices late, on a machine that is busy. */
const NOTICE_SECONDS = '5';
const ENDED_WELL = { code: 0, signal: null };

describe('processes of every role, replaced one by one under load, and then by one for each role', () => {
  let database: TestDatabase;
  let client: Client;
  let simulator: Simulator;
  let directory: string;
  let balancer: Balancer;
  const started: ServiceProcess[] = [];
  const jobs: string[] = [];
  let isOver = false;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    simulator = await startSimulator({
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.2,
      seed: 'rolling',
    });
    directory = await mkdtemp(join(tmpdir(), 'rolling-restart-'));
    balancer = await Balancer.start();
  });

  afterAll(async () => {
    isOver = true;
    for (const service of started) service.signal('SIGKILL');
    await Promise.all(started.map((service) => service.ended));
    await balancer.close();
    await client.end();
    await simulator.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts a process and lets traffic to it as soon as it is ready; notifications come that way. */
  async function start(role = 'all'): Promise<{ service: ServiceProcess; url: string }> {
    const service = ServiceProcess.start(
      serviceEnvironment(database.url, {
        ...serviceSettings(simulator.baseUrl),
        ROLE: role,
        DATA_DIR: directory,
        PUBLIC_BASE_URL: balancer.url,
        DATABASE_POOL_SIZE: '5',
        SCHEDULER_TICK_SECONDS: '1',
        BILLING_CRON: 'none',
        LOG_LEVEL: 'info',
        SHUTDOWN_NOTICE_SECONDS: NOTICE_SECONDS,
      }),
    );
    started.push(service);
    const url = await service.url();
    await until('it is ready', async () => ((await fetch(`${url}/health/ready`)).ok ? true : undefined));
    if (role === 'all' || role === 'listener') balancer.add(url);
    return { service, url };
  }

  /** Ends a process as an orchestrator does: traffic goes on until it says that it is not ready. */
  async function end({ service, url }: { service: ServiceProcess; url: string }): Promise<void> {
    service.signal('SIGTERM');
    await until('it is not ready', async () => ((await fetch(`${url}/health/ready`)).ok ? undefined : true));
    balancer.remove(url);
    expect(await service.ended).toEqual(ENDED_WELL);
  }

  async function upload(to = balancer.url): Promise<void> {
    const file = requestFile(CHARGES, `r${jobs.length}-`);
    let { status, text } = await send('admin/v1/bulk-payment-jobs', 'text/plain', file, to);
    // As a client does that is told to come again; nothing is uploaded twice.
    while (status === 503) ({ status, text } = await send('admin/v1/bulk-payment-jobs', 'text/plain', file, to));
    expect(status).toBe(201);
    jobs.push((JSON.parse(text) as { id: string }).id);
  }

  /** One request on a connection of its own. @throws when it is refused, reset or not answered */
  async function send(
    path: string,
    type: string,
    body: string,
    to = balancer.url,
  ): Promise<{ status: number; text: string }> {
    const call = request(`${to}/${path}`, {
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': type, Authorization: `Bearer ${ADMIN_KEY}` },
    });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += String(part);
    return { status: answer.statusCode ?? 0, text };
  }

  async function settled(): Promise<void> {
    await until('every job is settled', async () => {
      await simulator.control.deliverNotifications();
      const { rows } = await client.query('SELECT FROM bulk_payment_job WHERE settled_at IS NULL');
      return rows.length === 0 || undefined;
    });
  }

  it('answer every request, and end with every job done once', async () => {
    const three = [await start(), await start(), await start()];
    const statuses: number[] = [];
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!isOver) {
        const body = pnsMessage(`unknown-${statuses.length % MESSAGES}`);
        statuses.push((await send('noti_listener', 'application/json', body)).status);
        await delay(PAUSE_MS);
      }
    });
    for (let count = 0; count < 4; count++) await upload();
    const two = [];
    for (const old of three) {
      await upload();
      if (two.length < 2) two.push(await start());
      await end(old);
      await upload();
    }
    await settled();
    isOver = true;
    await Promise.all(senders);
    expect(statuses.length).toBeGreaterThan(100);
    const good = statuses.filter((status) => status === 200).length;
    expect(good).toBeGreaterThan(statuses.length / 2);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(started.flatMap(({ log }) => refusalsOfTheUnhurried(log))).toEqual([]);
    const stored = await client.query<{ times: number }>(
      "SELECT sum(repeat_count + 1)::int AS times FROM notification WHERE gateway_job_id LIKE 'unknown-%'",
    );
    expect(stored.rows[0]?.times).toBeGreaterThanOrEqual(good);
    expect(stored.rows[0]?.times).toBeLessThanOrEqual(statuses.length);

    // Asked to end all at once with work in hand, they finish it or hand it back: nobody has to wait for a lease.
    for (let count = 0; count < 3; count++) await upload();
    void simulator.control.deliverNotifications();
    for (const { service } of two) service.signal('SIGTERM');
    for (const { service } of two) expect(await service.ended).toEqual(ENDED_WELL);
    for (const { url } of two) balancer.remove(url);
    const held = await client.query(
      `SELECT id FROM bulk_payment_job WHERE lease_id IS NOT NULL OR (state = 'Processing' AND gateway_job_id IS NULL)
       UNION ALL SELECT id FROM notification WHERE lease_id IS NOT NULL`,
    );
    expect(held.rows).toEqual([]);

    // What they left, and what comes, three others bring to its end that have one role each.
    const [listener, , admin] = [await start('listener'), await start('scheduler'), await start('admin')];
    await upload(admin.url);
    expect((await send('admin/v1/bulk-payment-jobs', 'text/plain', '', listener.url)).status).toBe(404);
    expect((await send('noti_listener', 'application/json', pnsMessage('x'), admin.url)).status).toBe(404);
    await settled();
    const charges = jobs.length * CHARGES;
    expect(simulator.control.bookTotals()).toMatchObject({ jobs: jobs.length, acceptedCount: charges });
    expect(await simulator.control.repeatedOrders()).toEqual([]);
    const log = await client.query<{ count: number }>('SELECT count(DISTINCT charge_id)::int AS count FROM settlement');
    expect(log.rows[0]?.count).toBe(charges);
    const unbalanced = await client.query('SELECT FROM unbalanced_job');
    expect(unbalanced.rows).toEqual([]);
    // Each step of each job was one replica's: every job has gone its way once, and nobody sent a second time.
    const ways = await client.query<{ way: string; times: number }>(
      `SELECT way, count(*)::int AS times
       FROM (SELECT string_agg(to_state, ' ' ORDER BY id) AS way FROM bulk_payment_job_history GROUP BY job_id) AS job
       GROUP BY way`,
    );
    expect(ways.rows).toEqual([{ way: 'Created Processing Completed VerifiedCompleted', times: jobs.length }]);
    const submissions = simulator.control.calls().filter(({ path }) => path === TSTORE_PATHS.submit);
    expect(submissions).toHaveLength(jobs.length);
  });
});
