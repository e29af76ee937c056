import { InvalidInputError, verify, WebhookVerificationError } from '@portone/server-sdk/webhook';
import { Webhook } from 'standardwebhooks';
import { PORTONE_STORE, type PortOneFaultKind } from '../../../simulator';
import { mistakenSignature, signature } from '../../../simulator/portone/webhooks/signature';
import type { Received } from '../simulator/support/listener';
import {
  HOUR_MS,
  lookedUp,
  MINUTE_MS,
  openPortOneBench,
  refusalOf,
  STORE_ID,
  TOSS_TEST,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

const [LIVE_SECRET] = PORTONE_STORE.webhooks.LIVE.secrets as [string];
const [TEST_SECRET] = PORTONE_STORE.webhooks.TEST.secrets as [string];
const NEW_SECRET = 'whsec_ZHVtbXktc2Vjb25kLXNlY3JldC0wMDAwMDAwMDI=';

const types = (): unknown[] => bench.messages().map(({ type }) => type);

/** What the vendor's verifier says: the message's type, or why it is none. */
async function verdict(received: Received | undefined, secret = LIVE_SECRET): Promise<string> {
  try {
    const { type } = await verify(secret, received?.body ?? '', received?.headers as Record<string, string>);
    return String(type);
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.reason;
    if (error instanceof InvalidInputError) return error.name;
    throw error;
  }
}

function answerWith(status: number): void {
  bench.listener.answerWith((_received, response) => {
    response.statusCode = status;
    response.end('what the shop says');
  });
}

async function firstReceived(kind?: PortOneFaultKind): Promise<Received | undefined> {
  if (kind) bench.simulator.portone.armFault({ kind });
  bench.paid();
  await bench.simulator.portone.deliverWebhooks();
  return bench.listener.received[0];
}

describe('the vectors', () => {
  const B2 =
    '{"type":"Transaction.Cancelled","timestamp":"2024-04-25T10:00:00.000Z","data":{"paymentId":"example-payment-id","storeId":"store-ae356798-3d20-4969-b739-14c6b0e1a667","transactionId":"55451513-9763-4a7a-bb43-78a4c65be843","cancellationId":"0cdd91e9-4e7c-44a3-a72e-1a6511826c2b"}}';
  const B3 =
    '{"type":"charge.paid","timestamp":"2026-11-28T05:00:00.000Z","data":{"orderNo":"ord_01JDX8","amount":15000,"orderName":"월간 이용권"}}';
  const escaped = B3.replace('월간 이용권', '\\uc6d4\\uac04 \\uc774\\uc6a9\\uad8c');
  const V = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330] as const;
  const P = ['pzQGE83cSIRKM4/WH5QY+g==', 'dummy-webhook-id', 1_714_039_200] as const;
  const O = ['whsec_C2FtcGxlLXNlY3JldC1mb3ItdGVzdHMtMDAwMDE=', 'msg_2mZ8tB1cQ4w7', 1_795_842_000] as const;
  const VECTORS = [
    ['V1', ...V, '{"test": 2432232314}', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ['P1', ...P, '{"test":"test payload"}', 'v1,AMuZERspSjUAnx8CvPtk1FoKRwbyI5Dg3Uj9585DiMQ='],
    ['P2', ...P, B2, 'v1,WcpSrH93A5Nq8FBp6WrpXA90yfYzfsbFptlaKixYHQ0='],
    ['O1', ...O, B3, 'v1,CD3akUa7RnDZ4jDLa1w3oD/s0Iwcbxzv7Sf5zx2Qc1s='],
    ['O2', NEW_SECRET, O[1], O[2], B3, 'v1,1c7QYE448MtK2W9WGA5JHGH9jA9bHSsH217lickhS2Q='],
    ['O3', ...O, `${B3}\n`, 'v1,K+rEi3WzXGIV1cTT/PGWjCygd9OW7fubv9ymk3Dip1o='],
    ['O4', ...O, escaped, 'v1,WbHjXSvHlq9gThwRY3VzMCJ9w8mLFBtGvIhZmlPYKW4='],
    ['O5', ...O, '', 'v1,dJ0TpJ1rTeXGtBuC3smD3lAbalLXTKYpxYXWPjBbiFM='],
  ] as const;

  test.each(VECTORS)('%s is signed as written, by the simulator and by the reference library', (_name, ...vector) => {
    const [secret, id, timestamp, body, expected] = vector;
    expect(signature(secret, id, timestamp, body)).toBe(expected);
    expect(new Webhook(secret).sign(id, new Date(timestamp * 1000), body)).toBe(expected);
  });

  test('the mistaken ones are what the article computes', () => {
    expect(mistakenSignature(V[0], V[1], V[2], '{"test": 2432232314}')).toBe(
      'v1,TcxlhK9b6UD6iVI1ZU2tTqp8PEVfYRseNNfa6b+LcUg=',
    );
    expect(mistakenSignature(P[0], P[1], P[2], '{"test":"test payload"}')).toBe(
      'v1,hq40UaMhsYgIXDyJXrAR/8KS10reXfRlaBdp+qVEutM=',
    );
  });
});

describe('a message', () => {
  test('is of the page’s form, and two verifiers take it: the vendor’s own and the reference library', async () => {
    const paymentId = bench.paid();
    expect(bench.listener.received).toEqual([]);
    await bench.simulator.control.advance(300);
    expect(types()).toEqual(['Transaction.Ready', 'Transaction.Paid']);
    const [, paid] = bench.listener.received;
    expect(JSON.parse(paid?.body ?? '')).toEqual({
      type: 'Transaction.Paid',
      timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      data: { storeId: STORE_ID, paymentId, transactionId: (await lookedUp(bench, paymentId)).transactionId },
    });
    expect(paid?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^[^.]+$/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
    expect(await verdict(paid)).toBe('Transaction.Paid');
    const verified = new Webhook(LIVE_SECRET).verify(paid?.body ?? '', paid?.headers as Record<string, string>);
    expect(verified).toMatchObject({ type: 'Transaction.Paid' });
    expect(await verdict(paid, NEW_SECRET)).toBe('NO_MATCHING_SIGNATURE');
    expect(await verdict(paid && { ...paid, body: `${paid.body}\n` })).toBe('NO_MATCHING_SIGNATURE');
  });

  test('is signed by each secret that lives when it leaves', async () => {
    bench.simulator.portone.setWebhooks({ secrets: [LIVE_SECRET, NEW_SECRET] });
    const received = await firstReceived();
    expect(await verdict(received, LIVE_SECRET)).toBe('Transaction.Ready');
    expect(await verdict(received, NEW_SECRET)).toBe('Transaction.Ready');
    bench.simulator.portone.setWebhooks({ secrets: [NEW_SECRET] });
    await bench.simulator.portone.sendWebhook(1);
    expect(await verdict(bench.listener.received.at(-1), LIVE_SECRET)).toBe('NO_MATCHING_SIGNATURE');
    expect(await verdict(bench.listener.received.at(-1), NEW_SECRET)).toBe('Transaction.Ready');
  });

  test('about a test channel’s payment is signed by the secrets of tests', async () => {
    bench.paid({ channelKey: TOSS_TEST });
    await bench.simulator.portone.deliverWebhooks();
    const [received] = bench.listener.received;
    expect(await verdict(received, LIVE_SECRET)).toBe('NO_MATCHING_SIGNATURE');
    expect(await verdict(received, TEST_SECRET)).toBe('Transaction.Ready');
  });

  test('goes where the payment’s own noticeUrls say, in place of the store’s address', async () => {
    const [one, two] = [`${bench.listener.url}/one`, `${bench.listener.url}/two`];
    bench.paid({ noticeUrls: [one, two] });
    await bench.simulator.portone.deliverWebhooks();
    const paths = bench.listener.received.map(({ path }) => path.split('/').at(-1));
    expect(paths).toEqual(['one', 'two', 'one', 'two']);
    bench.simulator.portone.setWebhooks({ url: null });
    bench.paid();
    expect(await bench.simulator.portone.deliverWebhooks()).toBe(0);
  });

  test('of 2024-01-01 has the old members under the same headers', async () => {
    bench.simulator.portone.setWebhooks({ version: '2024-01-01' });
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    const received = bench.listener.received.at(-1);
    const { transactionId } = await lookedUp(bench, paymentId);
    expect(JSON.parse(received?.body ?? '')).toEqual({ payment_id: paymentId, tx_id: transactionId, status: 'Paid' });
    expect(await verdict(received)).toBe('undefined');
  });
});

test.each([
  ['webhook-decoys', 'Transaction.Ready'],
  ['webhook-mistaken', 'NO_MATCHING_SIGNATURE'],
  ['webhook-other-secret', 'NO_MATCHING_SIGNATURE'],
  ['webhook-stale', 'TIMESTAMP_TOO_OLD'],
] as const)('%s: the vendor’s verifier says %s', async (kind, expected) => {
  const received = await firstReceived(kind);
  expect(await verdict(received)).toBe(expected);
});

test('the good signature among others is found by both', async () => {
  const received = await firstReceived('webhook-decoys');
  expect(String(received?.headers['webhook-signature']).split(' ')).toHaveLength(5);
  const headers = received?.headers as Record<string, string>;
  expect(new Webhook(LIVE_SECRET).verify(received?.body ?? '', headers)).toMatchObject({ type: 'Transaction.Ready' });
});

test('webhook-header-twice: both verifiers refuse what came of the two', async () => {
  const received = await firstReceived('webhook-header-twice');
  const [one, other] = String(received?.headers['webhook-id']).split(', ');
  expect(one).toBe(other);
  expect(await verdict(received)).toBe('NO_MATCHING_SIGNATURE');
  const twice = { ...received?.headers, 'webhook-id': [one, other] } as unknown as Record<string, string>;
  expect(await verdict(received && { ...received, headers: twice })).toBe('MISSING_REQUIRED_HEADERS');
});

describe('what happens to a payment', () => {
  const told = async (act: (paymentId: string) => unknown, members: Json = {}): Promise<Json[]> => {
    const wanted = bench.order(members);
    bench.simulator.portone.openPayment(wanted);
    await act(wanted.paymentId as string);
    await bench.simulator.portone.deliverWebhooks();
    return bench.messages();
  };
  test('is told by its type', async () => {
    const control = bench.simulator.portone;
    const cases: [string[], (paymentId: string) => unknown, Json?][] = [
      [['Ready', 'Failed'], (id) => control.leave(id)],
      [['Ready', 'Failed', 'Paid'], (id) => (control.decline(id), control.payLate(id))],
      [['Ready', 'PayPending', 'Paid'], (id) => (control.pend(id), control.settle(id, true))],
      [
        ['Ready', 'VirtualAccountIssued', 'Paid'],
        (id) => (control.pay(id), control.deposit(id)),
        { payMethod: 'VIRTUAL_ACCOUNT' },
      ],
      [
        ['Ready', 'Paid', 'DisputeCreated', 'DisputeResolved'],
        (id) => (control.pay(id), control.dispute(id), control.dispute(id, true)),
      ],
    ];
    for (const [expected, act, members] of cases) {
      bench.listener.received.length = 0;
      expect((await told(act, members)).map(({ type }) => type)).toEqual(expected.map((one) => `Transaction.${one}`));
    }
  });

  test('cancellations have their ids', async () => {
    const paymentId = bench.paid();
    const cancel = async (amount: number): Promise<unknown> =>
      ((await bench.sdk.payment.cancelPayment({ paymentId, reason: 'x', amount })).cancellation as Json).id;
    bench.simulator.portone.armFault({ kind: 'cancel-pending' });
    const [pending, part] = [await cancel(100), await cancel(200)];
    bench.simulator.portone.endCancels(paymentId, true);
    const rest = await cancel(9600);
    await bench.simulator.portone.deliverWebhooks();
    const cancels = bench.messages().filter(({ data }) => data.cancellationId !== undefined);
    expect(cancels.map(({ type, data }) => [type, data.cancellationId])).toEqual([
      ['Transaction.CancelPending', pending],
      ['Transaction.PartialCancelled', part],
      ['Transaction.PartialCancelled', pending],
      ['Transaction.Cancelled', rest],
    ]);
  });

  test('is not told where that was wished', async () => {
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    const before = bench.messages().length;
    await bench.sdk.payment.cancelPayment({ paymentId, reason: 'x', skipWebhook: true });
    expect(await bench.simulator.portone.deliverWebhooks()).toBe(0);
    expect(bench.messages()).toHaveLength(before);
  });
});

/** As the vendor's sample of a shop does it: the raw text is verified, the payment looked up, and held against the order. */
function answerAsTheSample(secret: string): void {
  bench.listener.answerWith(async ({ body, headers }, response) => {
    try {
      const message = await verify(secret, body, headers);
      const { paymentId } = (message as { data: { paymentId: string } }).data;
      const payment = await lookedUp(bench, paymentId);
      const isTheOrder = payment.orderName === '신발' && payment.amount.total === 1000 && payment.currency === 'KRW';
      const isOurs = payment.status !== 'PAID' || (isTheOrder && payment.customData === '{"item":"shoes"}');
      response.statusCode = isOurs ? 200 : 500;
    } catch (error) {
      response.statusCode = error instanceof WebhookVerificationError ? 400 : 500;
    }
    response.end();
  });
}

test('a shop made as the vendor’s sample takes what is good with 200, and refuses what is bad with 400', async () => {
  answerAsTheSample(LIVE_SECRET);
  bench.paid({ orderName: '신발', totalAmount: 1000, customData: { item: 'shoes' } });
  await bench.simulator.portone.deliverWebhooks();
  expect(bench.simulator.portone.webhooks()).toMatchObject([
    { event: 'Transaction.Ready', state: 'Delivered' },
    { event: 'Transaction.Paid', state: 'Delivered' },
  ]);
  for (const kind of ['webhook-mistaken', 'webhook-other-secret', 'webhook-stale'] as const) {
    bench.simulator.portone.armFault({ kind });
    bench.simulator.portone.openPayment(bench.order());
    await bench.simulator.portone.deliverWebhooks();
    const last = bench.simulator.portone.webhooks().at(-1);
    expect(last).toMatchObject({ state: 'Planned', attempts: [{ status: 400 }] });
    await bench.simulator.portone.deliverWebhooks();
  }
});

describe('resending', () => {
  test.each([201, 204, 302, 400, 500])(
    'an answer of %d does not count: it comes again by the table, with jitter, then no more',
    async (status) => {
      answerWith(status);
      bench.simulator.portone.openPayment(bench.order());
      await bench.simulator.control.advance(300);
      expect(bench.listener.received).toHaveLength(1);
      for (const [at, minutes] of [1, 4, 16, 64, 256].entries()) {
        const [{ nextAt, attempts } = { nextAt: null, attempts: [] }] = bench.simulator.portone.webhooks();
        const waitMs = Date.parse(nextAt ?? '') - Date.parse(attempts.at(-1)?.sentAt ?? '');
        expect(waitMs).toBeGreaterThanOrEqual(minutes * MINUTE_MS);
        expect(waitMs).toBeLessThanOrEqual(minutes * MINUTE_MS * 1.1);
        await bench.simulator.control.advance(waitMs - 1);
        expect(bench.listener.received).toHaveLength(at + 1);
        await bench.simulator.control.advance(1);
        expect(bench.listener.received).toHaveLength(at + 2);
      }
      await bench.simulator.control.advance(48 * HOUR_MS);
      expect(bench.listener.received).toHaveLength(6);
      const { received } = bench.listener;
      expect(new Set(received.map(({ headers, body }) => `${String(headers['webhook-id'])} ${body}`)).size).toBe(1);
      expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(6);
      expect(bench.simulator.portone.webhooks()).toMatchObject([{ state: 'GivenUp', nextAt: null }]);
    },
  );

  test('the first 200 ends it, and a lookup shows what was sent and answered', async () => {
    const wanted = bench.order();
    answerWith(503);
    bench.simulator.portone.openPayment(wanted);
    await bench.simulator.control.advance(300);
    const shown = async (): Promise<Json> => (await lookedUp(bench, wanted.paymentId)).webhooks as Json;
    expect(await shown()).toEqual([
      {
        paymentStatus: 'READY',
        id: bench.listener.received[0]?.headers['webhook-id'],
        status: 'FAILED_NOT_OK_RESPONSE',
        url: bench.listener.url,
        isAsync: true,
        currentExecutionCount: 1,
        maxExecutionCount: 6,
        request: { body: bench.listener.received[0]?.body, requestedAt: expect.any(String) },
        response: { code: '503', header: '', body: 'what the shop says', respondedAt: expect.any(String) },
        triggeredAt: expect.any(String),
      },
    ]);
    answerWith(200);
    await bench.simulator.control.advance(2 * MINUTE_MS);
    await bench.simulator.control.advance(48 * HOUR_MS);
    expect(bench.listener.received).toHaveLength(2);
    expect(await shown()).toMatchObject([{ status: 'SUCCEEDED', currentExecutionCount: 2 }]);
  });

  test('the vendor’s call sends the latest again, or the named one, under the same id', async () => {
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    const { webhook } = await bench.sdk.payment.resendWebhook({ paymentId });
    expect(webhook).toMatchObject({ status: 'SUCCEEDED', trigger: 'MANUAL', currentExecutionCount: 2 });
    const [ready, , again] = bench.listener.received;
    expect(again?.headers['webhook-id']).toBe(webhook.id);
    expect(JSON.parse(again?.body ?? '')).toMatchObject({ type: 'Transaction.Paid' });
    const webhookId = String(ready?.headers['webhook-id']);
    expect((await bench.sdk.payment.resendWebhook({ paymentId, webhookId })).webhook.id).toBe(webhookId);
    const resend = (more: object = {}): Promise<string> =>
      refusalOf(bench.sdk.payment.resendWebhook({ paymentId, ...more }));
    expect(await resend({ webhookId: 'none' })).toBe('WEBHOOK_NOT_FOUND');
    expect(await refusalOf(bench.sdk.payment.resendWebhook({ paymentId: 'none' }))).toBe('PAYMENT_NOT_FOUND');
    for (let at = 0; at < 4; at += 1) expect(await resend()).toBe('done');
    expect(await resend()).toBe('MAX_WEBHOOK_RETRY_COUNT_REACHED');
  });
});

describe('what PortOne never sent', () => {
  test('comes unsigned, or signed by the console’s own test', async () => {
    const { url } = bench.listener;
    await bench.simulator.portone.forgeWebhook(url, '{"imp_uid":"imp_1","merchant_uid":"order-1"}');
    expect(await verdict(bench.listener.received.at(-1))).toBe('MISSING_REQUIRED_HEADERS');
    await bench.simulator.portone.forgeWebhook(url, '{"type":"Test"}', 'LIVE');
    expect(await verdict(bench.listener.received.at(-1))).toBe('Test');
    await bench.simulator.portone.forgeWebhook(url, 'no JSON', 'TEST');
    await expect(verdict(bench.listener.received.at(-1), TEST_SECRET)).rejects.toThrow('is not valid JSON');
    await expect(bench.simulator.portone.forgeWebhook('nowhere', '{}')).rejects.toThrow('url');
  });
});

test('settings that are none are refused', () => {
  const set = (change: Json) => () => bench.simulator.portone.setWebhooks(change);
  expect(set({ url: 'nowhere' })).toThrow('url');
  expect(set({ secrets: ['no base64!'] })).toThrow('secrets');
  expect(set({ version: '2025-01-01' })).toThrow('version');
});
