import {
  HOUR_MS,
  lookedUp,
  openPortOneBench,
  readOk,
  refusalOf,
  typeOf,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench({ portoneMostCancels: 3 });
});
afterEach(() => bench.close());

const cancel = async (paymentId: string, more: object = {}): Promise<Json> =>
  (await bench.sdk.payment.cancelPayment({ paymentId, reason: '고객 요청', ...more })).cancellation;
const refused = (paymentId: string, more: object = {}): Promise<string> => refusalOf(cancel(paymentId, more));

test('a part is answered with every member of the page’s example, and a lookup tells of it', async () => {
  const paymentId = bench.paid();
  const wanted = { amount: 3300, taxFreeAmount: 0, currentCancellableAmount: 9900, requester: 'ADMIN' };
  const cancellation = await cancel(paymentId, wanted);
  expect(cancellation).toEqual({
    status: 'SUCCEEDED',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    pgCancellationId: expect.any(String),
    totalAmount: 3300,
    taxFreeAmount: 0,
    vatAmount: 300,
    reason: '고객 요청',
    cancelledAt: expect.stringMatching(/Z$/),
    requestedAt: expect.stringMatching(/Z$/),
    trigger: 'API',
  });
  expect(await lookedUp(bench, paymentId)).toMatchObject({
    status: 'PARTIAL_CANCELLED',
    amount: { total: 9900, paid: 9900, cancelled: 3300, cancelledTaxFree: 0 },
    cancellations: [cancellation],
    cancelledAt: cancellation.cancelledAt,
  });
});

test('parts that make up the whole end as CANCELLED, with two l, and the last takes what rounding left', async () => {
  const paymentId = bench.paid({ totalAmount: 10_000 });
  await cancel(paymentId, { amount: 3333 });
  await cancel(paymentId, { amount: 3333 });
  await cancel(paymentId, { amount: 3334 });
  const { status, cancellations } = await lookedUp(bench, paymentId);
  expect(status).toBe('CANCELLED');
  expect(cancellations.map(({ vatAmount }: Json) => vatAmount)).toEqual([303, 303, 303]);
  expect(await refused(paymentId)).toBe('PAYMENT_ALREADY_CANCELLED');
});

test('without an amount it is all that is left, its parts free of tax with it', async () => {
  const paymentId = bench.paid({ totalAmount: 15_000, taxFreeAmount: 4000 });
  await cancel(paymentId, { amount: 5000, taxFreeAmount: 1000 });
  expect(await cancel(paymentId)).toMatchObject({ totalAmount: 10_000, taxFreeAmount: 3000, vatAmount: 636 });
  expect(await lookedUp(bench, paymentId)).toMatchObject({
    status: 'CANCELLED',
    amount: { cancelled: 15_000, cancelledTaxFree: 4000 },
  });
});

test.each([
  ['another balance', { currentCancellableAmount: 9899 }, 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN'],
  ['more than was paid', { amount: 15_001 }, 'CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT'],
  ['all as taxed', { amount: 15_000 }, 'CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT'],
  [
    'more free of tax than there is',
    { amount: 5000, taxFreeAmount: 4001 },
    'CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT',
  ],
  ['parts above the whole', { amount: 1000, taxFreeAmount: 600, vatAmount: 500 }, 'SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT'],
  ['nothing', { amount: 0 }, 'INVALID_REQUEST'],
  ['no reason', { reason: undefined }, 'INVALID_REQUEST'],
  ['a requester of nobody’s', { requester: 'NOBODY' }, 'INVALID_REQUEST'],
])('with %s nothing is given back', async (_what, more, type) => {
  const paymentId = bench.paid({ totalAmount: 15_000, taxFreeAmount: 4000 });
  const before = await lookedUp(bench, paymentId);
  expect(await refused(paymentId, more)).toBe(type);
  expect(await lookedUp(bench, paymentId)).toEqual(before);
});

test('what is not paid can’t be cancelled, and what isn’t there neither', async () => {
  const wanted = bench.order();
  expect(await refused(wanted.paymentId)).toBe('PAYMENT_NOT_FOUND');
  bench.simulator.portone.openPayment(wanted);
  expect(await refused(wanted.paymentId)).toBe('PAYMENT_NOT_PAID');
  bench.simulator.portone.leave(wanted.paymentId);
  expect(await refused(wanted.paymentId)).toBe('PAYMENT_NOT_PAID');
  const paymentId = bench.paid();
  expect(await refusalOf(bench.secondSdk.payment.cancelPayment({ paymentId, reason: 'x' }))).toBe('PAYMENT_NOT_FOUND');
});

test('there are only so many', async () => {
  const paymentId = bench.paid();
  for (let at = 0; at < 3; at += 1) await cancel(paymentId, { amount: 100 });
  expect(await refused(paymentId, { amount: 100 })).toBe('MAX_CANCEL_COUNT_REACHED');
});

test('a repeated part is caught by the balance alone', async () => {
  const paymentId = bench.paid();
  await cancel(paymentId, { amount: 3300, currentCancellableAmount: 9900 });
  expect(await refused(paymentId, { amount: 3300, currentCancellableAmount: 9900 })).toBe(
    'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN',
  );
  await cancel(paymentId, { amount: 3300 });
  expect(bench.simulator.portone.bookTotals()).toMatchObject({ cancelledCount: 2, cancelledAmount: 6600 });
});

describe('asynchronous', () => {
  async function requested(more: Json = {}): Promise<{ paymentId: string; cancellation: Json }> {
    const paymentId = bench.paid();
    bench.simulator.portone.armFault({ kind: 'cancel-pending', ...more });
    return { paymentId, cancellation: await cancel(paymentId, { amount: 3300 }) };
  }

  test('it is REQUESTED, and nothing is given back yet, but no longer there to be given back twice', async () => {
    const { paymentId, cancellation } = await requested();
    expect(cancellation).toMatchObject({ status: 'REQUESTED', totalAmount: 3300 });
    expect(cancellation).not.toHaveProperty('cancelledAt');
    expect(cancellation).not.toHaveProperty('pgCancellationId');
    expect(await lookedUp(bench, paymentId)).toMatchObject({
      status: 'PAID',
      amount: { paid: 9900, cancelled: 0 },
      cancellations: [{ id: cancellation.id, status: 'REQUESTED' }],
    });
    expect(await refused(paymentId, { amount: 6601 })).toBe('CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT');
    expect(await refused(paymentId, { amount: 100, currentCancellableAmount: 9900 })).toBe(
      'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN',
    );
  });

  test('it succeeds', async () => {
    const { paymentId, cancellation } = await requested();
    bench.simulator.portone.endCancels(paymentId, true);
    expect(await lookedUp(bench, paymentId)).toMatchObject({
      status: 'PARTIAL_CANCELLED',
      amount: { cancelled: 3300 },
      cancellations: [{ id: cancellation.id, status: 'SUCCEEDED', cancelledAt: expect.any(String) }],
    });
  });

  test('it fails: only a lookup tells, and all can be cancelled again', async () => {
    const { paymentId, cancellation } = await requested();
    await bench.simulator.portone.deliverWebhooks();
    const before = bench.messages().length;
    bench.simulator.portone.endCancels(paymentId, false);
    await bench.simulator.portone.deliverWebhooks();
    expect(bench.messages()).toHaveLength(before);
    expect(await lookedUp(bench, paymentId)).toMatchObject({
      status: 'PAID',
      amount: { cancelled: 0 },
      cancellations: [{ id: cancellation.id, status: 'FAILED' }],
    });
    await cancel(paymentId, { amount: 9900, currentCancellableAmount: 9900 });
    expect(bench.simulator.portone.bookTotals()).toMatchObject({ cancelledAmount: 9900 });
  });

  test.each([
    ['SUCCEEDED', 'PARTIAL_CANCELLED'],
    ['FAILED', 'PAID'],
  ])('it ends by itself as %s', async (endsAs, status) => {
    const { paymentId } = await requested({ options: { endsAs, afterMs: HOUR_MS } });
    await bench.simulator.control.advance(HOUR_MS - 1);
    expect(await lookedUp(bench, paymentId)).toMatchObject({ cancellations: [{ status: 'REQUESTED' }] });
    await bench.simulator.control.advance(1);
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status, cancellations: [{ status: endsAs }] });
    expect(() => bench.simulator.portone.endCancels(paymentId, true)).toThrow('waits');
  });
});

test('the payment company may refuse', async () => {
  const paymentId = bench.paid();
  bench.simulator.portone.armFault({
    kind: 'cancel-declined',
    paymentId,
    options: { pgCode: 'NOT_CANCELABLE_PAYMENT' },
  });
  expect(typeOf(await bench.shop.cancel(paymentId))).toBe('502 PG_PROVIDER NOT_CANCELABLE_PAYMENT');
  expect(await lookedUp(bench, paymentId)).toMatchObject({
    status: 'PAID',
    amount: { cancelled: 0 },
    cancellations: [{ status: 'FAILED' }],
  });
});

test('in the console somebody cancels, too', async () => {
  const paymentId = bench.paid();
  bench.simulator.portone.cancelInConsole(paymentId, { amount: 1100 });
  const { cancellations } = readOk(await bench.shop.lookup(paymentId));
  expect(cancellations).toMatchObject([{ trigger: 'CONSOLE', totalAmount: 1100, reason: '콘솔 취소' }]);
});
