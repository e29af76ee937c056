import { until } from '../../support/until';
import { HOUR_MS, openPortOneBench, readOk, typeOf, type PortOneBench } from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(async () => {
  bench.simulator.portone.disarmAllFaults();
  await bench.close();
});

const KEY = 'rf-000007-5c1b9e20';
const keyed = (key: string): Record<string, string> => ({ 'Idempotency-Key': key });
const PART = { amount: 3300 };
const cancelledOf = (paymentId: string): number =>
  bench.simulator.portone.bookOfOrder(paymentId)[0]?.cancelledAmount ?? 0;

test('a call that was done is answered the same again, in quotes or bare, and done once', async () => {
  const paymentId = bench.paid();
  const first = await bench.shop.cancel(paymentId, PART, keyed(`"${KEY}"`));
  const again = await bench.shop.cancel(paymentId, PART, keyed(`"${KEY}"`));
  const bare = await bench.shop.cancel(paymentId, PART, keyed(KEY));
  expect(readOk(first).cancellation.totalAmount).toBe(3300);
  for (const one of [again, bare]) expect(one.body.equals(first.body)).toBe(true);
  expect(cancelledOf(paymentId)).toBe(3300);
});

test('without a key it is done twice', async () => {
  const paymentId = bench.paid();
  await bench.shop.cancel(paymentId, PART);
  await bench.shop.cancel(paymentId, PART);
  expect(cancelledOf(paymentId)).toBe(6600);
});

test('a refusal is repeated, too', async () => {
  const wanted = bench.order();
  bench.simulator.portone.openPayment(wanted);
  expect(typeOf(await bench.shop.cancel(wanted.paymentId, {}, keyed(KEY)))).toBe('409 PAYMENT_NOT_PAID');
  bench.simulator.portone.pay(wanted.paymentId);
  expect(typeOf(await bench.shop.cancel(wanted.paymentId, {}, keyed(KEY)))).toBe('409 PAYMENT_NOT_PAID');
  expect(cancelledOf(wanted.paymentId)).toBe(0);
});

test('what the payment company said no to is repeated, and it is asked once', async () => {
  const paymentId = bench.paid();
  bench.simulator.portone.armFault({ kind: 'cancel-declined' });
  const no = '502 PG_PROVIDER NOT_CANCELABLE_PAYMENT';
  expect(typeOf(await bench.shop.cancel(paymentId, {}, keyed(KEY)))).toBe(no);
  expect(typeOf(await bench.shop.cancel(paymentId, {}, keyed(KEY)))).toBe(no);
});

test('while the call is under way the key waits, and a lost answer is told by it', async () => {
  const paymentId = bench.paid();
  const { id } = bench.simulator.portone.armFault({ kind: 'answer-held' });
  const first = bench.shop.cancel(paymentId, PART, keyed(KEY));
  await until('it is done', () => Promise.resolve(cancelledOf(paymentId) || undefined));
  expect(typeOf(await bench.shop.cancel(paymentId, PART, keyed(KEY)))).toBe('409 IDEMPOTENCY_OUTSTANDING_REQUEST');
  bench.simulator.portone.disarmFault(id);
  const { cancellation } = readOk(await first);
  bench.simulator.portone.armFault({ kind: 'answer-lost' });
  expect((await bench.shop.cancel(paymentId, { amount: 100 }, keyed(`${KEY}-2`))).status).toBeNull();
  expect(readOk(await bench.shop.cancel(paymentId, { amount: 100 }, keyed(`${KEY}-2`))).cancellation.totalAmount).toBe(
    100,
  );
  expect(readOk(await bench.shop.cancel(paymentId, PART, keyed(KEY))).cancellation).toEqual(cancellation);
  expect(cancelledOf(paymentId)).toBe(3400);
});

test('what never began binds nothing', async () => {
  const paymentId = bench.paid();
  for (const kind of ['call-failing', 'call-cut', 'call-html', 'call-refused'] as const) {
    bench.simulator.portone.armFault({ kind });
    expect((await bench.shop.cancel(paymentId, PART, keyed(KEY))).status).not.toBe(200);
  }
  expect(cancelledOf(paymentId)).toBe(0);
  expect(readOk(await bench.shop.cancel(paymentId, PART, keyed(KEY))).cancellation.totalAmount).toBe(3300);
});

test('what was done and answered with an error is told by the same key', async () => {
  const paymentId = bench.paid();
  for (const kind of ['answer-failing', 'answer-refused', 'answer-html'] as const) {
    bench.simulator.portone.armFault({ kind });
    expect((await bench.shop.cancel(paymentId, { amount: 100 }, keyed(`${KEY}-${kind}`))).status).not.toBe(200);
    expect(
      readOk(await bench.shop.cancel(paymentId, { amount: 100 }, keyed(`${KEY}-${kind}`))).cancellation,
    ).toMatchObject({
      status: 'SUCCEEDED',
    });
  }
  expect(cancelledOf(paymentId)).toBe(300);
});

test('a key of another request is refused, and three hours later it is a new one', async () => {
  const [paymentId, other] = [bench.paid(), bench.paid()];
  readOk(await bench.shop.cancel(paymentId, PART, keyed(KEY)));
  expect(typeOf(await bench.shop.cancel(paymentId, { amount: 100 }, keyed(KEY)))).toBe('400 INVALID_REQUEST');
  expect(typeOf(await bench.shop.cancel(other, PART, keyed(KEY)))).toBe('400 INVALID_REQUEST');
  await bench.simulator.control.advance(3 * HOUR_MS - 1);
  readOk(await bench.shop.cancel(paymentId, PART, keyed(KEY)));
  expect(cancelledOf(paymentId)).toBe(3300);
  await bench.simulator.control.advance(1);
  readOk(await bench.shop.cancel(paymentId, PART, keyed(KEY)));
  expect(cancelledOf(paymentId)).toBe(6600);
});

test.each(['short', '"fifteen-letters"', 'k'.repeat(257), 'with a blank in it, long enough'])(
  'a key must be 16 to 256 characters: %s',
  async (key) => {
    const paymentId = bench.paid();
    expect(typeOf(await bench.shop.cancel(paymentId, PART, keyed(key)))).toBe('400 INVALID_REQUEST');
    expect(cancelledOf(paymentId)).toBe(0);
  },
);

test('a GET takes no notice of one', async () => {
  const paymentId = bench.paid();
  expect(readOk(await bench.shop.get(`/payments/${paymentId}`, keyed('short'))).status).toBe('PAID');
});
