import { fastify, type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { limitBodyTime } from '../../src/platform/http-server/body-deadline';
import { makeRoom } from '../../src/platform/http-server/crowd';
import { RawConnection } from '../support/raw-connection';
import { until } from '../support/until';

const TIMEOUT_MS = 200;
/** No machine is so busy that what is meant to be in time is not. */
const PATIENT_MS = 600_000;

describe('the time a body may take', () => {
  let server: FastifyInstance;
  let patient: FastifyInstance;
  const streamed: Buffer[] = [];

  beforeAll(async () => {
    server = await listen(TIMEOUT_MS);
    patient = await listen(PATIENT_MS);
  });

  afterAll(() => Promise.all([server.close(), patient.close()]));

  async function listen(bodyMs: number): Promise<FastifyInstance> {
    const made = fastify();
    limitBodyTime(made, { bodyMs, checkMs: 20 });
    made.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
    made.post('/', async ({ body }) => {
      if (!isStream(body)) return { read: 'whole' };
      for await (const chunk of body) streamed.push(chunk as Buffer);
      return { read: 'as a stream' };
    });
    await made.listen({ port: 0, host: '127.0.0.1' });
    return made;
  }

  /** Sends the head, then a piece of the body every so often. @returns what was answered until the connection closed */
  async function drip(contentType: string, pieces: number, everyMs: number, to = server): Promise<string> {
    const { port } = to.server.address() as AddressInfo;
    const connection = await RawConnection.to({ url: `http://127.0.0.1:${port}` });
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${contentType}\r\n`;
    return connection.send(`${head}Content-Length: ${pieces}\r\n\r\n`).drip('1', everyMs, pieces).ended;
  }

  it('ends a request that drips, with 408, before its body is whole', async () => {
    expect(await drip('application/json', 100, 30)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('leaves one alone that is slow but in time', async () => {
    expect(await drip('application/json', 3, 20, patient)).toContain('{"read":"whole"}');
  });

  it('leaves one alone that is handed on as a stream, however long it takes', async () => {
    expect(await drip('text/csv', 12, 40)).toContain('{"read":"as a stream"}');
    expect(Buffer.concat(streamed)).toHaveLength(12);
  });
});

describe('room for newcomers', () => {
  const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

  it('is made by whoever waits longest for nothing, never by one whose request is being answered', async () => {
    const server = fastify();
    let endedCount = 0;
    let answer: () => void = () => undefined;
    const answerable = new Promise<void>((resolve) => (answer = resolve));
    makeRoom(server, { connections: 100, crowdedConnections: 4 }, () => (endedCount += 1));
    server.get('/', () => ({ answered: 'at once' }));
    server.get('/slow', () => answerable.then(() => ({ answered: 'late' })));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const connect = (): Promise<RawConnection> => RawConnection.to({ url });

    const served = (await connect()).send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    const oldest = await connect();
    const idle = await connect();
    const busy = await connect();
    for (const connection of [busy, idle]) {
      connection.send(GET);
      await until('it is answered', async () => connection.answer.includes('at once') || undefined);
    }
    const newcomers: RawConnection[] = [];
    const isOpen = (): boolean[] => [served, oldest, busy, idle, ...newcomers].map((one) => one.isOpen);

    newcomers.push(await connect());
    await oldest.ended;
    expect(isOpen()).toEqual([true, false, true, true, true]);
    newcomers.push(await connect());
    await busy.ended;
    expect(isOpen()).toEqual([true, false, false, true, true, true]);
    answer();
    await until('the slow one is answered', async () => served.answer.includes('late') || undefined);
    expect(endedCount).toBe(2);
    for (const connection of [served, idle, ...newcomers]) connection.close();
    await server.close();
  });
});

function isStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
