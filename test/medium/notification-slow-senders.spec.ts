import { HTTP_LIMITS } from '../../src/platform/http-server';
import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendTo } from '../support/listener-world';
import { RawConnection } from '../support/raw-connection';
import { until } from '../support/until';

/** The real limits, much shorter, so that nobody waits long for them; a busy machine may stand still for a while. */
const LIMITS = { ...HTTP_LIMITS, headMs: 2_000, bodyMs: 2_000, checkMs: 20 };
const DRIP_MS = 30;
const HEAD = 'Host: listener\r\nContent-Type: application/json\r\n';

describe('the notification listener, held up on purpose', () => {
  let world: ListenerWorld;
  let service: RunningService;
  let open: RawConnection[] = [];
  let genuine = 0;

  beforeAll(async () => {
    world = await ListenerWorld.start();
    service = await world.listen({}, { httpLimits: LIMITS });
  });

  afterEach(() => {
    for (const connection of open) connection.close();
    open = [];
  });

  afterAll(() => world.close());

  const connections = async (count: number, to = service): Promise<RawConnection[]> => {
    const made = await Promise.all(Array.from({ length: count }, () => RawConnection.to(to)));
    open.push(...made);
    return made;
  };

  async function expectGenuineAnswered(to = service): Promise<void> {
    const jobId = `genuine-${(genuine += 1)}`;
    expect(await sendTo(to, '', pnsMessage(jobId))).toMatchObject({ status: 200 });
    expect(await world.stored(jobId)).toHaveLength(1);
  }

  const ended = async (why: string, at = service): Promise<number> => {
    const text = await (await fetch(`${at.url}/metrics`)).text();
    return Number(new RegExp(`^http_connections_ended_total\\{why="${why}"\\} (.*)$`, 'm').exec(text)?.[1] ?? 0);
  };

  it.each<[string, (connection: RawConnection) => RawConnection]>([
    ['that say nothing', (connection) => connection],
    ['whose request line drips in', (connection) => connection.send('POST /noti').drip('x', DRIP_MS)],
    [
      'whose headers never end',
      (connection) => connection.send(`POST /noti_listener HTTP/1.1\r\n${HEAD}`).drip('X: y\r\n', DRIP_MS),
    ],
    ['whose second request never comes to its end', (connection) => connection.send(twoRequests()).drip('a', DRIP_MS)],
  ])('ends connections %s, and answers the genuine ones meanwhile', async (_, attack) => {
    const slow = (await connections(100)).map(attack);
    await expectGenuineAnswered();
    await Promise.all(slow.map((connection) => connection.ended));
    await expectGenuineAnswered();
  });

  function twoRequests(): string {
    return 'GET /health/live HTTP/1.1\r\nHost: listener\r\n\r\nPOST /noti_listener HTTP/1.1\r\nHost: lis';
  }

  it.each([
    ['of a told length', 'Content-Length: 16000\r\n\r\n{', '"'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n', '1\r\n"\r\n'],
  ])('ends a body that drips in, %s, with 408 and stores nothing of it', async (_, start, piece) => {
    const before = [await world.count(), await ended('slow-body')] as const;
    const slow = await connections(100);
    for (const connection of slow) {
      connection.send(`POST /noti_listener HTTP/1.1\r\n${HEAD}${start}`).drip(piece, DRIP_MS);
    }
    const answers = await Promise.all(slow.map((connection) => connection.ended));
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 408 '))).toBe(true);
    expect([await world.count(), await ended('slow-body')]).toEqual([before[0], before[1] + 100]);
    await expectGenuineAnswered();
  });

  it.each([
    ['a wrong method', 'PUT /noti_listener', 405],
    ['a wrong address', 'GET /nothing', 404],
    ['a method without a body', 'GET /health/live', 200],
  ])('ends who was answered because of %s and sends on for ever', async (_, request, status) => {
    const [connection] = (await connections(1)) as [RawConnection];
    connection.send(`${request} HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`).drip('x', DRIP_MS);
    expect(await connection.ended).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('ends who was refused because of its network and sends on for ever', async () => {
    const closed = await world.listen({ PNS_ALLOWED_CIDRS: '203.0.113.0/24' }, { httpLimits: LIMITS });
    const [connection] = (await connections(1, closed)) as [RawConnection];
    connection.send(`POST /noti_listener HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`).drip('x', DRIP_MS);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('gives newcomers the places of those who wait longest, when all are taken', async () => {
    const patient = { ...HTTP_LIMITS, headMs: 600_000, bodyMs: 600_000, connections: 1_200, crowdedConnections: 200 };
    const crowded = await world.listen({}, { httpLimits: patient });
    const silent: RawConnection[] = [];
    for (let hundreds = 0; hundreds < 5; hundreds++) silent.push(...(await connections(100, crowded)));
    await expectGenuineAnswered(crowded);
    await until('the oldest are gone', async () => !silent.slice(0, 200).some(({ isOpen }) => isOpen) || undefined);
    expect(silent.slice(-150).every(({ isOpen }) => isOpen)).toBe(true);
    for (const connection of silent) connection.send(`POST /noti_listener HTTP/1.1\r\n${HEAD}`);
    const dripping = await connections(200, crowded);
    for (const connection of dripping) {
      connection.send(`POST /noti_listener HTTP/1.1\r\n${HEAD}Content-Length: 16000\r\n\r\n{`).drip('"', DRIP_MS);
    }
    await until('they are in', async () => (await ended('crowded', crowded)) >= 500 || undefined);
    await expectGenuineAnswered(crowded);
    expect(silent.some(({ isOpen }) => isOpen)).toBe(false);
  });
});
