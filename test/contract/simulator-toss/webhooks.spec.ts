import { startListener, type Listener } from '../simulator/support/listener';
import { bodyOf, MINUTE_MS, openTossBench, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(() => bench.close());

const HEADER = 'tosspayments-webhook-transmission';
const statuses = (): unknown[] => bench.messages().map(({ data, status }) => data?.status ?? status);

function answerWith(status: number): void {
  bench.listener.answerWith((_received, response) => {
    response.statusCode = status;
    response.end();
  });
}

test('a message leaves a moment after its event, with its headers, unsigned', async () => {
  await bench.paid();
  expect(bench.listener.received).toEqual([]);
  await bench.simulator.control.advance(300);
  const [{ headers } = { headers: {} }] = bench.listener.received;
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    [`${HEADER}-time`]: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/),
    [`${HEADER}-retried-count`]: '0',
    [`${HEADER}-id`]: expect.stringMatching(/^whtrans_/),
  });
  expect(Object.keys(headers).filter((name) => name.includes('signature'))).toEqual([]);
});

test.each([201, 204, 302, 400, 500])(
  'an answer of %d does not count: it comes again by the table, then no more',
  async (status) => {
    answerWith(status);
    await bench.paid();
    await bench.simulator.control.advance(300);
    for (const minutes of [1, 4, 16, 64, 256, 1024, 4096]) {
      const before = bench.listener.received.length;
      await bench.simulator.control.advance(minutes * MINUTE_MS - 1);
      expect(bench.listener.received).toHaveLength(before);
      await bench.simulator.control.advance(1);
      expect(bench.listener.received).toHaveLength(before + 1);
    }
    await bench.simulator.control.advance(30 * 24 * 60 * MINUTE_MS);
    const { received } = bench.listener;
    expect(received.map(({ headers }) => headers[`${HEADER}-retried-count`])).toEqual([...'01234567']);
    expect(new Set(received.map(({ headers, body }) => `${String(headers[`${HEADER}-id`])} ${body}`)).size).toBe(1);
    expect(bench.simulator.toss.webhooks()).toMatchObject([{ state: 'GivenUp', nextAt: null }]);
  },
);

test('the first 200 ends it', async () => {
  answerWith(503);
  await bench.paid();
  await bench.simulator.control.advance(300);
  answerWith(200);
  await bench.simulator.control.advance(MINUTE_MS);
  await bench.simulator.control.advance(30 * 24 * 60 * MINUTE_MS);
  expect(bench.listener.received).toHaveLength(2);
  expect(bench.simulator.toss.webhooks()).toMatchObject([
    { state: 'Delivered', attempts: [{ status: 503 }, { status: 200 }] },
  ]);
});

test('each address of the contract is told, each by itself', async () => {
  const second: Listener = await startListener();
  try {
    second.answerWith((_received, response) => {
      response.statusCode = 200;
      response.end();
    });
    answerWith(500);
    bench.simulator.toss.setWebhookUrls([bench.listener.url, second.url]);
    await bench.paid();
    await bench.simulator.toss.deliverWebhooks();
    expect(second.received.map(bodyOf).map(({ data }) => data)).toEqual(bench.messages().map(({ data }) => data));
    expect(bench.simulator.toss.webhooks().map(({ state }) => state)).toEqual(['Planned', 'Delivered']);
  } finally {
    await second.close();
  }
});

test('a billing charge tells nothing; its cancellation does', async () => {
  const { billingKey } = await bench.billingKey();
  const answer = await bench.shop.charge(billingKey, {});
  const payment = JSON.parse(answer.body.toString()) as Json;
  await bench.simulator.toss.deliverWebhooks();
  expect(bench.messages()).toEqual([]);
  await bench.shop.cancel(payment.paymentKey, { cancelAmount: 900 });
  await bench.simulator.toss.deliverWebhooks();
  expect(statuses()).toEqual(['PARTIAL_CANCELED']);
});

test('neither an open window nor a closed one tells anything; one that lapses does', async () => {
  const [opened, closed] = [bench.order(), bench.order()];
  bench.simulator.toss.openPayment(opened);
  bench.simulator.toss.close(bench.simulator.toss.openPayment(closed).id);
  await bench.simulator.toss.deliverWebhooks();
  expect(bench.messages()).toEqual([]);
  await bench.simulator.control.advance(30 * MINUTE_MS);
  await bench.simulator.toss.deliverWebhooks();
  expect(statuses()).toEqual(['EXPIRED', 'EXPIRED']);
});

test('a cancellation in the console is told as any other', async () => {
  const { orderId } = await bench.paid();
  bench.simulator.toss.cancelInConsole(orderId, { cancelAmount: 1000 });
  await bench.simulator.toss.deliverWebhooks();
  expect(bench.messages().at(-1)).toMatchObject({
    eventType: 'PAYMENT_STATUS_CHANGED',
    data: { status: 'PARTIAL_CANCELED', balanceAmount: 14_000, cancels: [{ cancelReason: '콘솔 취소' }] },
  });
  bench.simulator.toss.tellCancelStatus(orderId);
  await bench.simulator.toss.deliverWebhooks();
  expect(bench.messages().at(-1)).toMatchObject({
    eventType: 'CANCEL_STATUS_CHANGED',
    data: { cancelAmount: 1000, cancelStatus: 'DONE' },
  });
});

test('one message is sent again at will, and anybody may send what Toss never sent', async () => {
  await bench.paid();
  await bench.simulator.toss.deliverWebhooks();
  await bench.simulator.toss.sendWebhook(1, 3);
  expect(bench.listener.received).toHaveLength(4);
  expect(new Set(bench.listener.received.map(({ body }) => body)).size).toBe(1);
  const forged = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: 'order-9999', status: 'DONE' } };
  await bench.simulator.toss.forgeWebhook(bench.listener.url, forged);
  expect(bench.messages().at(-1)).toEqual(forged);
});
