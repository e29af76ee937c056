import { HOUR_MS } from '../../../simulator/shared/durations';
import { codeOf, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(() => bench.close());

const WANTED = { amount: 5000, orderId: 'account-0001', orderName: '문구 세트', customerName: '김손님', bank: '신한' };

const issue = (members: Json = {}) => bench.shop.post('/v1/virtual-accounts', { ...WANTED, ...members });
const lookup = async (orderId = WANTED.orderId): Promise<Json> =>
  readOk(await bench.shop.get(`/v1/payments/orders/${orderId}`));

test('an account waits for its deposit, under a number of the test mode', async () => {
  const issued = readOk(await issue());
  expect(issued).toMatchObject({
    status: 'WAITING_FOR_DEPOSIT',
    method: '가상계좌',
    approvedAt: null,
    totalAmount: 5000,
    virtualAccount: {
      accountType: '일반',
      accountNumber: expect.stringMatching(/^X\d+$/),
      bankCode: '88',
      customerName: '김손님',
      depositorName: null,
      expired: false,
      refundStatus: 'NONE',
      settlementStatus: 'INCOMPLETED',
    },
  });
  expect(issued.secret).toMatch(/^ps_/);
  expect(codeOf(await issue())).toBe('400 DUPLICATED_ORDER_ID');
});

test('chosen in the window it is issued by the confirm', async () => {
  const payment = await bench.paid({ method: 'VIRTUAL_ACCOUNT' }, { bank: '20', customerName: '이손님' });
  expect(payment).toMatchObject({
    status: 'WAITING_FOR_DEPOSIT',
    virtualAccount: { bankCode: '20', customerName: '이손님' },
  });
});

test.each([
  ['numbers as text, and an order number of two digits', { amount: '5000', orderId: '17' }, 200],
  ['2160 hours', { validHours: 2160 }, 200],
  ['2161 hours', { validHours: 2161 }, '400 INVALID_REQUEST'],
  ['hours and a date', { validHours: 1, dueDate: '2030-01-01T00:00:00' }, '400 INVALID_REQUEST'],
  ['a date that is over', { dueDate: '2020-01-01T00:00:00' }, '400 INVALID_REQUEST'],
  ['a bank nobody knows', { bank: '없는은행' }, '400 INVALID_BANK'],
  ['no name', { customerName: '' }, '400 INVALID_REQUEST'],
  ['nothing to pay', { amount: 0 }, '400 INVALID_REQUEST'],
])('%s', async (_what, members, expected) => {
  const answer = await issue(members);
  expect(answer.status === 200 ? 200 : codeOf(answer)).toBe(expected);
});

test('only the exact sum is taken, whoever brings it', async () => {
  readOk(await issue());
  expect(bench.simulator.toss.deposit(WANTED.orderId, 4999)).toBe(false);
  expect(await lookup()).toMatchObject({ status: 'WAITING_FOR_DEPOSIT' });
  expect(bench.simulator.toss.deposit(WANTED.orderId, 5000, '박입금')).toBe(true);
  expect(await lookup()).toMatchObject({
    status: 'DONE',
    approvedAt: expect.any(String),
    virtualAccount: { depositorName: '박입금', settlementStatus: 'COMPLETED' },
  });
  expect(() => bench.simulator.toss.deposit(WANTED.orderId)).toThrow('waits for no deposit');
});

test('a deposit that the bank takes back waits again, and may come anew', async () => {
  readOk(await issue());
  bench.simulator.toss.deposit(WANTED.orderId);
  bench.simulator.toss.reverseDeposit(WANTED.orderId);
  expect(await lookup()).toMatchObject({ status: 'WAITING_FOR_DEPOSIT', approvedAt: null });
  expect(bench.simulator.toss.bookTotals()).toMatchObject({ approvedCount: 0, approvedAmount: 0 });
  bench.simulator.toss.deposit(WANTED.orderId);
  expect(await lookup()).toMatchObject({ status: 'DONE', balanceAmount: 5000 });
  await bench.simulator.toss.deliverWebhooks();
  const deposits = bench.messages().filter(({ eventType }) => eventType === undefined);
  expect(deposits.map(({ status }) => status)).toEqual(['DONE', 'WAITING_FOR_DEPOSIT', 'DONE']);
});

test('a deposit that the bank takes back by the older API ends the account, with nothing given back', async () => {
  readOk(await issue());
  bench.simulator.toss.deposit(WANTED.orderId);
  bench.simulator.toss.reverseDeposit(WANTED.orderId, true);
  expect(await lookup()).toMatchObject({ status: 'CANCELED', approvedAt: null, cancels: null });
  expect(bench.simulator.toss.bookTotals()).toMatchObject({ approvedCount: 0, canceledCount: 0 });
  expect(() => bench.simulator.toss.deposit(WANTED.orderId)).toThrow('waits for no deposit');
});

test('a cancellation is DONE whatever the transfer to the payer comes to', async () => {
  const { paymentKey } = readOk(await issue());
  bench.simulator.toss.deposit(WANTED.orderId);
  bench.simulator.toss.setRefundStatus(WANTED.orderId, 'PENDING');
  const refundReceiveAccount = { bank: '88', accountNumber: '110123456789', holderName: '김손님' };
  const canceled = await bench.shop.post(`/v1/payments/${paymentKey}/cancel`, {
    cancelReason: '고객 요청',
    refundReceiveAccount,
  });
  expect(readOk(canceled)).toMatchObject({
    cancels: [{ cancelStatus: 'DONE' }],
    virtualAccount: { refundStatus: 'PENDING' },
  });
  bench.simulator.toss.setRefundStatus(WANTED.orderId, 'FAILED');
  expect(await lookup()).toMatchObject({ status: 'CANCELED', virtualAccount: { refundStatus: 'FAILED' } });
});

test('at its due date it is over, and no deposit is taken any more', async () => {
  readOk(await issue({ validHours: 1 }));
  await bench.simulator.control.advance(HOUR_MS - 1);
  expect(await lookup()).toMatchObject({ status: 'WAITING_FOR_DEPOSIT' });
  await bench.simulator.control.advance(1);
  expect(await lookup()).toMatchObject({ status: 'EXPIRED', virtualAccount: { expired: true } });
  expect(() => bench.simulator.toss.deposit(WANTED.orderId)).toThrow('waits for no deposit');
});

test('one deposit is told by both events, the flat one with the secret of the payment', async () => {
  const { secret, lastTransactionKey } = readOk(await issue());
  await bench.simulator.toss.deliverWebhooks();
  const before = bench.messages();
  // An account that was issued is told by its state alone.
  expect(before.map(({ eventType, data }) => [eventType, data?.status])).toEqual([
    ['PAYMENT_STATUS_CHANGED', 'WAITING_FOR_DEPOSIT'],
  ]);
  bench.simulator.toss.deposit(WANTED.orderId);
  await bench.simulator.toss.deliverWebhooks();
  const [changed, deposit] = bench.messages().slice(1) as [Json, Json];
  expect(changed).toMatchObject({ eventType: 'PAYMENT_STATUS_CHANGED', data: { status: 'DONE', secret } });
  expect(Object.keys(deposit).sort()).toEqual(['createdAt', 'orderId', 'secret', 'status', 'transactionKey']);
  expect(deposit).toMatchObject({ orderId: WANTED.orderId, secret, status: 'DONE' });
  expect(deposit.transactionKey).toBe(changed.data.lastTransactionKey);
  expect(deposit.transactionKey).not.toBe(lastTransactionKey);
});
