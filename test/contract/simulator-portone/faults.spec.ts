import type { PortOneFaultKind } from '../../../simulator';
import { CALLS } from '../../../simulator/portone/http/portone-call';
import { until } from '../../support/until';
import {
  HOUR_MS,
  lookedUp,
  MINUTE_MS,
  openPortOneBench,
  readOk,
  read,
  refusalOf,
  typeOf,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(async () => {
  bench.simulator.portone.disarmAllFaults();
  await bench.close();
});

const arm = (kind: PortOneFaultKind, more: Json = {}): number => bench.simulator.portone.armFault({ kind, ...more }).id;
const cancelledOf = (paymentId: string): number =>
  bench.simulator.portone.bookOfOrder(paymentId)[0]?.cancelledAmount ?? 0;
const cancel = (paymentId: string, body: Json = { amount: 3300 }) => bench.shop.cancel(paymentId, body);
const types = (): unknown[] => bench.messages().map(({ type }) => type);

describe('before anything is done', () => {
  test('call-refused', async () => {
    const paymentId = bench.paid();
    arm('call-refused', { options: { type: 'PG_PROVIDER', pgCode: 'REJECT_CARD_PAYMENT' } });
    const answer = await cancel(paymentId);
    expect(typeOf(answer)).toBe('502 PG_PROVIDER REJECT_CARD_PAYMENT');
    expect(read(answer).pgMessage).toEqual(expect.any(String));
    arm('call-refused', { options: { type: 'SINCE_NEXT_YEAR' } });
    expect(typeOf(await cancel(paymentId))).toBe('400 SINCE_NEXT_YEAR');
    arm('call-refused', { options: { type: 'FORBIDDEN', status: 418 } });
    expect(typeOf(await cancel(paymentId))).toBe('418 FORBIDDEN');
    expect(cancelledOf(paymentId)).toBe(0);
  });

  test('call-failing', async () => {
    const paymentId = bench.paid();
    arm('call-failing', { options: { status: 503 } });
    expect((await cancel(paymentId)).status).toBe(503);
    expect(cancelledOf(paymentId)).toBe(0);
  });

  test('call-cut', async () => {
    const paymentId = bench.paid();
    arm('call-cut');
    expect((await cancel(paymentId)).status).toBeNull();
    expect(cancelledOf(paymentId)).toBe(0);
  });

  test('call-html: the vendor’s own client throws a syntax error at it', async () => {
    const paymentId = bench.paid();
    arm('call-html', { times: 2 });
    const answer = await cancel(paymentId);
    expect([answer.status, answer.headers['content-type']]).toEqual([502, 'text/html']);
    await expect(bench.sdk.payment.cancelPayment({ paymentId, reason: 'x' })).rejects.toThrow('is not valid JSON');
    expect(cancelledOf(paymentId)).toBe(0);
  });
});

describe('in the answer', () => {
  test('answer-slow', async () => {
    const paymentId = bench.paid();
    arm('answer-slow', { options: { delayMs: 50 } });
    const startedMs = performance.now();
    readOk(await cancel(paymentId));
    expect(performance.now() - startedMs).toBeGreaterThan(45);
  });

  test('answer-held', async () => {
    const paymentId = bench.paid();
    const id = arm('answer-held');
    const answered = cancel(paymentId);
    await until('it is done', () => Promise.resolve(cancelledOf(paymentId) || undefined));
    bench.simulator.portone.disarmFault(id);
    expect(readOk(await answered).cancellation.totalAmount).toBe(3300);
  });

  test('answer-lost', async () => {
    const paymentId = bench.paid();
    arm('answer-lost', { call: 'cancel' });
    expect((await cancel(paymentId)).status).toBeNull();
    expect((await lookedUp(bench, paymentId)).amount.cancelled).toBe(3300);
  });

  test('answer-truncated', async () => {
    const paymentId = bench.paid();
    arm('answer-truncated', { options: { share: 0.25 } });
    const answer = await cancel(paymentId);
    expect([answer.status, answer.complete]).toEqual([200, false]);
    expect(cancelledOf(paymentId)).toBe(3300);
  });

  test('answer-drip', async () => {
    const paymentId = bench.paid();
    arm('answer-drip', { options: { bytes: 512, everyMs: 1 } });
    expect(readOk(await bench.shop.lookup(paymentId)).id).toBe(paymentId);
  });

  test.each([
    ['answer-failing', {}, 500],
    ['answer-failing', { status: 502 }, 502],
    ['answer-refused', {}, 429],
    ['answer-refused', { type: 'PAYMENT_NOT_PAID', status: 0 }, 409],
    ['answer-html', {}, 502],
  ] as const)('%s %j: done, and said to be not', async (kind, options, status) => {
    const paymentId = bench.paid();
    arm(kind, { options });
    expect((await cancel(paymentId)).status).toBe(status);
    expect(cancelledOf(paymentId)).toBe(3300);
  });

  test.each([
    ['answer-other-amount', { byWon: 100 }, { amount: { total: 10_000, paid: 10_000 } }],
    ['answer-other-payment', {}, { id: 'payment-of-somebody-else' }],
    ['answer-other-store', {}, { storeId: 'store-of-somebody-else' }],
    ['answer-other-status', {}, { status: 'PENDING' }],
    ['answer-other-currency', {}, { currency: 'USD' }],
    ['answer-test-channel', {}, { channel: { type: 'TEST' } }],
    ['answer-first-version', {}, { version: 'V1' }],
    ['answer-unknown-members', {}, { newSince2027: { 가: 1 }, riskScore: null }],
  ] as const)('%s', async (kind, options, expected) => {
    const paymentId = bench.paid();
    const before = await lookedUp(bench, paymentId);
    arm(kind, { options });
    expect(await lookedUp(bench, paymentId)).toMatchObject(expected);
    expect(await lookedUp(bench, paymentId)).toEqual(before);
  });
});

describe('in a lookup', () => {
  test('lookup-absent', async () => {
    const paymentId = bench.paid();
    arm('lookup-absent');
    expect(await refusalOf(lookedUp(bench, paymentId))).toBe('PAYMENT_NOT_FOUND');
    expect((await lookedUp(bench, paymentId)).status).toBe('PAID');
  });

  test('lookup-stale', async () => {
    const paymentId = bench.paid();
    readOk(await cancel(paymentId));
    arm('lookup-stale');
    const stale = await lookedUp(bench, paymentId);
    expect(stale).toMatchObject({ status: 'PAID', amount: { paid: 9900, cancelled: 0 }, disputes: [] });
    expect(stale).not.toHaveProperty('cancellations');
    expect((await lookedUp(bench, paymentId)).status).toBe('PARTIAL_CANCELLED');
  });

  test('lookup-behind', async () => {
    const paymentId = bench.paid();
    arm('lookup-behind');
    const behind = await lookedUp(bench, paymentId);
    expect(behind).toMatchObject({ status: 'READY', amount: { total: 9900, paid: 0 } });
    for (const member of ['channel', 'paidAt', 'method', 'pgTxId']) expect(behind).not.toHaveProperty(member);
  });
});

describe('in a cancellation', () => {
  test('cancel-pending', async () => {
    const paymentId = bench.paid();
    arm('cancel-pending', { options: { endsAs: 'FAILED', afterMs: HOUR_MS } });
    expect(readOk(await cancel(paymentId)).cancellation.status).toBe('REQUESTED');
    await bench.simulator.control.advance(HOUR_MS);
    expect((await lookedUp(bench, paymentId)).cancellations).toMatchObject([{ status: 'FAILED' }]);
  });

  test('cancel-declined', async () => {
    const paymentId = bench.paid();
    arm('cancel-declined', { options: { pgCode: 'ALREADY_CANCELED' } });
    expect(typeOf(await cancel(paymentId))).toBe('502 PG_PROVIDER ALREADY_CANCELED');
  });
});

describe('in a message', () => {
  test('webhook-lost', async () => {
    bench.paid();
    arm('webhook-lost');
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    expect(bench.messages().filter(({ data }) => data.paymentId === paymentId)).toMatchObject([
      { type: 'Transaction.Paid' },
    ]);
    await bench.simulator.control.advance(2 * MINUTE_MS);
    expect(bench.messages().filter(({ data }) => data.paymentId === paymentId)).toHaveLength(2);
  });

  test('webhook-duplicated', async () => {
    arm('webhook-duplicated');
    bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    expect(types()).toEqual([...Array<string>(6).fill('Transaction.Ready'), 'Transaction.Paid']);
    expect(new Set(bench.listener.received.slice(0, 6).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('webhook-late', async () => {
    arm('webhook-late', { options: { delayMs: HOUR_MS } });
    bench.paid();
    await bench.simulator.control.advance(HOUR_MS);
    expect(types()).toEqual(['Transaction.Paid']);
    await bench.simulator.control.advance(MINUTE_MS);
    expect(types()).toEqual(['Transaction.Paid', 'Transaction.Ready']);
  });

  test('webhook-out-of-order', async () => {
    arm('webhook-out-of-order');
    bench.paid();
    await bench.simulator.control.advance(300);
    expect(types()).toEqual(['Transaction.Paid', 'Transaction.Ready']);
  });

  test('webhook-before-answer', async () => {
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    arm('webhook-before-answer', { call: 'cancel' });
    arm('answer-lost', { call: 'cancel' });
    expect((await cancel(paymentId)).status).toBeNull();
    expect(types().at(-1)).toBe('Transaction.PartialCancelled');
  });

  test('webhook-contradicted', async () => {
    const wanted = bench.order();
    bench.simulator.portone.openPayment(wanted);
    arm('webhook-contradicted');
    bench.simulator.portone.pay(wanted.paymentId);
    await bench.simulator.portone.deliverWebhooks();
    expect(types()).toEqual(['Transaction.Ready', 'Transaction.Paid', 'Transaction.Failed']);
    const [, paid, failed] = bench.messages();
    expect(failed?.data.paymentId).toBe(paid?.data.paymentId);
    expect(failed?.data.transactionId).not.toBe(paid?.data.transactionId);
  });

  test('webhook-unknown-type', async () => {
    arm('webhook-unknown-type');
    bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    expect(types()).toEqual(['Transaction.SinceNextYear', 'Transaction.Paid']);
  });

  test('webhook-unknown-members', async () => {
    arm('webhook-unknown-members');
    bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    expect(bench.messages()[0]).toMatchObject({ type: 'Transaction.Ready', newSince2027: { 가: 1 } });
  });

  test('webhook-form-encoded', async () => {
    bench.simulator.portone.setWebhooks({ version: '2024-01-01' });
    arm('webhook-form-encoded');
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    const [form, json] = bench.listener.received;
    expect(form?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(form?.body))).toMatchObject({
      payment_id: paymentId,
      status: 'Ready',
    });
    expect(JSON.parse(json?.body ?? '')).toMatchObject({ payment_id: paymentId, status: 'Paid' });
  });

  // What these do to signatures is held against the verifiers in webhooks.spec.ts.
  test.each([
    'webhook-decoys',
    'webhook-mistaken',
    'webhook-other-secret',
    'webhook-stale',
    'webhook-header-twice',
  ] as const)('%s changes the headers, and no body', async (kind) => {
    arm(kind);
    const paymentId = bench.paid();
    await bench.simulator.portone.deliverWebhooks();
    expect(types()).toEqual(['Transaction.Ready', 'Transaction.Paid']);
    expect(bench.simulator.portone.webhooks()).toMatchObject([{ faults: [kind] }, { faults: [], paymentId }]);
  });
});

test('a fault aims at one kind of call, or one payment', async () => {
  const [one, other] = [bench.paid(), bench.paid()];
  arm('call-failing', { paymentId: other });
  readOk(await bench.shop.lookup(one));
  expect((await bench.shop.lookup(other)).status).toBe(500);
  arm('call-failing', { call: 'cancel' });
  readOk(await bench.shop.lookup(one));
  expect((await cancel(one)).status).toBe(500);
  expect(() => arm('call-failing', { call: 'approve' })).toThrow(CALLS.join(', '));
});

describe('in a list', () => {
  const events = async (): Promise<Json> => bench.sdk.payment.getAllPaymentEventsByCursor();

  test('list-rows-missing', async () => {
    const ids = [bench.paid(), bench.paid(), bench.paid()];
    arm('list-rows-missing', { times: 2, options: { rows: 2 } });
    expect((await events()).items).toMatchObject([{ paymentEvent: { paymentId: ids[2] } }]);
    expect((await bench.sdk.payment.getPayments()).items).toHaveLength(1);
    expect((await events()).items).toHaveLength(3);
  });

  test('list-amount-altered', async () => {
    bench.paid();
    bench.paid();
    arm('list-amount-altered', { times: 3, options: { byWon: 100 } });
    expect((await events()).items).toMatchObject([
      { paymentEvent: { eventAmount: 10_000 } },
      { paymentEvent: { eventAmount: 9900 } },
    ]);
    const paged = (await bench.sdk.payment.getPayments()).items as Json[];
    expect(paged.map(({ amount }) => amount.total)).toEqual([10_000, 9900]);
    const byCursor = (await bench.sdk.payment.getAllPaymentsByCursor()).items as Json[];
    expect(byCursor.map(({ payment }) => payment.amount.total)).toEqual([10_000, 9900]);
  });

  test('list-unreadable: the stable list stays as it is', async () => {
    bench.paid();
    arm('list-unreadable', { times: 2 });
    expect((await bench.sdk.payment.getPayments()).items).toHaveLength(1);
    expect(await events()).toEqual({ entries: [expect.any(Object)], next: null });
    expect(await bench.sdk.payment.getAllPaymentsByCursor()).not.toHaveProperty('items');
  });
});
