import { readConfiguration } from '../../../src/config';
import { REFUSAL_CODES } from '../../../simulator/tstore/result-codes';
import { serviceEnvironment } from '../../support/service-environment';
import { Readable } from 'node:stream';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../simulator';
import {
  RequestFileWriter,
  submissionHeaders,
  type GatewayAnswer,
  type RequestRow,
  type TstoreClient,
} from '../../../src/gateways/tstore';
import type { NotificationMessage } from '../../../src/gateways/tstore/wire';
import { won } from '../../../src/kernel/won';
import { resultLinesOf, type ParsedResultLine, type ResultLine } from '../../support/result-lines';
import { SIMULATOR_CREDENTIALS, clientOf, requestRow, tstoreConfig } from './fixture';
import { answering, type RawServer } from './raw-server';

describe('the client and the simulator', () => {
  let simulator: Simulator;
  let client: TstoreClient;
  let accessToken: string;
  /** Stands for the merchant's listener: takes every message and answers as it should. */
  let listener: RawServer;

  async function start(options: Partial<SimulatorOptions> = {}): Promise<void> {
    listener = await answering('200 OK', '{"resultCode":"0000","resultMsg":"SUCCESS"}').listen();
    simulator = await startSimulator({ timeFactor: 0, declineRate: 0, ...options });
    client = clientOf(tstoreConfig(simulator.baseUrl));
    accessToken = succeeded(await client.requestToken(SIMULATOR_CREDENTIALS)).accessToken;
  }

  afterEach(async () => {
    client.onApplicationShutdown();
    await simulator.close();
    await listener.close();
  });

  async function submit(rows: readonly RequestRow[], token = accessToken) {
    const content = Readable.from(new RequestFileWriter().write([rows]));
    return client.submit({ headers: submissionHeaders('skplanet', listener.url, rows.length), content }, token);
  }

  /** Lets the job complete and verifies the message that arrived, before which the gateway gives no result. */
  async function complete(gatewayJobId: string): Promise<void> {
    await simulator.control.advance(60_000);
    const messages = listener.text.match(/\{[^}]*\}/g) ?? [];
    const received = messages.map((each) => JSON.parse(each) as NotificationMessage);
    const message = received.find(({ jobId }) => jobId === gatewayJobId);
    expect(await client.verify({ ...message }, accessToken)).toMatchObject({ kind: 'success' });
  }

  async function resultLines(gatewayJobId: string): Promise<ResultLine[]> {
    const { content } = succeeded(await client.downloadResult(gatewayJobId, accessToken));
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    return resultLinesOf(chunks);
  }

  async function completedLines(rows: readonly RequestRow[]): Promise<ParsedResultLine[]> {
    const { gatewayJobId } = succeeded(await submit(rows));
    await complete(gatewayJobId);
    return (await resultLines(gatewayJobId)) as ParsedResultLine[];
  }

  it('agree on a job from submission to its result, to the won', async () => {
    await start();
    const rows = Array.from({ length: 500 }, (_, index) =>
      requestRow(`order-${index}`, { amount: won(1000 + index), carrierAmount: won(1000 + index) }),
    );
    const { gatewayJobId } = succeeded(await submit(rows));
    const job = simulator.control.job(gatewayJobId);
    expect(job).toMatchObject({ declaredRows: 500, rows: 500, bid: 'skplanet', notiUrl: listener.url });

    expect(await client.downloadResult(gatewayJobId, accessToken)).toMatchObject({ kind: 'refused', httpStatus: 200 });
    await complete(gatewayJobId);
    const lines = (await resultLines(gatewayJobId)) as ParsedResultLine[];

    const byOrder = new Map(lines.map((line) => [line.orderNo, line]));
    expect(byOrder.size).toBe(500);
    for (const { merchantId, billingToken, storeProductId, productName, orderNo, amount, carrierAmount } of rows) {
      expect(byOrder.get(orderNo)).toMatchObject({
        kind: 'parsed',
        ...{ merchantId, billingToken, storeProductId, productName, orderNo, amount, carrierAmount },
        bid: 'skplanet',
        resultCode: '0000',
      });
    }
  });

  it('agree on declines: no transaction id, and a message for people', async () => {
    await start({ declineRate: 1 });
    const [line] = await completedLines([requestRow('declined-1')]);
    expect(line).toMatchObject({ orderNo: 'declined-1', transactionId: null });
    expect(line?.resultCode).not.toBe('0000');
    expect(line?.resultMessage).not.toBe('');
  });

  it('agree on a look-up and on a refund in its shortest and its full form', async () => {
    await start();
    const [line] = await completedLines([requestRow('paid-1')]);
    const transactionId = line?.transactionId ?? '';

    const payment = succeeded(await client.transaction(transactionId, accessToken));
    expect(payment).toMatchObject({ transactionId, amount: 1000, paymentParts: [{ amount: 1000 }] });

    const shortest = {
      transactionId,
      amount: won(400),
      isFull: false,
      payerAuthKey: null,
      refundTransactionId: null,
      note: null,
      paymentParts: null,
      link: null,
    };
    expect(succeeded(await client.refund(shortest, accessToken))).toMatchObject({ transactionId, amount: 400 });
    const [method] = payment.paymentParts.map((part) => part.method);
    const full = {
      ...shortest,
      amount: won(600),
      payerAuthKey: payment.payerAuthKey,
      note: '고객 요청',
      paymentParts: [{ method: method ?? '', amount: won(600) }],
      link: { name: 'refundurl', url: 'https://merchant.example/refund' },
    };
    expect(succeeded(await client.refund(full, accessToken))).toMatchObject({ transactionId, amount: 600 });
    expect(await client.refund(shortest, accessToken)).toMatchObject({ kind: 'refused', httpStatus: 200 });
    expect(simulator.control.refunds().map(({ amount }) => amount)).toEqual([400, 600]);
  });

  it('agree that a message PNS never sent is refused', async () => {
    await start();
    const forged = { notifyVersion: '1.0', event: 'bulkJob', status: 'completed', jobId: '9', updateTime: null };
    const answer = await client.verify(forged, accessToken);
    expect(answer).toMatchObject({ kind: 'refused', httpStatus: 200, unauthorized: false });
  });

  it.each(['seconds', 'epoch-ms', 'compact'] as const)(
    'agree on an expiry written as %s',
    async (tokenExpiryFormat) => {
      await start({ tokenExpiryFormat, startAt: Date.UTC(2026, 10, 20), tokenTtlSeconds: 3_600 });
      const token = succeeded(await client.requestToken(SIMULATOR_CREDENTIALS));
      expect(token).toMatchObject({ expiresAt: new Date('2026-11-20T01:00:00.000Z'), expiryGuessed: false });
    },
  );

  it('agree that a token the gateway does not know is unauthorized, after the whole file was read', async () => {
    await start();
    const rows = Array.from({ length: 20_000 }, (_, index) => requestRow(`order-${index}`));
    expect(await submit(rows, 'revoked')).toMatchObject({ kind: 'refused', httpStatus: 401, unauthorized: true });
    expect(simulator.control.jobs()).toEqual([]);
    expect(await client.transaction('TSTORE0004_1', 'revoked')).toMatchObject({ unauthorized: true });
  });

  it.each([
    ['submit-failing-before', 'unknown', 'server-error', 0],
    ['submit-failing-after', 'unknown', 'server-error', 1],
    ['submit-answer-lost', 'unknown', 'connection-lost', 1],
    ['submit-cut', 'unknown', 'connection-lost', 0],
  ] as const)('tells a submission under %s as %s, whether or not it was accepted', async (kind, told, reason, jobs) => {
    await start();
    simulator.control.armFault({ kind });
    expect(await submit([requestRow('a')])).toMatchObject({ kind: told, reason, mayHaveArrived: true });
    expect(simulator.control.jobs()).toHaveLength(jobs);
  });

  it('tells a refusal with a result code as a refusal', async () => {
    await start();
    simulator.control.armFault({ kind: 'submit-refused' });
    expect(await submit([requestRow('a')])).toMatchObject({ kind: 'refused', httpStatus: 200, resultCode: '8500' });
    expect(simulator.control.jobs()).toEqual([]);
  });

  it('agree on which result codes are a certain no', () => {
    const { unauthorized, tooManyRequests, ...refusals } = REFUSAL_CODES;
    const known = readConfiguration(serviceEnvironment('postgres://nowhere')).tstore.refusalCodes;
    expect(known).toEqual(Object.values(refusals));
    // The status of the one tells, and the other says nothing of what was asked.
    expect(known).not.toContain(unauthorized);
    expect(known).not.toContain(tooManyRequests);
  });

  it('accounts for every line of a damaged result', async () => {
    await start();
    const rows = Array.from({ length: 20 }, (_, index) => requestRow(`order-${index}`));
    const { gatewayJobId } = succeeded(await submit(rows));
    await complete(gatewayJobId);
    for (const kind of ['result-crlf', 'result-bom', 'result-without-header'] as const) {
      simulator.control.armFault({ kind });
      const lines = await resultLines(gatewayJobId);
      expect(lines.filter((line) => line.kind === 'parsed')).toHaveLength(20);
    }
    simulator.control.armFault({ kind: 'result-columns-wrong', options: { lines: 3 } });
    const lines = await resultLines(gatewayJobId);
    expect(lines).toHaveLength(20);
    expect(lines.filter((line) => line.kind === 'malformed')).toHaveLength(3);
    simulator.control.armFault({ kind: 'result-json' });
    expect(await client.downloadResult(gatewayJobId, accessToken)).toMatchObject({ kind: 'refused' });
  });
});

function succeeded<T>(answer: GatewayAnswer<T>): T {
  if (answer.kind !== 'success') throw new Error(`expected success: ${JSON.stringify(answer)}`);
  return answer.value;
}
