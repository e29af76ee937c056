import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { pnsMessage, refusalsOfTheUnhurried, sendTo } from '../support/listener-world';
import { RawConnection } from '../support/raw-connection';
import { serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** Long enough for a test that notices late, on a machine that is busy. */
const NOTICE_SECONDS = '5';

describe('the service as a process', () => {
  let database: TestDatabase;
  const started: ServiceProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => {
    for (const service of started) service.signal('SIGKILL');
    await Promise.all(started.map((service) => service.ended));
    await database.drop();
  });

  function start(settings: NodeJS.ProcessEnv = {}): ServiceProcess {
    const quiet = { LOG_LEVEL: 'info', SHUTDOWN_NOTICE_SECONDS: NOTICE_SECONDS };
    const service = ServiceProcess.start(serviceEnvironment(database.url, { ...quiet, ...settings }));
    started.push(service);
    return service;
  }

  async function storedJobs(): Promise<string[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ job: string }>('SELECT gateway_job_id AS job FROM notification ORDER BY id');
    await client.end();
    return rows.map(({ job }) => job);
  }

  /** A notification of which only the first half has been sent. */
  async function halfSent(url: string, jobId: string): Promise<{ finish(): Promise<string> }> {
    const body = pnsMessage(jobId);
    const connection = await RawConnection.to({ url });
    connection.send(
      `POST /noti_listener HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    );
    return { finish: () => connection.send(body.slice(20)).ended };
  }

  it('on SIGTERM says it is not ready, finishes what is in flight, takes nothing new, and ends with 0', async () => {
    const service = start({ ROLE: 'listener' });
    const url = await service.url();
    const inFlight = await halfSent(url, 'in-flight');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    service.signal('SIGTERM');
    const ready = await untilNotReady(url);
    expect(ready).toMatchObject({ status: 'not-ready', notReady: { process: 'shutting down' } });
    expect(await sendTo({ url }, '', pnsMessage('while-draining'))).toMatchObject({ status: 200 });
    await untilRefused(url);
    const answer = await inFlight.finish();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer).toContain('"resultCode":"0000"');
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(await storedJobs()).toEqual(['while-draining', 'in-flight']);
    expect(service.log).toContain('"msg":"drained"');
    expect(service.complaint).toBe('');
  });

  it('answers every message it stores while many send and it is told to end', async () => {
    const service = start({ ROLE: 'listener' });
    const url = await service.url();
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const statuses: number[] = [];
    const sendOn = async (sender: number): Promise<void> => {
      for (let count = 0; ; count++) {
        const status = await post(url, agent, pnsMessage(`rolling-${sender}-${count}`));
        if (status === undefined) return;
        statuses.push(status);
        if (statuses.length === 200) service.signal('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, sender) => sendOn(sender)));
    agent.destroy();
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(statuses.length).toBeGreaterThan(200);
    const good = statuses.filter((status) => status === 200).length;
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(refusalsOfTheUnhurried(service.log)).toEqual([]);
    const stored = (await storedJobs()).filter((job) => job.startsWith('rolling'));
    expect(stored.length).toBeGreaterThanOrEqual(good);
    expect(stored.length).toBeLessThanOrEqual(statuses.length);
  });

  it('ends at once on a second signal', async () => {
    const service = start({ ROLE: 'listener' });
    const url = await service.url();
    await halfSent(url, 'never-finished');
    service.signal('SIGINT');
    await untilNotReady(url);
    service.signal('SIGINT');
    expect(await service.ended).toEqual({ code: 1, signal: null });
  });

  it('names all faulty settings in one go, by name and never by value, and ends with 1', async () => {
    const service = start({
      ROLE: 'listner',
      PORT: '80800',
      ENCRYPTION_KEYS: 'secret-material',
      TRUSTED_PROXY_CIDRS: 'not-a-network',
      BILLING_CRON: 'every night',
    });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    for (const name of ['ROLE', 'PORT', 'ENCRYPTION_KEYS', 'TRUSTED_PROXY_CIDRS', 'BILLING_CRON']) {
      expect(service.complaint).toContain(`${name}: expected`);
    }
    expect(service.complaint).toMatch(/^5 setting\(s\) can't be used/);
    for (const value of ['listner', '80800', 'secret-material', 'not-a-network', 'every night']) {
      expect(service.complaint).not.toContain(value);
    }
    expect(service.complaint).not.toContain('    at ');
  });

  it('says in one line why it can’t start', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const missing = new URL(database.url);
    missing.pathname = '/there_is_none';
    const otherKey = `test:${Buffer.alloc(32, 2).toString('base64')}`;
    const cases: [NodeJS.ProcessEnv, RegExp][] = [
      [
        { PORT: String((taken.address() as AddressInfo).port) },
        /^PORT: another process listens on this port already\n$/,
      ],
      [{ DATABASE_URL: missing.href }, /^DATABASE_URL: the database can’t be used: .*there_is_none.*\n$/],
      [{ ENCRYPTION_KEYS: otherKey }, /^ENCRYPTION_KEYS: the key "test" is not the one .*\n$/],
      [{ LOG_DIR: join(__filename, 'logs') }, /^LOG_DIR: can’t be written to: .*\n$/],
    ];
    // The key becomes known to the database by the first start.
    const first = start();
    await first.url();
    first.signal('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    for (const [settings, complaint] of cases) {
      const service = start(settings);
      expect(await service.ended).toEqual({ code: 1, signal: null });
      expect(service.complaint).toMatch(complaint);
    }
    taken.close();
  });
});

async function untilNotReady(url: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    const body = await response.json();
    if (response.status === 503) return body;
  }
}

async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
    if (!answered) return;
  }
}

/**
 * @returns the status, or `undefined` when nobody listens any more; a connection that the system had not handed to the
 *   process yet is reset then
 * @throws when a request got no answer on a connection that had been answered on before
 */
function post(url: string, agent: Agent, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${url}/noti_listener`, { method: 'POST', agent }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    call.once('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED' || (error.code === 'ECONNRESET' && !call.reusedSocket);
      if (refused) resolve(undefined);
      else reject(error);
    });
    call.end(body);
  });
}
