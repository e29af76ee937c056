import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { submissionHeaders, type TstoreClient } from '../../../src/gateways/tstore';
import type { TstoreConfig } from '../../../src/config';
import { BodyInterruptedError } from '../../../src/platform/http-client';
import { CREDENTIALS, clientOf, tstoreConfig } from './fixture';
import { RawServer, answering, httpAnswer, isWholeRequest } from './raw-server';

const ACCEPTED = '{"resultCode":"0000","resultMsg":"Success","waitingJobs":0,"jobId":"145"}';

describe('what the client makes of answers', () => {
  const opened: { close(): unknown }[] = [];

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  async function against(server: RawServer, changes: Partial<TstoreConfig> = {}): Promise<TstoreClient> {
    opened.push(await server.listen());
    const client = clientOf(tstoreConfig(server.url, changes));
    opened.push({ close: () => client.onApplicationShutdown() });
    return client;
  }

  function submission(content: Readable = Readable.from(['mid\n', 'row'])) {
    return { headers: submissionHeaders('skplanet', '', 1), content };
  }

  describe('to a submission', () => {
    it.each([
      ['the documented members', ACCEPTED],
      ['unknown members at any depth', ACCEPTED.replace('{', '{"new":{"deep":[1]},')],
      ['the job id as a number', ACCEPTED.replace('"145"', '145')],
      [
        'members in another order and white space',
        ` {"jobId" : "145",\n"waitingJobs":0,"resultMsg":"Success","resultCode":"0000"}\n`,
      ],
    ])('accepts %s', async (_name, body) => {
      const client = await against(answering('200 OK', body));
      expect(await client.submit(submission(), 't')).toEqual({
        kind: 'success',
        value: { resultCode: '0000', resultMessage: 'Success', gatewayJobId: '145', waitingJobs: 0 },
      });
    });

    it.each([
      ['200 OK', '{"resultCode":"8003","resultMsg":"bad header"}', { kind: 'refused', resultCode: '8003' }],
      ['401 Unauthorized', '{"resultCode":"8001","resultMsg":"expired"}', { kind: 'refused', unauthorized: true }],
      [
        '400 Bad Request',
        '{"resultCode":"8003","resultMsg":"no"}',
        { kind: 'refused', httpStatus: 400, resultCode: '8003' },
      ],
      ['200 OK', '{"resultCode":"7777","resultMsg":"what?"}', { kind: 'unknown', reason: 'unknown-refusal' }],
      ['429 Too Many Requests', '{"resultCode":"8003"}', { kind: 'unknown', reason: 'unknown-refusal' }],
      ['400 Bad Request', 'no JSON', { kind: 'unknown', reason: 'unknown-refusal', mayHaveArrived: true }],
      ['500 Oops', ACCEPTED, { kind: 'unknown', reason: 'server-error' }],
      ['202 Accepted', ACCEPTED, { kind: 'unknown', reason: 'unexpected-status' }],
      ['307 Temporary Redirect', ACCEPTED, { kind: 'unknown', reason: 'unexpected-status' }],
      ['408 Request Timeout', ACCEPTED, { kind: 'unknown', reason: 'unknown-refusal' }],
      ['200 OK', '<html>maintenance</html>', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '{"resultCode":"0000"}', { kind: 'unknown', reason: 'unreadable-answer' }],
    ])('of %s is told as it is: %p', async (status, body, expected) => {
      const client = await against(answering(status, body));
      expect(await client.submit(submission(), 't')).toMatchObject(expected);
    });

    it('of a megabyte and more is not read to its end', async () => {
      const client = await against(answering('200 OK', ' '.repeat(1024 * 1024 + 1)));
      expect(await client.submit(submission(), 't')).toMatchObject({ kind: 'unknown', reason: 'answer-too-large' });
    });

    it('of 401 before the file was sent is a refusal, and the file is let go', async () => {
      const content = new Readable({
        read() {
          this.push(Buffer.alloc(65_536, 'x'));
        },
      });
      const early = new RawServer((socket, received) => {
        if (received.length > 100_000 && socket.writable) socket.end(httpAnswer('401 Unauthorized', '{}'));
      });
      const client = await against(early);
      expect(await client.submit(submission(content), 't')).toMatchObject({ kind: 'refused', unauthorized: true });
      expect(content.destroyed).toBe(true);
    });

    it('of success before the file was sent is unknown: it can’t be about all of it', async () => {
      const content = new Readable({ read: () => undefined });
      content.push('mid\n');
      const early = new RawServer((socket, received) => {
        if (received.includes('mid') && socket.writable) socket.end(httpAnswer('200 OK', ACCEPTED));
      });
      const client = await against(early);
      expect(await client.submit(submission(content), 't')).toEqual({
        kind: 'unknown',
        reason: 'answered-early',
        message: 'job 145 was named before the whole file was sent',
        mayHaveArrived: true,
      });
    });

    it('that never comes is unknown, within the answer time-out', async () => {
      const client = await against(new RawServer(), { answerTimeoutMs: 50 });
      expect(await client.submit(submission(), 't')).toMatchObject({ reason: 'answer-timeout', mayHaveArrived: true });
    });

    it('that is cut off is unknown', async () => {
      const half = `HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${ACCEPTED.slice(0, 30)}`;
      const client = await against(
        new RawServer((socket, received) => {
          if (isWholeRequest(received)) socket.end(half);
        }),
      );
      expect(await client.submit(submission(), 't')).toMatchObject({ reason: 'connection-lost', mayHaveArrived: true });
    });

    it('can’t exist when nobody listens, which is certain', async () => {
      const server = new RawServer();
      const client = await against(server);
      await server.close();
      opened.splice(opened.indexOf(server), 1);
      expect(await client.submit(submission(), 't')).toMatchObject({ kind: 'unknown', mayHaveArrived: false });
    });
  });

  describe('to a token request', () => {
    it('is a token with its expiry by the injected clock', async () => {
      const body = '{"accessToken":"abc","expired":"43200","tokenType":"Bearer","scope":"GetTxInfo","x":1}';
      const client = await against(answering('200 OK', body));
      expect(await client.requestToken(CREDENTIALS)).toMatchObject({
        kind: 'success',
        value: { accessToken: 'abc', expiresAt: new Date('2026-11-20T12:00:00.000Z'), expiryGuessed: false },
      });
    });

    it('never shows the credentials, though the other side repeats them', async () => {
      const credentials = Buffer.from('client+/=:secret:with+/=').toString('base64');
      const client = await against(answering('403 Forbidden', `BASIC ${credentials} and secret:with+/= are wrong`));
      expect(await client.requestToken(CREDENTIALS)).toMatchObject({
        kind: 'unknown',
        message: 'HTTP 403: BASIC [redacted] and [redacted] are wrong',
      });
    });

    it('does not show a token in an answer it can’t read', async () => {
      const client = await against(answering('200 OK', '{"accessToken":"abc secret'));
      const answer = await client.requestToken(CREDENTIALS);
      expect(answer).toMatchObject({ kind: 'unknown', reason: 'unreadable-answer' });
      expect(JSON.stringify(answer)).not.toContain('secret');
    });
  });

  describe('to the request for a result file', () => {
    const file = 'id,cmId\n1,동영상\n';

    it('is the file, byte for byte, with the length where one was announced', async () => {
      const client = await against(answering('200 OK', file));
      const answer = await client.downloadResult('145', 't');
      if (answer.kind !== 'success') throw new Error(answer.kind);
      expect(answer.value.byteCount).toBe(Buffer.byteLength(file));
      expect(await textOf(answer.value.content)).toBe(file);
    });

    it.each(['\uFEFF', '\n\n', `\uFEFF \r\n${' '.repeat(5_000)}`])(
      'is the file, whatever noise is before it',
      async (noise) => {
        const client = await against(answering('200 OK', noise + file));
        const answer = await client.downloadResult('145', 't');
        if (answer.kind !== 'success') throw new Error(answer.kind);
        expect((await answer.value.content.toArray()).join('')).toBe(noise + file);
      },
    );

    it.each([
      ['200 OK', '{"resultCode":"8006","resultMsg":"not ready"}', { kind: 'refused', resultCode: '8006' }],
      ['200 OK', ' \n{"resultCode":"8006","resultMsg":"not ready"}', { kind: 'refused', resultCode: '8006' }],
      ['200 OK', '{"resultCode":"0000","resultMsg":"Success"}', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '{"resultCode":', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '[]', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '<html>maintenance</html>', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['200 OK', '\n', { kind: 'unknown', reason: 'unreadable-answer' }],
      ['401 Unauthorized', 'x', { kind: 'refused', unauthorized: true }],
      ['404 Not Found', file, { kind: 'unknown', reason: 'unknown-refusal' }],
      ['500 Oops', file, { kind: 'unknown', reason: 'server-error' }],
      ['206 Partial Content', file, { kind: 'unknown', reason: 'unexpected-status' }],
    ])('of %s is no file: %p', async (status, body, expected) => {
      const client = await against(answering(status, body));
      expect(await client.downloadResult('145', 't')).toMatchObject(expected);
    });

    it('of JSON without end is not read to its end', async () => {
      const client = await against(answering('200 OK', `{${' '.repeat(1024 * 1024)}}`));
      const answer = await client.downloadResult('145', 't');
      expect(answer).toMatchObject({ kind: 'unknown', reason: 'answer-too-large' });
    });

    it('that breaks off ends the stream with an error, never as if it were whole', async () => {
      const half = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nid,cmId\r\n`;
      const client = await against(new RawServer((socket) => socket.end(half)));
      const answer = await client.downloadResult('145', 't');
      if (answer.kind !== 'success') throw new Error(answer.kind);
      await expect(textOf(answer.value.content)).rejects.toEqual(new BodyInterruptedError('connection-lost'));
    });

    it('that falls silent ends the stream with an error, within the idle time-out', async () => {
      const client = await against(
        new RawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nid,cmId')),
        { idleTimeoutMs: 500 },
      );
      const answer = await client.downloadResult('145', 't');
      if (answer.kind !== 'success') throw new Error(answer.kind);
      await expect(textOf(answer.value.content)).rejects.toEqual(new BodyInterruptedError('idle-timeout'));
    });

    it('that is silent from the first byte is unknown', async () => {
      const client = await against(
        new RawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n')),
        { idleTimeoutMs: 50 },
      );
      expect(await client.downloadResult('145', 't')).toMatchObject({ kind: 'unknown', reason: 'idle-timeout' });
    });

    it('is let go, connection and all, when its reader goes away', async () => {
      const server = new RawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nid,cmId'));
      const client = await against(server);
      const answer = await client.downloadResult('145', 't');
      if (answer.kind !== 'success') throw new Error(answer.kind);
      const [socket] = server.sockets;
      const closed = new Promise((resolve) => socket?.once('close', resolve));
      answer.value.content.destroy();
      expect(await closed).toBe(false);
    });
  });
});
