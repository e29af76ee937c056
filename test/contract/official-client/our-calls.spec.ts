import { Readable } from 'node:stream';
import {
  RequestFileWriter,
  submissionHeaders,
  type RefundOrder,
  type TstoreClient,
} from '../../../src/gateways/tstore';
import { won } from '../../../src/kernel/won';
import { SIMULATOR_CREDENTIALS, clientOf, requestRow, tstoreConfig } from '../tstore-client/fixture';
import { answering, type RawServer } from '../tstore-client/raw-server';
import { readRecording } from './support/recording';

/** A request as nobody may tell it apart from another: header names in small letters, the body without its framing. */
interface Call {
  requestLine: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * What is ours on purpose: our own name, no packed answers, and that anything is accepted. The official client sends no
 * `Accept` at all, which means the same. Connections and addresses are those of the transport.
 */
const OF_OUR_OWN = ['user-agent', 'accept-encoding', 'accept', 'connection', 'host'];

const recorded = readRecording().map(({ request }) => callOf(request));
const [token, submit, verify, download, , lookup, refundInFull, refundInShort] = recorded;

let server: RawServer;
let client: TstoreClient;

beforeEach(async () => {
  server = await answering('200 OK', '{"resultCode":"9999","resultMsg":"seen"}').listen();
  client = clientOf(tstoreConfig(server.url));
});
afterEach(async () => {
  client.onApplicationShutdown();
  await server.close();
});

test.each<[string, Call | undefined, () => Promise<unknown>]>([
  ['asking for a token', token, () => client.requestToken(SIMULATOR_CREDENTIALS)],
  ['submitting a file', submit, () => client.submit({ headers: SUBMISSION, content: requestFile() }, ACCESS_TOKEN)],
  ['verifying a notification', verify, () => client.verify(NOTIFICATION, ACCESS_TOKEN)],
  ['downloading a result', download, () => client.downloadResult('1', ACCESS_TOKEN)],
  ['looking a transaction up', lookup, () => client.transaction('firstTid', ACCESS_TOKEN)],
  ['refunding in full', refundInFull, () => client.refund(REFUND_IN_FULL, ACCESS_TOKEN)],
  ['refunding in the shortest form', refundInShort, () => client.refund(REFUND_IN_SHORT, ACCESS_TOKEN)],
])('%s, our client sends what the official one did, member by member', async (_name, official, send) => {
  await send();
  expect(callOf(Buffer.from(server.text, 'latin1').toString('utf8'))).toEqual(official);
});

test('our client accepts any type of answer, unpacked, and says who it is', async () => {
  await client.transaction('firstTid', ACCESS_TOKEN);
  expect(headersIn(server.text)).toMatchObject({
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'tstore-merchant-billing',
  });
});

const ACCESS_TOKEN = 'accessToken';
const SUBMISSION = submissionHeaders('skplanet', 'notiUrl', 3);
const NOTIFICATION = {
  notifyVersion: '1.0',
  event: 'bulkJob',
  status: 'completed',
  jobId: '1',
  updateTime: 'updateTime',
};
const REFUND_IN_FULL: RefundOrder = {
  transactionId: 'firstTid',
  amount: won(1000),
  isFull: true,
  payerAuthKey: 'authKey',
  refundTransactionId: null,
  note: 'member wants a refund',
  paymentParts: [{ method: '11', amount: won(1000) }],
  link: { name: 'refundurl', url: 'https://merchant.example/refunds' },
};
const REFUND_IN_SHORT: RefundOrder = {
  ...REFUND_IN_FULL,
  transactionId: 'secondTid',
  amount: won(100),
  isFull: false,
  payerAuthKey: null,
  note: null,
  paymentParts: null,
  link: null,
};

function requestFile(): Readable {
  const hangul = { productName: '동영상 클라우드 어린이TV', billingToken: 'A'.repeat(64) };
  const rows = [
    requestRow('tx_my00001111', { ...hangul, productName: 'IAP_consumable_1000' }),
    requestRow('tx_my00002222', {
      ...hangul,
      amount: won(3300),
      carrierAmount: won(2000),
      creditCardAmount: won(300),
      tmembershipAmount: won(1000),
    }),
    requestRow('tx_my00003333', { ...hangul, amount: won(5000), carrierAmount: won(5000) }),
  ];
  return Readable.from(inOnePiece(new RequestFileWriter().write([rows])));
}

/** So that the framing of the body is one length before it and one behind. */
async function* inOnePiece(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  yield Buffer.concat(all);
}

/** Takes a request apart. What varies from run to run stands as its name; members of JSON have no order. */
function callOf(request: string): Call {
  const [head = '', ...rest] = request.replaceAll(/\{\{(\w+)\}\}/g, '$1').split('\r\n\r\n');
  const [requestLine = ''] = head.split('\r\n');
  const headers = headersIn(request.replaceAll(/\{\{(\w+)\}\}/g, '$1'));
  const body = bodyOf(rest.join('\r\n\r\n'), headers);
  for (const name of [...OF_OUR_OWN, 'content-length']) delete headers[name];
  return { requestLine, headers, body };
}

function headersIn(request: string): Record<string, string> {
  const [, ...lines] = request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function bodyOf(framed: string, headers: Record<string, string>): string {
  if (headers['transfer-encoding'] === 'chunked') return framed.split('\r\n').slice(1, -3).join('');
  if (headers['content-type']?.startsWith('application/json') !== true) return framed;
  return JSON.stringify(sorted(JSON.parse(framed)), null, 1);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
