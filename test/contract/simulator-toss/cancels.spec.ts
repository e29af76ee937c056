import { DAY_MS } from '../../../simulator/shared/durations';
import { codeOf, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeAll(async () => {
  bench = await openTossBench();
});
afterAll(() => bench.close());

const cancel = async (payment: Json, body: Json = {}): Promise<Json> =>
  readOk(await bench.shop.cancel(payment.paymentKey, body));
const refused = async (payment: Json, body: Json = {}): Promise<string> =>
  codeOf(await bench.shop.cancel(payment.paymentKey, body));

const ACCOUNT = { bank: '88', accountNumber: '110123456789', holderName: '김손님' };

test('all at once is CANCELED, and a second time refused as done', async () => {
  const payment = await bench.paid();
  expect(await cancel(payment)).toMatchObject({ status: 'CANCELED', totalAmount: 15_000, balanceAmount: 0, vat: 0 });
  expect(await refused(payment)).toBe('400 ALREADY_CANCELED_PAYMENT');
});

test('a part and then the rest stays PARTIAL_CANCELED with nothing left, and more is refused as too much', async () => {
  const payment = await bench.paid();
  const part = await cancel(payment, { cancelAmount: 4000, refundableAmount: 15_000 });
  expect(part).toMatchObject({ status: 'PARTIAL_CANCELED', balanceAmount: 11_000, suppliedAmount: 10_000, vat: 1000 });
  expect(part.cancels).toMatchObject([{ cancelAmount: 4000, refundableAmount: 11_000, cancelStatus: 'DONE' }]);
  const rest = await cancel(payment);
  expect(rest).toMatchObject({ status: 'PARTIAL_CANCELED', totalAmount: 15_000, balanceAmount: 0 });
  expect(new Set(rest.cancels.map(({ transactionKey }: Json) => transactionKey)).size).toBe(2);
  expect(rest.lastTransactionKey).toBe(rest.cancels[1].transactionKey);
  expect(await refused(payment)).toBe('403 NOT_CANCELABLE_AMOUNT');
});

test('more than is left, or another balance than is believed, cancels nothing', async () => {
  const payment = await bench.paid();
  expect(await refused(payment, { cancelAmount: 15_001 })).toBe('403 NOT_CANCELABLE_AMOUNT');
  expect(await refused(payment, { cancelAmount: 100, refundableAmount: 14_999 })).toBe(
    '400 NOT_MATCHES_REFUNDABLE_AMOUNT',
  );
  expect(readOk(await bench.shop.lookup(payment.paymentKey))).toMatchObject({ status: 'DONE', cancels: null });
});

test.each([
  ['no reason', { cancelReason: '' }],
  ['a reason of 201 characters', { cancelReason: '가'.repeat(201) }],
  ['nothing', { cancelAmount: 0 }],
  ['half a won', { cancelAmount: 0.5 }],
  ['less than nothing', { cancelAmount: -1 }],
  ['more free of tax than given back', { cancelAmount: 100, taxFreeAmount: 101 }],
  ['an account where none belongs', { refundReceiveAccount: ACCOUNT }],
])('%s is an invalid request', async (_what, body) => {
  const payment = await bench.paid();
  expect(await refused(payment, body)).toBe('400 INVALID_REQUEST');
});

test('a foreign card is cancelled whole or not at all', async () => {
  const payment = await bench.paid({}, { card: '4200000000001171' });
  expect(await refused(payment, { cancelAmount: 1 })).toBe('403 NOT_ALLOWED_PARTIAL_REFUND');
  expect(await cancel(payment)).toMatchObject({ status: 'CANCELED' });
});

test('a payment that was never approved can’t be cancelled', async () => {
  const wanted = bench.order();
  const window = bench.simulator.toss.openPayment(wanted);
  const paymentKey = window.kind === 'payment' ? window.payment.paymentKey : '';
  expect(await refused({ paymentKey })).toBe('403 NOT_CANCELABLE_PAYMENT');
  expect(await refused({ paymentKey: 'none' })).toBe('404 NOT_FOUND_PAYMENT');
});

describe('a virtual account', () => {
  async function deposited(): Promise<Json> {
    const payment = await bench.paid({ method: 'VIRTUAL_ACCOUNT' });
    bench.simulator.toss.deposit(payment.orderId);
    return payment;
  }

  test('that waits is cancelled whole or not at all, and no money moves', async () => {
    const payment = await bench.paid({ method: 'VIRTUAL_ACCOUNT' });
    expect(await refused(payment, { cancelAmount: 1 })).toBe('403 NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT');
    expect(await cancel(payment)).toMatchObject({ status: 'CANCELED' });
    expect(bench.simulator.toss.bookOfOrder(payment.orderId)).toMatchObject([{ approvedAmount: 0, canceledAmount: 0 }]);
  });

  test.each([
    ['no account', undefined, '400 INVALID_REFUND_ACCOUNT_INFO'],
    ['bankCode instead of bank', { ...ACCOUNT, bank: undefined, bankCode: '88' }, '400 INVALID_BANK'],
    ['hyphens in the number', { ...ACCOUNT, accountNumber: '110-123-456789' }, '400 INVALID_REFUND_ACCOUNT_NUMBER'],
    ['a name of 61 characters', { ...ACCOUNT, holderName: '김'.repeat(61) }, '400 INVALID_REFUND_ACCOUNT_INFO'],
  ])('that was paid needs an account to give back to: %s', async (_what, refundReceiveAccount, expected) => {
    expect(await refused(await deposited(), { refundReceiveAccount })).toBe(expected);
  });

  test('in part leaves its own members as they were; in full it says where the money went', async () => {
    const payment = await deposited();
    const part = await cancel(payment, { cancelAmount: 5000, refundReceiveAccount: ACCOUNT });
    expect(part).toMatchObject({
      status: 'PARTIAL_CANCELED',
      cancels: [{ cancelStatus: 'DONE' }],
      virtualAccount: { refundStatus: 'NONE', refundReceiveAccount: null },
    });
    const rest = await cancel(payment, { refundReceiveAccount: { ...ACCOUNT, bank: '신한' } });
    expect(rest.virtualAccount).toMatchObject({
      refundStatus: 'COMPLETED',
      refundReceiveAccount: { bankCode: '88', accountNumber: '110123456789', holderName: '김손님' },
    });
  });
});

test('a transfer can be given back for 180 days', async () => {
  const [early, late] = [await bench.paid({ method: 'TRANSFER' }), await bench.paid({ method: 'TRANSFER' })];
  await bench.simulator.control.advance(180 * DAY_MS);
  expect(await cancel(early)).toMatchObject({ status: 'CANCELED' });
  await bench.simulator.control.advance(1);
  expect(await refused(late)).toMatch(/EXCEED_MAX_REFUND_DUE$/);
});
