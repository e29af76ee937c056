import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HttpClient } from '../../../src/platform/http-client';

/** Where the two threads say how far they are: the server is asked; the client stands still; what nobody ever says. */
const [ASKED, HELD_UP, NEVER] = [0, 1, 2] as const;
const ANSWER_MS = 1_000;

/** A server in a thread of its own, which answers only while the client stands still. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData: turns } = require('node:worker_threads');
  const server = createServer((request, response) => {
    Atomics.store(turns, ${ASKED}, 1);
    Atomics.wait(turns, ${HELD_UP}, 0);
    response.end('here');
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe('a process that is held up past a time-out', () => {
  let server: Worker;
  let client: HttpClient;

  afterEach(async () => {
    client.close();
    await server.terminate();
  });

  it('takes the answer that came meanwhile', async () => {
    const turns = new Int32Array(new SharedArrayBuffer(12));
    server = new Worker(SERVER, { eval: true, workerData: turns });
    const [port] = (await once(server, 'message')) as [number];
    client = new HttpClient({ connectMs: 600_000, answerMs: ANSWER_MS, idleMs: 600_000 });
    const outcome = client.sendForBytes({ method: 'GET', url: `http://127.0.0.1:${port}`, headers: {} });
    while (Atomics.load(turns, ASKED) === 0) await new Promise(setImmediate);
    Atomics.store(turns, HELD_UP, 1);
    Atomics.notify(turns, HELD_UP);
    // The time-out is what is tested here, so time has to pass, without a turn of this thread; nobody wakes it.
    Atomics.wait(turns, NEVER, 0, 2 * ANSWER_MS);
    expect(await outcome).toMatchObject({ kind: 'answered', body: Buffer.from('here') });
  });
});
