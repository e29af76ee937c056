import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { submissionHeaders, type GatewayAnswer, type TstoreClient } from '../../src/gateways/tstore';
import { clientOf, tstoreConfig } from '../contract/tstore-client/fixture';
import { RawServer, httpAnswer, isWholeRequest } from '../contract/tstore-client/raw-server';

const BODY =
  '{"resultCode":"0000","resultMsg":"ok","jobId":"1","accessToken":"t","expired":"43200",' +
  '"paymentTransactionInfo":{"tid":"TID","amount":1,"paymentMethods":[{"paymentMethod":"11","amount":1}]},' +
  '"refundTransactionResponse":{"tid":"TID","amount":1,"paymentMethods":[]}}';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const MEGABYTE = 1024 * 1024;
const MOST_GROWN_MEGABYTES = 100;
/** Well below what anybody here waits, so that a client that hangs is told from one that is slow. */
const TIMEOUTS = { connectTimeoutMs: 2_000, answerTimeoutMs: 300, idleTimeoutMs: 300 };

const ORDER = {
  transactionId: 'TID',
  amount: 1 as never,
  isFull: true,
  payerAuthKey: null,
  refundTransactionId: null,
  note: null,
  paymentParts: null,
  link: null,
};

/** Every call there is; a download is read to its end. */
const CALLS: Readonly<Record<string, (client: TstoreClient) => Promise<GatewayAnswer<unknown>>>> = {
  token: (client) => client.requestToken(),
  submit: (client) =>
    client.submit({ headers: submissionHeaders('skplanet', '', 1), content: Readable.from(['mid\n', 'row']) }, 't'),
  transaction: (client) => client.transaction('TID', 't'),
  refund: (client) => client.refund(ORDER, 't'),
  verify: (client) => client.verify({ jobId: '1' }, 't'),
  download: async (client) => {
    const answer = await client.downloadResult('1', 't');
    if (answer.kind !== 'success') return answer;
    try {
      for await (const chunk of answer.value.content) void chunk;
      return answer;
    } catch {
      return { kind: 'unknown', reason: 'connection-lost', message: 'broke off', mayHaveArrived: true };
    }
  },
};

/** What a server writes to a whole request, and what the calls may make of it: nothing but that nobody knows, unless said. */
const HOSTILE: readonly [name: string, answer: string | Buffer, more?: string | Buffer][] = [
  ['nothing that is HTTP', 'hello\r\n\r\n'],
  ['an answer of HTTP/0.9', BODY],
  ['a status of letters', `HTTP/1.1 OK 200\r\n\r\n${BODY}`],
  ['a status of two digits', `HTTP/1.1 20 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ['another protocol', `HTTP/9.9 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n${BODY}`],
  ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ['a length that is none', `${HEAD}Content-Length: 0x10\r\n\r\n${BODY}`],
  ['an enormous length', `${HEAD}Content-Length: ${'9'.repeat(30)}\r\n\r\n${BODY}`],
  ['a length that is too short', `${HEAD}Content-Length: 20\r\n\r\n{"resultCode":"0000","jobId":"1"}`],
  ['a length that is too long', `${HEAD}Content-Length: ${BODY.length + 10}\r\n\r\n${BODY}`],
  ['a length and chunks', `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(BODY)}`],
  ['a chunk that is no number', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk of enormous length', `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n${BODY}`],
  ['chunks without an end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY)}`],
  ['an encoding that nobody knows', `${HEAD}Transfer-Encoding: gzip\r\n\r\n${BODY}`],
  ['NUL in a header', `${HEAD}X: a\0b\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ['a header without a name', `${HEAD}: x\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ['headers without an end', HEAD, 'X-Filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'],
  ['one header without an end', `${HEAD}X: `, 'y'.repeat(1_000)],
  ['promises to continue without an end', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['a redirect', `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`],
  ['a compressed body', compressed(BODY, 'gzip')],
  ['a bomb: 200 MB of JSON in 200 KB', compressed(Buffer.alloc(200 * MEGABYTE, '['), 'gzip')],
  ['a body said to be compressed', `${HEAD}Content-Encoding: br\r\nContent-Length: 4\r\n\r\n\0\0\0\0`],
  [
    'JSON without an end',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk('{"resultCode":"0000","x":"')}`,
    chunk('y'.repeat(65_536)),
  ],
  ['white space without an end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, chunk(' '.repeat(65_536))],
];

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function compressed(content: string | Buffer, encoding: string): Buffer {
  const body = gzipSync(content);
  return Buffer.concat([
    Buffer.from(`${HEAD}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);
}

/** Of these, a download can't come to its end. */
const CUT_DOWNLOADS = [
  'nothing that is HTTP',
  'a length that is too long',
  'an enormous length',
  'a chunk that is no number',
  'chunks without an end',
  'no content',
  'a redirect',
  'two lengths',
];

describe('what the client makes of hostile HTTP', () => {
  const opened: { close(): unknown }[] = [];

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  async function against(server: RawServer): Promise<TstoreClient> {
    opened.push(await server.listen());
    const client = clientOf(tstoreConfig(server.url, TIMEOUTS));
    opened.push({ close: () => client.onModuleDestroy() });
    return client;
  }

  it.each(HOSTILE.map(([name, answer, more = '']) => [name, answer, more] as const))(
    '%s: no call takes it for success, hangs, or keeps it',
    async (_, answer, more) => {
      const client = await against(
        new RawServer((socket, received) => {
          if (!isWholeRequest(received)) return;
          socket.write(answer);
          if (more === '') return;
          const pour = (): void => {
            while (!socket.destroyed && socket.write(more));
            if (!socket.destroyed) socket.once('drain', () => setImmediate(pour));
          };
          pour();
        }),
      );
      const before = process.memoryUsage.rss();
      const calls = Object.entries(CALLS).filter(([name]) => name !== 'download');
      const kinds = await Promise.all(calls.map(async ([name, call]) => [name, (await call(client)).kind]));
      expect(kinds).toEqual(calls.map(([name]) => [name, 'unknown']));
      expect((process.memoryUsage.rss() - before) / MEGABYTE).toBeLessThan(MOST_GROWN_MEGABYTES);
    },
  );

  it.each(HOSTILE.filter(([name]) => CUT_DOWNLOADS.includes(name)).map(([name, answer]) => [name, answer] as const))(
    '%s: a download of it fails',
    async (_, answer) => {
      const client = await against(
        new RawServer((socket, received) => {
          if (isWholeRequest(received)) socket.write(answer);
        }),
      );
      expect((await CALLS.download?.(client))?.kind).toBe('unknown');
    },
  );

  it('gives nobody the answer that was meant for another', async () => {
    let answers = 0;
    const client = await against(
      new RawServer((socket, received) => {
        if (!isWholeRequest(received)) return;
        answers += 1;
        const poison = BODY.replace('"ok"', '"poison"');
        socket.write(httpAnswer('200 OK', BODY.replace('"ok"', `"answer ${answers}"`)) + httpAnswer('200 OK', poison));
      }),
    );
    for (let call = 1; call <= 5; call++) {
      expect(await client.verify({ jobId: String(call) }, 't')).toMatchObject({
        value: { resultMessage: `answer ${call}` },
      });
    }
  });
});
