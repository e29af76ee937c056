import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as passing } from 'node:timers/promises';
import {
  BodyInterruptedError,
  HttpClient,
  UnsendableHeaderError,
  type HttpOutcome,
  type HttpTimeouts,
} from '../../../src/platform/http-client';
import { RawServer, answering, httpAnswer, isWholeRequest } from './raw-server';

/** No test waits for these unless it says so. */
const PATIENT: HttpTimeouts = { connectMs: 600_000, answerMs: 600_000, idleMs: 600_000 };

describe('HttpClient', () => {
  const opened: { close(): unknown }[] = [];

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  function client(timeouts: Partial<HttpTimeouts> = {}): HttpClient {
    const made = new HttpClient({ ...PATIENT, ...timeouts });
    opened.push(made);
    return made;
  }

  async function serve(server: RawServer): Promise<RawServer> {
    opened.push(server);
    return server.listen();
  }

  function get(url: string): { method: 'GET'; url: string; headers: Record<string, string> } {
    return { method: 'GET', url, headers: {} };
  }

  function upload(url: string, body: Readable) {
    return { method: 'POST', url, headers: { 'Content-Type': 'text/plain' }, body } as const;
  }

  it('gives every status as an answer and follows no redirect', async () => {
    const target = await serve(answering('200 OK', 'here'));
    for (const status of ['302 Found', '307 Temporary Redirect', '404 Not Found', '500 Oops']) {
      const server = await serve(answering(status, 'text', `Location: ${target.url}/\r\n`));
      const outcome = await client().sendForBytes(get(server.url));
      expect(outcome).toMatchObject({ kind: 'answered', status: Number(status.slice(0, 3)), requestComplete: true });
    }
    expect(target.sockets).toHaveLength(0);
  });

  it('asks for no compression and unpacks none', async () => {
    const server = await serve(answering('200 OK', 'not gzip', 'Content-Encoding: gzip\r\n'));
    const outcome = await client().sendForBytes(get(server.url));
    expect(server.text.toLowerCase()).toContain('\r\naccept-encoding: identity\r\n');
    expect(outcome).toMatchObject({ kind: 'answered', body: Buffer.from('not gzip') });
  });

  it('keeps connections, except for a request that wants one of its own', async () => {
    const server = await serve(answering('200 OK', 'x'));
    const http = client();
    await http.sendForBytes(get(server.url));
    await http.sendForBytes(get(server.url));
    expect(server.sockets).toHaveLength(1);
    await http.sendForBytes({ ...get(server.url), freshConnection: true });
    expect(server.sockets).toHaveLength(2);
  });

  it('refuses a header that would begin another one, sends nothing and lets go of the body', async () => {
    const server = await serve(answering('200 OK', 'x'));
    const body = Readable.from(['x']);
    const request = { ...upload(server.url, body), headers: { bid: 'a\r\nnotiUrl: b' } };
    await expect(client().send(request)).rejects.toThrow(UnsendableHeaderError);
    expect(body.destroyed).toBe(true);
    expect(server.sockets).toHaveLength(0);
  });

  describe('before anything could leave', () => {
    it('says so when nobody listens', async () => {
      const server = await serve(new RawServer());
      const { url } = server;
      await server.close();
      const body = Readable.from(['x']);
      expect(await client().send(upload(url, body))).toEqual({
        kind: 'unanswered',
        reason: 'connection-failed',
        code: 'ECONNREFUSED',
        mayHaveArrived: false,
      });
      expect(body.destroyed).toBe(true);
    });

    it('says so when the other side does not speak TLS', async () => {
      const server = await serve(new RawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
      const outcome = await client().send(get(`https://127.0.0.1:${server.port}`));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'tls-failed', mayHaveArrived: false });
    });

    it('gives up on a connection that never gets ready, by its own time-out', async () => {
      const server = await serve(new RawServer());
      const outcome = await client({ connectMs: 50 }).send(get(`https://127.0.0.1:${server.port}`));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'connect-timeout', mayHaveArrived: false });
    });

    it('is aborted by its signal', async () => {
      const server = await serve(answering('200 OK', 'x'));
      const outcome = await client().send({ ...get(server.url), signal: AbortSignal.abort() });
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'aborted', mayHaveArrived: false });
      expect(server.text).toBe('');
    });
  });

  describe('while the request is sent', () => {
    it('ends when the other side stops reading, having taken no more of the body than buffers hold', async () => {
      const server = await serve(new RawServer(undefined, false));
      let handedOver = 0;
      const body = Readable.from(counted());
      const outcome = await client({ idleMs: 1_000 }).send(upload(server.url, body));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'idle-timeout', mayHaveArrived: true });
      expect(body.destroyed).toBe(true);
      expect(handedOver).toBeLessThan(20_000_000);

      function* counted(): Generator<Buffer> {
        const chunk = Buffer.alloc(65_536, 'x');
        for (; handedOver < 200_000_000; handedOver += chunk.length) yield chunk;
      }
    });

    it('ends when the body falls silent', async () => {
      const server = await serve(new RawServer());
      const outcome = await client({ idleMs: 500 }).send(upload(server.url, new Readable({ read: () => undefined })));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'idle-timeout', mayHaveArrived: true });
    });

    it('ends a body that moves, but too slowly for the time it has', async () => {
      const server = await serve(new RawServer());
      const body = Readable.from(dripping(Infinity, 10));
      const outcome = await client().send({ ...upload(server.url, body), withinMs: 1_000 });
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'too-slow', mayHaveArrived: true });
      expect(body.destroyed).toBe(true);
    });

    it('does not end a body that moves, however long it takes', async () => {
      const server = await serve(answering('200 OK', 'taken'));
      // The time-outs are what is tested here, so time has to pass: twice theirs, in steps far below.
      const body = Readable.from(dripping(40, 50));
      const outcome = await client({ connectMs: 1_000, answerMs: 1_000, idleMs: 1_000 }).sendForBytes(
        upload(server.url, body),
      );
      expect(outcome).toMatchObject({ kind: 'answered', status: 200, requestComplete: true });
    });

    it('reports a body that fails, and does not end the request as if it were whole', async () => {
      const body = new Readable({ read: () => undefined });
      body.push('first');
      const server = await serve(
        new RawServer((_socket, received) => {
          if (received.includes('first')) body.destroy(new Error('the disk is gone'));
        }),
      );
      const outcome = await client().send(upload(server.url, body));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'request-body-failed', mayHaveArrived: true });
      expect(isWholeRequest(server.text)).toBe(false);
    });

    it('takes an answer that comes early, and says that the request was not complete', async () => {
      const server = await serve(
        new RawServer((socket, received) => {
          if (received.length > 100_000 && socket.writable) socket.end(httpAnswer('401 Unauthorized', '{}'));
        }),
      );
      const body = endless();
      const outcome = await client().sendForBytes({ ...upload(server.url, body), freshConnection: true });
      expect(outcome).toMatchObject({ kind: 'answered', status: 401, requestComplete: false });
      expect(body.destroyed).toBe(true);
    });
  });

  describe('while the answer is awaited', () => {
    it('gives up by its own time-out, which begins with the last byte sent', async () => {
      const server = await serve(new RawServer());
      const outcome = await client({ answerMs: 500 }).send(upload(server.url, Readable.from(dripping(10, 20))));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'answer-timeout', mayHaveArrived: true });
      expect(isWholeRequest(server.text)).toBe(true);
    });

    it('reports a connection that ends instead', async () => {
      const server = await serve(new RawServer((socket) => socket.destroy()));
      const outcome = await client().send(get(server.url));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'connection-lost', mayHaveArrived: true });
    });

    it('reports an answer that is not HTTP', async () => {
      const server = await serve(new RawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
      const outcome = await client().send(get(server.url));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'not-http', mayHaveArrived: true });
    });

    it('is aborted by its signal', async () => {
      const server = await serve(new RawServer());
      const abort = new AbortController();
      const outcome = client().send({ ...get(server.url), signal: abort.signal });
      await server.until(({ text }) => isWholeRequest(text));
      abort.abort();
      expect(await outcome).toMatchObject({ kind: 'unanswered', reason: 'aborted', mayHaveArrived: true });
    });
  });

  describe('while the answer’s body comes', () => {
    const beginning = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nonly this';

    it('ends a silent one by its own time-out', async () => {
      const server = await serve(new RawServer((socket) => socket.write(beginning)));
      const outcome = await client({ idleMs: 500 }).send(get(server.url));
      expect(await failureOf(outcome)).toEqual(new BodyInterruptedError('idle-timeout'));
    });

    it('ends one that never stops and never ends, when its time is over', async () => {
      const server = await serve(new RawServer((socket) => drip(socket, beginning)));
      const outcome = await client().send({ ...get(server.url), withinMs: 1_000 });
      expect(await failureOf(outcome)).toEqual(new BodyInterruptedError('too-slow'));
    });

    it('does not count the reader’s own pauses', async () => {
      const server = await serve(answering('200 OK', 'x'.repeat(1_000_000)));
      const outcome = await client({ idleMs: 1_000 }).send(get(server.url));
      if (outcome.kind !== 'answered') throw new Error(outcome.reason);
      let length = 0;
      for await (const chunk of outcome.body as AsyncIterable<Buffer>) {
        // The reader's pause is what is tested here, so time has to pass: once, twice the time-out.
        if (length === 0) await passing(2_000);
        length += chunk.length;
      }
      expect(length).toBe(1_000_000);
    });

    it.each(['Content-Length: 100', 'Transfer-Encoding: chunked'])(
      'reports one that is cut, with %s',
      async (header) => {
        const cutAnswer = `HTTP/1.1 200 OK\r\n${header}\r\n\r\n9\r\nonly this\r\n`;
        const server = await serve(new RawServer((socket) => socket.end(cutAnswer)));
        expect(await failureOf(await client().send(get(server.url)))).toEqual(
          new BodyInterruptedError('connection-lost'),
        );
      },
    );

    it('is aborted by its signal', async () => {
      const server = await serve(new RawServer((socket) => socket.write(beginning)));
      const abort = new AbortController();
      const outcome = await client().send({ ...get(server.url), signal: abort.signal });
      abort.abort();
      expect(await failureOf(outcome)).toEqual(new BodyInterruptedError('aborted'));
    });

    it('reads no more of a small answer than its limit', async () => {
      const server = await serve(answering('200 OK', 'x'.repeat(50_000)));
      expect(await client().sendForBytes(get(server.url), 49_999)).toMatchObject({ reason: 'answer-too-large' });
      expect(await client().sendForBytes(get(server.url), 50_000)).toMatchObject({ kind: 'answered', status: 200 });
    });

    it('does not wait for ever for a small answer that drips', async () => {
      const server = await serve(new RawServer((socket) => drip(socket, beginning)));
      const outcome = await client({ answerMs: 200 }).sendForBytes(get(server.url));
      expect(outcome).toMatchObject({ kind: 'unanswered', reason: 'answer-timeout', mayHaveArrived: true });
    });
  });
});

async function failureOf(outcome: HttpOutcome<Readable>): Promise<unknown> {
  if (outcome.kind !== 'answered') return outcome;
  outcome.body.resume();
  return finished(outcome.body).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Answers with a beginning, and then a byte at a time, for as long as anybody listens. */
function drip(socket: Socket, beginning: string): void {
  socket.write(beginning);
  const timer = setInterval(() => socket.write('.'), 10);
  socket.once('close', () => clearInterval(timer));
}

function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(65_536, 'x'));
    },
  });
}

async function* dripping(pieces: number, everyMs: number): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < pieces; piece += 1) {
    await passing(everyMs);
    yield Buffer.from('piece');
  }
}
