import type { RunningService } from '../../src/service';
import { bestRound, limitOn } from '../support/best-round';
import { ListenerWorld, pnsMessage } from '../support/listener-world';
import { NotificationSender, waits, type SentAnswer, type SentRequest } from '../support/notification-sender';
import { RawConnection } from '../support/raw-connection';

const PNS_WAITS_MS = 10_000;
const WELL_UNDER_A_SECOND_MS = 800;

const genuine = (prefix: string, count: number): SentRequest[] =>
  Array.from({ length: count }, (_, index) => ({ body: pnsMessage(`${prefix}-${index}`) }));

type Attack = readonly [status: number, make: (unique: string, round: number) => SentRequest];

/** What an attacker sends, and how the listener answers it. */
const ATTACKS: readonly Attack[] = [
  [200, (unique) => ({ body: pnsMessage(`forged-${unique}`) })],
  [200, (unique) => ({ path: `/guessed-token-${unique}`, body: pnsMessage('guessed') })],
  [200, (_, round) => ({ body: pnsMessage(`replayed-${round}`) })],
  [400, (unique) => ({ body: `{"jobId":"never-${unique}"` })],
  [400, () => ({ body: '\0'.repeat(1_000) })],
  [400, () => ({ body: '['.repeat(16_000) })],
  [413, () => ({ body: pnsMessage(`never${'x'.repeat(100_000)}`) })],
  [405, () => ({ method: 'GET' })],
  [405, () => ({ method: 'PUT', body: pnsMessage('never') })],
  [200, (unique) => ({ headers: { 'content-type': 'image/png' }, body: pnsMessage(`typed-${unique}`) })],
];
const attackAt = (index: number): Attack => ATTACKS[index % ATTACKS.length] as Attack;
const FLOOD = 300 * ATTACKS.length;

describe('the notification listener under attack', () => {
  let world: ListenerWorld;
  let service: RunningService;
  let attacker: NotificationSender;
  let pns: NotificationSender;

  beforeAll(async () => {
    world = await ListenerWorld.start();
    service = await world.listen({ LOG_LEVEL: 'info' });
    [attacker, pns] = await Promise.all([NotificationSender.start(), NotificationSender.start()]);
  });

  afterAll(async () => {
    await Promise.all([attacker.close(), pns.close()]);
    await world.close();
  });

  const rowsLike = async (prefix: string): Promise<{ rows: number; repeats: number }> => {
    const [row] = await world.rows<{ rows: number; repeats: number }>(
      `SELECT count(*)::integer AS rows, coalesce(sum(repeat_count), 0)::integer AS repeats
       FROM notification WHERE gateway_job_id LIKE $1`,
      [`${prefix}%`],
    );
    return row ?? { rows: 0, repeats: 0 };
  };

  const storedCount = async (prefix: string): Promise<number> => (await rowsLike(prefix)).rows;

  /** How many were answered with 200 within so long after their heads had come. */
  async function answeredWithin(seconds: number): Promise<number> {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const labels = 'method="POST",route="/noti_listener",status="200"';
    const bucket = `http_request_duration_seconds_bucket{le="${seconds}",${labels}} `;
    return Number(text.split(bucket)[1]?.split('\n', 1)[0] ?? 0);
  }

  it('answers 5,000 messages that come at once, each on a connection of its own, and loses none', async () => {
    const limitMs = limitOn(1_000, await pns.send(service, genuine('before', 50)));
    const seconds = [1, 2.5, 5].find((bucket) => bucket * 1_000 >= limitMs) ?? 10;
    const slow = await bestRound(1, async (round) => {
      const messages = genuine(`burst-${round}`, 5_000);
      const before = await answeredWithin(seconds);
      const answers = await pns.send(service, messages, { connections: 5_000 });
      const inTime = (await answeredWithin(seconds)) - before;
      const isStored = answers.map(({ status }) => status === 200);
      // 0 is a connection that a machine at its end could not make.
      expect(answers.filter(({ status }) => ![200, 503, 0].includes(status))).toEqual([]);
      expect(await storedCount(`burst-${round}-`)).toBeGreaterThanOrEqual(isStored.filter(Boolean).length);
      // As PNS does with what was not answered well.
      const again = messages.filter((_, index) => !isStored[index]);
      expect((await pns.send(service, again)).every(({ status }) => status === 200)).toBe(true);
      expect(await storedCount(`burst-${round}-`)).toBe(5_000);
      // The listener's part of the wait; the rest is 5,000 connections being made by the processors of both sides.
      return waits(answers).longestMs < PNS_WAITS_MS ? 5_000 - inTime : 5_000;
    });
    expect(slow).toBe(0);
  }, 90_000);

  it('answers genuine messages at once while it is flooded with all that is not', async () => {
    const limitMs = limitOn(WELL_UNDER_A_SECOND_MS, await pns.send(service, genuine('rest', 50)));
    const p99Ms = await bestRound(limitMs, async (round) => {
      const { answers, attacked } = await flooded(round);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(await rowsLike(`real-${round}-`)).toEqual({ rows: answers.length, repeats: 0 });
      expect(attacked.map(({ status }) => status)).toEqual(attacked.map((_, index) => attackAt(index)[0]));
      for (const kind of ['forged', 'typed']) {
        expect(await rowsLike(`${kind}-${round}-`)).toEqual({ rows: FLOOD / ATTACKS.length, repeats: 0 });
      }
      expect(await rowsLike(`replayed-${round}`)).toEqual({ rows: 1, repeats: FLOOD / ATTACKS.length - 1 });
      return waits(answers).p99Ms;
    });
    expect(p99Ms).toBeLessThan(limitMs);
    expect(await rowsLike('never')).toEqual({ rows: 0, repeats: 0 });
  }, 90_000);

  /** Everything at once: what an attacker sends, 300 connections that drip, and PNS. */
  async function flooded(round: number): Promise<{ answers: SentAnswer[]; attacked: SentAnswer[] }> {
    const slow = await Promise.all(Array.from({ length: 300 }, () => RawConnection.to(service)));
    for (const connection of slow) connection.send('POST /noti_listener HTTP/1.1\r\nHost: x\r\nX: ').drip('y', 100);
    const flood = Array.from({ length: FLOOD }, (_, index) => attackAt(index)[1](`${round}-${index}`, round));
    let isOver = false;
    const attack = attacker.send(service, flood, { connections: 64 }).finally(() => (isOver = true));
    const answers: SentAnswer[] = [];
    while (!isOver) {
      const messages = genuine(`real-${round}-${answers.length}`, 20);
      answers.push(...(await pns.send(service, messages, { connections: 4, pauseMs: 5 })));
    }
    for (const connection of slow) connection.close();
    return { answers, attacked: await attack };
  }
});
