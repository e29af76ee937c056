import { Client } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../src/platform/database';
import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendOnce, sendTo } from '../support/listener-world';
import { NotificationSender, type SentRequest } from '../support/notification-sender';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/** PNS waits ten seconds. */
const PNS_WAITS_TENTHS = 100;

describe('the notification listener under load and without its database', () => {
  let world: ListenerWorld;
  let proxy: TcpProxy;
  let service: RunningService;
  let sender: NotificationSender;

  beforeAll(async () => {
    sender = await NotificationSender.start();
    world = await ListenerWorld.start();
    proxy = await TcpProxy.before(world.database.url);
    service = await world.listen({ DATABASE_URL: proxy.url, LOG_LEVEL: 'warn' });
  });

  afterAll(async () => {
    await sender.close();
    await world.close();
    await proxy.close();
  });

  const metric = async (name: string) => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? 0);
  };

  it('stores 2,000 messages, 500 at a time and a quarter of them repeats, in few commits, and counts each', async () => {
    const sent = Array.from({ length: 2_000 }, (_, index) => ({ body: pnsMessage(`burst-${index % 1_500}`) }));
    const batchesBefore = await metric('notification_batch_rows_count');
    const { answers, refused } = await sender.deliver(service, sent, { connections: 500 });
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const [stored] = await world.rows<{ rows: number; once: number; times: number }>(
      `SELECT count(*)::integer AS rows, count(*) FILTER (WHERE repeat_count = 0)::integer AS once,
         sum(repeat_count + 1)::integer AS times
       FROM notification WHERE gateway_job_id LIKE 'burst-%'`,
    );
    expect(stored?.rows).toBe(1_500);
    expectCounted(stored?.times, 2_000, refused);
    expect(stored?.once).toBeLessThanOrEqual(1_000);
    expect(stored?.once).toBeGreaterThanOrEqual(1_000 - refused);
    expect((await metric('notification_batch_rows_count')) - batchesBefore).toBeLessThan(500);
  });

  it('counts exactly when two replicas get the same messages at the same time', async () => {
    const replica = await world.listen({ LOG_LEVEL: 'warn' });
    const sent = Array.from({ length: 400 }, (_, index) => `both-${index % 20}`);
    const answers = await Promise.all(
      sent.map((jobId, index) => sendTo(index % 3 === 0 ? replica : service, '', pnsMessage(jobId))),
    );
    const [stored] = await world.rows<{ rows: number; times: number }>(
      `SELECT count(*)::integer AS rows, sum(repeat_count + 1)::integer AS times FROM notification
       WHERE gateway_job_id LIKE 'both-%'`,
    );
    expect(stored?.rows).toBe(20);
    const asked = answers.reduce((sum, { times }) => sum + times, 0);
    expectCounted(stored?.times, 400, asked - 400);
  });

  /** @param refused messages that were sent once more, each of which may have been stored before */
  function expectCounted(times: number | undefined, sent: number, refused: number): void {
    expect(times).toBeGreaterThanOrEqual(sent);
    expect(times).toBeLessThanOrEqual(sent + refused);
  }

  it('stores the neighbours of a row that somebody else holds, and asks for that one again', async () => {
    await sendTo(service, '', pnsMessage('held'));
    const holder = new Client({ connectionString: world.database.url });
    await holder.connect();
    await holder.query(`BEGIN; SELECT FROM notification WHERE gateway_job_id = 'held' FOR UPDATE`);
    const neighbours = Array.from({ length: 20 }, (_, index) => `neighbour-${index}`);
    const answers = await Promise.all([
      sendOnce(service, '', pnsMessage('held')),
      ...neighbours.map((jobId) => sendTo(service, '', pnsMessage(jobId))),
    ]);
    await holder.query('ROLLBACK');
    await holder.end();
    expect(answers.map(({ status }) => status)).toEqual([503, ...neighbours.map(() => 200)]);
    expect(answers[0]?.body.resultCode).toBe('9999');
    expect(await world.rows(`SELECT 1 FROM notification WHERE gateway_job_id LIKE 'neighbour-%'`)).toHaveLength(20);
    expect(await world.stored('held')).toMatchObject([{ repeatCount: 0 }]);
  });

  it('answers while every connection of the common pool is taken and waits', async () => {
    const busy = await world.listen({ DATABASE_POOL_SIZE: '2', LOG_LEVEL: 'warn' });
    await world.client.query('SELECT pg_advisory_lock(1)');
    const holders = Array.from({ length: 4 }, () => busy.app.get(Database).rows('SELECT pg_advisory_xact_lock(1)'));
    expect(await sendTo(busy, '', pnsMessage('starved'))).toMatchObject({ status: 200 });
    await until('it is ready', async () => (await fetch(`${busy.url}/health/ready`)).ok || undefined);
    await world.client.query('SELECT pg_advisory_unlock(1)');
    await Promise.all(holders);
  });

  it('says 503 while the database is down, stays alive, and recovers without a restart', async () => {
    proxy.cut();
    const answers = await Promise.all(['down-1', 'down-2'].map((jobId) => sendOnce(service, '', pnsMessage(jobId))));
    expect(answers).toMatchObject([
      { status: 503, body: { resultCode: '9999' } },
      { status: 503, body: { resultCode: '9999' } },
    ]);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${service.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'not-ready', notReady: { database: expect.any(String) } });
    proxy.restore();
    await until('the listener has recovered', async () =>
      (await sendOnce(service, '', pnsMessage('down-1'))).status === 200 ? true : undefined,
    );
    expect(await world.stored('down-1')).toMatchObject([{ repeatCount: 0 }]);
    await until('it is ready', async () => ((await fetch(`${service.url}/health/ready`)).ok ? true : undefined));
  });

  it('loses nothing when the database goes and comes back again and again while messages pour in', async () => {
    let unanswered: SentRequest[] = [];
    let answered = 0;
    for (let outages = 0; outages < 3; outages++) {
      const fresh = Array.from({ length: 1_000 }, (_, index) => ({ body: pnsMessage(`torn-${outages}-${index}`) }));
      const [storedBefore, refusedBefore] = [await storedCount(), await metric(REFUSED)];
      let done = false;
      const sent = [...unanswered, ...fresh];
      const answers = sender.send(service, sent, { connections: 100 }).finally(() => (done = true));
      await until('some are stored', async () => (await storedCount()) > storedBefore || undefined);
      proxy.cut();
      await until('it refuses', async () => done || (await metric(REFUSED)) > refusedBefore || undefined);
      proxy.restore();
      const statuses = (await answers).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
      // What PNS sends again.
      unanswered = sent.filter((_, index) => statuses[index] !== 200);
      answered += sent.length - unanswered.length;
      expect(await storedCount()).toBeGreaterThanOrEqual(answered);
    }
    expect(await metric(REFUSED)).toBeGreaterThan(0);
    const { answers: last } = await sender.deliver(service, unanswered, { connections: 10 });
    expect(last.every(({ status }) => status === 200)).toBe(true);
    expect(await storedCount()).toBe(3_000);
  });

  const REFUSED = 'notification_received_total\\{gateway="tstore",answer="503"\\}';

  async function storedCount(): Promise<number> {
    const [row] = await world.rows<{ count: number }>(
      `SELECT count(*)::integer AS count FROM notification WHERE gateway_job_id LIKE 'torn-%'`,
    );
    return row?.count ?? 0;
  }

  it('answers in the time PNS waits when the database says nothing more at all, however many ask', async () => {
    proxy.freeze();
    // Counted in turns that this process gets: a machine that holds up the listener holds up the clock.
    let tenths = 0;
    const clock = setInterval(() => (tenths += 1), 100);
    const first = Array.from({ length: 300 }, (_, index) => sendOnce(service, '', pnsMessage(`frozen-${index}`)));
    await delay(1_000);
    const second = Array.from({ length: 300 }, (_, index) => sendOnce(service, '', pnsMessage(`late-${index}`)));
    const answers = await Promise.all([...first, ...second]);
    clearInterval(clock);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(tenths).toBeLessThan(PNS_WAITS_TENTHS);
    proxy.restore();
    await until('the listener has recovered', async () =>
      (await sendOnce(service, '', pnsMessage('thawed'))).status === 200 ? true : undefined,
    );
  });
});
