import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage } from '../support/listener-world';
import { NotificationSender, type SentAnswer, type SentRequest } from '../support/notification-sender';
import { RawConnection } from '../support/raw-connection';

const genuine = (prefix: string, count: number): SentRequest[] =>
  Array.from({ length: count }, (_, index) => ({ body: pnsMessage(`${prefix}-${index}`) }));

type Attack = readonly [status: number, make: (unique: string) => SentRequest];

/** What an attacker sends, and how the listener answers it. */
const ATTACKS: readonly Attack[] = [
  [200, (unique) => ({ body: pnsMessage(`forged-${unique}`) })],
  [200, (unique) => ({ path: `/guessed-token-${unique}`, body: pnsMessage('guessed') })],
  [200, () => ({ body: pnsMessage('replayed') })],
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
const GENUINE_AT_ONCE = 20;

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

  it('answers 5,000 messages that come at once, each on a connection of its own, and loses none', async () => {
    const messages = genuine('burst', 5_000);
    const answers = await pns.send(service, messages, { connections: 5_000 });
    const isStored = answers.map(({ status }) => status === 200);
    // 0 is a connection that a machine at its end could not make.
    expect(answers.filter(({ status }) => ![200, 408, 503, 0].includes(status))).toEqual([]);
    expect(await storedCount('burst-')).toBeGreaterThanOrEqual(isStored.filter(Boolean).length);
    // As PNS does with what was not answered well.
    const again = messages.filter((_, index) => !isStored[index]);
    expect((await pns.deliver(service, again)).answers.every(({ status }) => status === 200)).toBe(true);
    expect(await storedCount('burst-')).toBe(5_000);
  });

  it('answers genuine messages while it is flooded with all that is not', async () => {
    const { answers, attacked, refused } = await flooded();
    // At least one round of them came back before the flood was over.
    expect(answers.length).toBeGreaterThan(GENUINE_AT_ONCE);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    await expectStored('real-', answers.length, 0, refused);
    expect(attacked.map(({ status }) => status)).toEqual(attacked.map((_, index) => attackAt(index)[0]));
    for (const kind of ['forged', 'typed']) {
      await expectStored(`${kind}-`, FLOOD / ATTACKS.length, 0, refused);
    }
    await expectStored('replayed', 1, FLOOD / ATTACKS.length - 1, refused);
    await expectStored('never', 0, 0, 0);
  });

  /** @param refused messages that were sent once more, each of which may have been stored before */
  async function expectStored(prefix: string, rows: number, repeats: number, refused: number): Promise<void> {
    const stored = await rowsLike(prefix);
    expect(stored.rows).toBe(rows);
    expect(stored.repeats).toBeGreaterThanOrEqual(repeats);
    expect(stored.repeats).toBeLessThanOrEqual(repeats + refused);
  }

  /** Everything at once: what an attacker sends, 300 connections that drip, and PNS. */
  async function flooded(): Promise<{ answers: SentAnswer[]; attacked: SentAnswer[]; refused: number }> {
    const slow = await Promise.all(Array.from({ length: 300 }, () => RawConnection.to(service)));
    for (const connection of slow) connection.send('POST /noti_listener HTTP/1.1\r\nHost: x\r\nX: ').drip('y', 100);
    const flood = Array.from({ length: FLOOD }, (_, index) => attackAt(index)[1](String(index)));
    let isOver = false;
    const attack = attacker.deliver(service, flood, { connections: 64 }).finally(() => (isOver = true));
    const answers: SentAnswer[] = [];
    let refused = 0;
    while (!isOver) {
      const messages = genuine(`real-${answers.length}`, GENUINE_AT_ONCE);
      const round = await pns.deliver(service, messages, { connections: 4, pauseMs: 5 });
      answers.push(...round.answers);
      refused += round.refused;
    }
    for (const connection of slow) connection.close();
    const attacked = await attack;
    return { answers, attacked: attacked.answers, refused: refused + attacked.refused };
  }
});
