import { until } from '../../support/until';
import type { TossFaultKind } from '../../../simulator/toss/faults/catalogue';
import { read, codeOf, MINUTE_MS, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(async () => {
  bench.simulator.toss.disarmAllFaults();
  await bench.close();
});

const arm = (kind: TossFaultKind, more: Json = {}): number => bench.simulator.toss.armFault({ kind, ...more }).id;
const approvalsOf = (orderId: string): number => bench.simulator.toss.bookOfOrder(orderId)[0]?.approvals ?? 0;
const rows = async (): Promise<Json[]> =>
  readOk(await bench.shop.get('/v1/transactions?startDate=2000-01-01&endDate=2100-01-01')) as unknown as Json[];

async function delivered(): Promise<Json[]> {
  await bench.simulator.toss.deliverWebhooks();
  return bench.messages();
}

test('call-refused', async () => {
  const returned = await bench.authenticated();
  arm('call-refused', { options: { code: 'FDS_ERROR', status: 403 } });
  expect(codeOf(await bench.shop.confirm(returned))).toBe('403 FDS_ERROR');
  expect(approvalsOf(returned.orderId)).toBe(0);
  arm('call-refused', { options: { code: 'REJECT_CARD_PAYMENT' } });
  expect(codeOf(await bench.shop.confirm(returned))).toBe('403 REJECT_CARD_PAYMENT');
});

test('call-failing', async () => {
  const returned = await bench.authenticated();
  arm('call-failing', { options: { status: 503 } });
  expect((await bench.shop.confirm(returned)).status).toBe(503);
  expect(approvalsOf(returned.orderId)).toBe(0);
});

test('call-cut', async () => {
  const returned = await bench.authenticated();
  arm('call-cut');
  expect((await bench.shop.confirm(returned)).status).toBeNull();
  expect(approvalsOf(returned.orderId)).toBe(0);
});

test('call-html', async () => {
  const returned = await bench.authenticated();
  arm('call-html');
  const answer = await bench.shop.confirm(returned);
  expect([answer.status, answer.headers['content-type']]).toEqual([502, 'text/html']);
  expect(approvalsOf(returned.orderId)).toBe(0);
});

test('answer-slow', async () => {
  const returned = await bench.authenticated();
  arm('answer-slow', { options: { delayMs: 50 } });
  const startedMs = performance.now();
  expect(readOk(await bench.shop.confirm(returned)).status).toBe('DONE');
  expect(performance.now() - startedMs).toBeGreaterThan(45);
});

test('answer-held', async () => {
  const returned = await bench.authenticated();
  const id = arm('answer-held');
  const answered = bench.shop.confirm(returned);
  await until('it is done', () => Promise.resolve(approvalsOf(returned.orderId) || undefined));
  bench.simulator.toss.disarmFault(id);
  expect(readOk(await answered).status).toBe('DONE');
});

test('answer-lost', async () => {
  const returned = await bench.authenticated();
  arm('answer-lost');
  expect((await bench.shop.confirm(returned)).status).toBeNull();
  expect(approvalsOf(returned.orderId)).toBe(1);
});

test('answer-truncated', async () => {
  const returned = await bench.authenticated();
  arm('answer-truncated', { options: { share: 0.25 } });
  const answer = await bench.shop.confirm(returned);
  expect([answer.status, answer.complete]).toEqual([200, false]);
  expect(answer.body.length).toBeGreaterThan(0);
  expect(approvalsOf(returned.orderId)).toBe(1);
});

test('answer-drip', async () => {
  const returned = await bench.authenticated();
  arm('answer-drip', { options: { bytes: 512, everyMs: 1 } });
  expect(readOk(await bench.shop.confirm(returned)).status).toBe('DONE');
});

test('answer-failing', async () => {
  const returned = await bench.authenticated();
  arm('answer-failing');
  expect(codeOf(await bench.shop.confirm(returned))).toBe('500 FAILED_INTERNAL_SYSTEM_PROCESSING');
  expect(approvalsOf(returned.orderId)).toBe(1);
});

test('answer-refused', async () => {
  const returned = await bench.authenticated();
  arm('answer-refused');
  expect(codeOf(await bench.shop.confirm(returned))).toBe('429 FORBIDDEN_CONSECUTIVE_REQUEST');
  expect(approvalsOf(returned.orderId)).toBe(1);
});

test('answer-html', async () => {
  const returned = await bench.authenticated();
  arm('answer-html', { options: { status: 504 } });
  expect((await bench.shop.confirm(returned)).status).toBe(504);
  expect(approvalsOf(returned.orderId)).toBe(1);
});

test.each<[TossFaultKind, Json, Json]>([
  ['answer-other-amount', { byWon: 100 }, { totalAmount: 15_100 }],
  ['answer-other-order', {}, { orderId: 'order-of-somebody-else' }],
  ['answer-other-status', { status: 'ABORTED' }, { status: 'ABORTED' }],
  ['answer-other-currency', {}, { currency: 'USD' }],
  ['answer-unknown-members', {}, { newSince2027: { 가: 1 } }],
])('%s: a payment is answered otherwise than it was made', async (kind, options, expected) => {
  const returned = await bench.authenticated();
  arm(kind, { options });
  expect(readOk(await bench.shop.confirm(returned))).toMatchObject(expected);
  const { orderId } = returned;
  const made = { totalAmount: 15_000, orderId, status: 'DONE', currency: 'KRW' };
  expect(readOk(await bench.shop.lookup(returned.paymentKey))).toMatchObject(made);
});

test('lookup-absent', async () => {
  const { paymentKey, orderId } = await bench.paid();
  arm('lookup-absent', { times: 2 });
  expect(codeOf(await bench.shop.lookup(paymentKey))).toBe('404 NOT_FOUND_PAYMENT');
  expect(codeOf(await bench.shop.get(`/v1/payments/orders/${String(orderId)}`))).toBe('404 NOT_FOUND_PAYMENT');
  expect(readOk(await bench.shop.lookup(paymentKey)).status).toBe('DONE');
});

test('lookup-stale', async () => {
  const { paymentKey } = await bench.paid();
  await bench.shop.cancel(paymentKey, {});
  arm('lookup-stale');
  expect(readOk(await bench.shop.lookup(paymentKey))).toMatchObject({
    status: 'DONE',
    cancels: null,
    balanceAmount: 15_000,
  });
  expect(readOk(await bench.shop.lookup(paymentKey))).toMatchObject({ status: 'CANCELED', balanceAmount: 0 });
});

test('transactions-missing', async () => {
  for (let count = 0; count < 3; count += 1) await bench.paid();
  arm('transactions-missing', { options: { rows: 2 } });
  expect(await rows()).toHaveLength(1);
  expect(await rows()).toHaveLength(3);
});

test('transactions-amount-altered', async () => {
  await bench.paid();
  arm('transactions-amount-altered', { options: { byWon: 7 } });
  expect(await rows()).toMatchObject([{ amount: 15_007 }]);
  expect(await rows()).toMatchObject([{ amount: 15_000 }]);
});

test('transactions-negative-cancels', async () => {
  const { paymentKey } = await bench.paid();
  await bench.shop.cancel(paymentKey, { cancelAmount: 4000 });
  arm('transactions-negative-cancels');
  expect((await rows()).map(({ amount }) => amount)).toEqual([15_000, -4000]);
  expect((await rows()).map(({ amount }) => amount)).toEqual([15_000, 4000]);
});

test('webhook-lost', async () => {
  arm('webhook-lost');
  await bench.paid();
  expect(await delivered()).toEqual([]);
  await bench.simulator.control.advance(MINUTE_MS);
  expect(bench.messages()).toHaveLength(1);
});

test('webhook-duplicated', async () => {
  arm('webhook-duplicated', { options: { copies: 4 } });
  await bench.paid();
  expect(await delivered()).toHaveLength(4);
  expect(new Set(bench.listener.received.map(({ body }) => body)).size).toBe(1);
});

test('webhook-late', async () => {
  arm('webhook-late');
  await bench.paid();
  await bench.simulator.control.advance(10 * MINUTE_MS);
  expect(bench.messages()).toEqual([]);
  await bench.simulator.control.advance(300);
  expect(bench.messages()).toHaveLength(1);
});

test('webhook-out-of-order', async () => {
  arm('webhook-out-of-order');
  const { paymentKey } = await bench.paid();
  await bench.simulator.control.advance(300);
  expect(bench.messages()).toEqual([]);
  await bench.shop.cancel(paymentKey, {});
  await bench.simulator.control.advance(300);
  expect(bench.messages().map(({ data }) => data.status)).toEqual(['CANCELED', 'DONE']);
});

test('webhook-before-answer', async () => {
  const returned = await bench.authenticated();
  arm('webhook-before-answer', { call: 'confirm' });
  const { id } = bench.simulator.toss.armFault({ kind: 'answer-held', call: 'confirm' });
  const answered = bench.shop.confirm(returned);
  await until('it is told', () => Promise.resolve(bench.messages()[0]));
  bench.simulator.toss.disarmFault(id);
  expect(readOk(await answered).status).toBe('DONE');
  expect(bench.messages()).toMatchObject([{ data: { status: 'DONE', orderId: returned.orderId } }]);
});

test('webhook-contradicted', async () => {
  arm('webhook-contradicted');
  const { paymentKey } = await bench.paid();
  expect((await delivered()).map(({ data }) => data.status)).toEqual(['DONE', 'ABORTED']);
  expect(readOk(await bench.shop.lookup(paymentKey)).status).toBe('DONE');
});

test('webhook-thin', async () => {
  arm('webhook-thin');
  const { paymentKey, orderId } = await bench.paid();
  expect((await delivered())[0]?.data).toEqual({ paymentKey, status: 'DONE', orderId });
});

test('webhook-flat', async () => {
  arm('webhook-flat');
  const { paymentKey } = await bench.paid();
  const [message = {}] = await delivered();
  expect(message).toMatchObject({ eventType: 'PAYMENT_STATUS_CHANGED', paymentKey, status: 'DONE' });
  expect(message).not.toHaveProperty('data');
});

test('webhook-unknown-members', async () => {
  arm('webhook-unknown-members');
  await bench.paid();
  expect((await delivered())[0]).toMatchObject({ newSince2027: { 가: 1 } });
});

test('a fault strikes the call, or the order, that it was armed for', async () => {
  const [one, other] = [await bench.authenticated(), await bench.authenticated()];
  arm('call-refused', { orderId: other.orderId, options: { code: 'FDS_ERROR' } });
  expect(readOk(await bench.shop.confirm(one)).status).toBe('DONE');
  expect(read(await bench.shop.confirm(other)).code).toBe('FDS_ERROR');
  arm('call-failing', { call: 'cancel' });
  expect(readOk(await bench.shop.lookup(one.paymentKey)).status).toBe('DONE');
  expect((await bench.shop.cancel(one.paymentKey, {})).status).toBe(500);
});

test('what can’t be armed is refused', () => {
  expect(() => arm('no-such-fault' as TossFaultKind)).toThrow('unknown fault kind "no-such-fault"');
  expect(() => arm('call-cut', { call: 'no-such-call' })).toThrow('call must be one of');
  expect(() => arm('answer-slow', { options: { delayMs: '1' } })).toThrow('option delayMs must be a number');
  expect(bench.simulator.toss.faults()).toEqual([]);
});
