import { SECOND_TOSS_MERCHANT } from '../../../simulator';
import { DAY_MS } from '../../../simulator/shared/durations';
import { until } from '../../support/until';
import { codeOf, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeAll(async () => {
  bench = await openTossBench();
});
afterAll(() => bench.close());
afterEach(() => bench.simulator.toss.disarmAllFaults());

const KEY = { 'Idempotency-Key': '7c9b2a54-0000-4000-8000-000000000001' };
let keys = 0;
const freshKey = (): Record<string, string> => ({ 'Idempotency-Key': `key-${(keys += 1)}` });

const book = (orderId: string): object[] => bench.simulator.toss.bookOfOrder(orderId);

test('a repeated call is answered with the same bytes, its key echoed, and done once', async () => {
  const returned = await bench.authenticated();
  const [first, again] = [await bench.shop.confirm(returned, KEY), await bench.shop.confirm(returned, KEY)];
  expect(first.status).toBe(200);
  expect([again.status, again.body.toString()]).toEqual([200, first.body.toString()]);
  for (const answer of [first, again]) expect(answer.headers['idempotency-key']).toBe(KEY['Idempotency-Key']);
  expect(book(returned.orderId)).toMatchObject([{ approvals: 1 }]);
});

test('the body is not part of it: another one gets the first answer', async () => {
  const payment = await bench.paid();
  const key = freshKey();
  const first = await bench.shop.cancel(payment.paymentKey, { cancelAmount: 1000 }, key);
  const other = await bench.shop.cancel(payment.paymentKey, { cancelAmount: 2000 }, key);
  expect(other.body.toString()).toBe(first.body.toString());
  expect(book(payment.orderId)).toMatchObject([{ canceledAmount: 1000 }]);
});

test('a refusal stays bound to its key, also for a corrected body', async () => {
  const payment = await bench.paid();
  const key = freshKey();
  const refused = await bench.shop.cancel(payment.paymentKey, { cancelAmount: 99_999 }, key);
  expect(codeOf(refused)).toBe('403 NOT_CANCELABLE_AMOUNT');
  const corrected = await bench.shop.cancel(payment.paymentKey, { cancelAmount: 100 }, key);
  expect(corrected.body.toString()).toBe(refused.body.toString());
  expect(readOk(await bench.shop.cancel(payment.paymentKey, { cancelAmount: 100 }, freshKey()))).toMatchObject({
    balanceAmount: 14_900,
  });
});

test('a key belongs to its address and its contract', async () => {
  const key = freshKey();
  const [one, other] = [await bench.paid(), await bench.paid()];
  expect(readOk(await bench.shop.cancel(one.paymentKey, {}, key)).orderId).toBe(one.orderId);
  expect(readOk(await bench.shop.cancel(other.paymentKey, {}, key)).orderId).toBe(other.orderId);
  const elsewhere = bench.shop.with(SECOND_TOSS_MERCHANT.secretKey);
  expect(codeOf(await elsewhere.cancel(one.paymentKey, {}, key))).toBe('404 NOT_FOUND_PAYMENT');
});

test('a raw billing key and an encoded one are one address', async () => {
  const { billingKey } = await bench.billingKey();
  const key = freshKey();
  const body = { customerKey: 'customer-1', amount: 9900, orderId: 'sub42-202612-r9', orderName: '월간 이용권' };
  const encoded = await bench.shop.charge(billingKey, body, key);
  const raw = await bench.shop.post(`/v1/billing/${String(billingKey)}`, body, key);
  expect(readOk(raw)).toEqual(readOk(encoded));
  expect(book(body.orderId)).toMatchObject([{ approvals: 1 }]);
});

test('lookups know nothing of it', async () => {
  const payment = await bench.paid();
  const key = freshKey();
  await bench.shop.get(`/v1/payments/${payment.paymentKey}`, key);
  await bench.shop.cancel(payment.paymentKey, {});
  const later = await bench.shop.get(`/v1/payments/${payment.paymentKey}`, key);
  expect(readOk(later).status).toBe('CANCELED');
  expect(later.headers['idempotency-key']).toBeUndefined();
});

test('a failure of the service binds nothing: the same key tries again', async () => {
  const returned = await bench.authenticated();
  const key = freshKey();
  bench.simulator.toss.armFault({ kind: 'call-failing', call: 'confirm' });
  expect(codeOf(await bench.shop.confirm(returned, key))).toBe('500 FAILED_INTERNAL_SYSTEM_PROCESSING');
  expect(readOk(await bench.shop.confirm(returned, key)).status).toBe('DONE');
});

test('what was done and never answered is answered to the same key, once done', async () => {
  const returned = await bench.authenticated();
  const key = freshKey();
  bench.simulator.toss.armFault({ kind: 'answer-lost', call: 'confirm' });
  expect((await bench.shop.confirm(returned, key)).status).toBeNull();
  expect(readOk(await bench.shop.confirm(returned, key)).status).toBe('DONE');
  expect(codeOf(await bench.shop.confirm(returned, freshKey()))).toBe('400 ALREADY_PROCESSED_PAYMENT');
  expect(book(returned.orderId)).toMatchObject([{ approvals: 1 }]);
});

test('while the first call is under way its key is refused for the moment', async () => {
  const returned = await bench.authenticated();
  const key = freshKey();
  const { id } = bench.simulator.toss.armFault({ kind: 'answer-held', call: 'confirm' });
  const first = bench.shop.confirm(returned, key);
  await until('it is under way', () =>
    Promise.resolve(bench.simulator.toss.faults().some((fault) => fault.id === id && fault.struck > 0) || undefined),
  );
  expect(codeOf(await bench.shop.confirm(returned, key))).toBe('409 IDEMPOTENT_REQUEST_PROCESSING');
  bench.simulator.toss.disarmFault(id);
  const payment: Json = readOk(await first);
  expect(readOk(await bench.shop.confirm(returned, key))).toEqual(payment);
});

test('a key of 300 characters is one, a longer one none', async () => {
  const returned = await bench.authenticated();
  const tooLong = await bench.shop.confirm(returned, { 'Idempotency-Key': 'k'.repeat(301) });
  expect(codeOf(tooLong)).toBe('400 INVALID_IDEMPOTENCY_KEY');
  expect(readOk(await bench.shop.confirm(returned, { 'Idempotency-Key': 'k'.repeat(300) })).status).toBe('DONE');
});

test('after fifteen days a key is forgotten', async () => {
  const payment = await bench.paid();
  const key = freshKey();
  const first = readOk(await bench.shop.cancel(payment.paymentKey, { cancelAmount: 1000 }, key));
  await bench.simulator.control.advance(15 * DAY_MS - 1);
  expect(readOk(await bench.shop.cancel(payment.paymentKey, { cancelAmount: 1000 }, key))).toEqual(first);
  await bench.simulator.control.advance(1);
  expect(readOk(await bench.shop.cancel(payment.paymentKey, { cancelAmount: 1000 }, key)).balanceAmount).toBe(13_000);
});
