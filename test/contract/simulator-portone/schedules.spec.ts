import {
  HOUR_MS,
  lookedUp,
  openPortOneBench,
  refusalOf,
  STORE_ID,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;
let billingKey: string;

beforeEach(async () => {
  bench = await openPortOneBench();
  billingKey = bench.billingKey();
});
afterEach(() => bench.close());

const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
const payment = (more: Json = {}) => ({
  billingKey,
  orderName: '월간 이용권',
  amount: { total: 9900 },
  currency: 'KRW',
  ...more,
});
const calls = () => bench.sdk.payment.paymentSchedule;

async function scheduled(paymentId: string, hours = 1): Promise<string> {
  const wanted = { paymentId, payment: payment(), timeToPay: inHours(hours) };
  return (await calls().createPaymentSchedule(wanted)).schedule.id;
}

const stateOf = async (paymentScheduleId: string): Promise<Json> => calls().getPaymentSchedule({ paymentScheduleId });

test('is looked up with every member of the vendor’s type, and charges when its time has come', async () => {
  const id = await scheduled('sub-1');
  expect(await stateOf(id)).toEqual({
    status: 'SCHEDULED',
    id,
    merchantId: expect.stringMatching(/^merchant-/),
    storeId: STORE_ID,
    paymentId: 'sub-1',
    billingKey,
    orderName: '월간 이용권',
    isCulturalExpense: false,
    isEscrow: false,
    customer: {},
    customData: '',
    totalAmount: 9900,
    taxFreeAmount: 0,
    vatAmount: 900,
    currency: 'KRW',
    createdAt: expect.stringMatching(/Z$/),
    timeToPay: expect.stringMatching(/Z$/),
  });
  expect(await refusalOf(lookedUp(bench, 'sub-1'))).toBe('PAYMENT_NOT_FOUND');
  await bench.simulator.control.advance(2 * HOUR_MS);
  expect(await stateOf(id)).toMatchObject({
    status: 'SUCCEEDED',
    startedAt: expect.any(String),
    completedAt: expect.any(String),
  });
  expect(await lookedUp(bench, 'sub-1')).toMatchObject({ status: 'PAID', scheduleId: id, billingKey });
});

test('a failed one is not tried again', async () => {
  const [declined, dead] = [await scheduled('sub-1', 1), await scheduled('sub-2', 2)];
  bench.simulator.portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT', times: 1 });
  await bench.simulator.control.advance(1.5 * HOUR_MS);
  bench.simulator.portone.deleteBillingKey(billingKey);
  await bench.simulator.control.advance(48 * HOUR_MS);
  expect([await stateOf(declined), await stateOf(dead)].map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  expect(await lookedUp(bench, 'sub-1')).toMatchObject({
    status: 'FAILED',
    failure: { pgCode: 'REJECT_CARD_PAYMENT' },
  });
  expect(bench.simulator.portone.bookTotals().paidCount).toBe(0);
});

test('while one waits, its payment can’t be charged or scheduled, nor its key deleted', async () => {
  await scheduled('sub-1');
  const exists = 'PAYMENT_SCHEDULE_ALREADY_EXISTS';
  expect(await refusalOf(scheduled('sub-1'))).toBe(exists);
  expect(await refusalOf(bench.sdk.payment.payWithBillingKey({ paymentId: 'sub-1', ...payment() }))).toBe(exists);
  expect(await refusalOf(bench.sdk.payment.billingKey.deleteBillingKey({ billingKey }))).toBe(exists);
  await calls().revokePaymentSchedules({ billingKey });
  expect(await refusalOf(bench.sdk.payment.billingKey.deleteBillingKey({ billingKey }))).toBe('done');
});

test('is refused for what is paid or waits, for a time that is over, and by the path of a guide', async () => {
  expect(await refusalOf(scheduled(bench.paid()))).toBe('ALREADY_PAID_OR_WAITING');
  expect(await refusalOf(scheduled(bench.paid({ payMethod: 'VIRTUAL_ACCOUNT' })))).toBe('ALREADY_PAID_OR_WAITING');
  expect(await refusalOf(scheduled('sub-1', -1))).toBe('INVALID_REQUEST');
  const { status } = await bench.shop.post('/payments/sub-1/schedules', { payment: payment(), timeToPay: inHours(1) });
  expect(status).toBe(400);
});

test('revoking is all or nothing', async () => {
  const [one, other, done] = [await scheduled('sub-1', 3), await scheduled('sub-2', 3), await scheduled('sub-3', 1)];
  await bench.simulator.control.advance(2 * HOUR_MS);
  const revoke = (scheduleIds: string[]) => calls().revokePaymentSchedules({ scheduleIds });
  expect(await refusalOf(revoke([one, done]))).toBe('PAYMENT_SCHEDULE_ALREADY_PROCESSED');
  expect(await refusalOf(revoke([one, 'none']))).toBe('PAYMENT_SCHEDULE_NOT_FOUND');
  expect((await stateOf(one)).status).toBe('SCHEDULED');
  expect(await revoke([one])).toEqual({ revokedScheduleIds: [one], revokedAt: expect.stringMatching(/Z$/) });
  expect(await refusalOf(revoke([one, other]))).toBe('PAYMENT_SCHEDULE_ALREADY_REVOKED');
  expect(await calls().revokePaymentSchedules({ billingKey })).toMatchObject({ revokedScheduleIds: [other] });
  expect(await calls().revokePaymentSchedules({ billingKey })).toEqual({ revokedScheduleIds: [] });
  expect(await refusalOf(calls().revokePaymentSchedules({}))).toBe('INVALID_REQUEST');
  await bench.simulator.control.advance(48 * HOUR_MS);
  expect(bench.simulator.portone.bookTotals().paidCount).toBe(1);
});

test('the list looks back, unless it is told otherwise', async () => {
  const [past, future] = [await scheduled('sub-1', 1), await scheduled('sub-2', 5)];
  await bench.simulator.control.advance(2 * HOUR_MS);
  const list = async (filter: Json = {}): Promise<unknown[]> =>
    (await calls().getPaymentSchedules({ filter })).items.map((item) => (item as Json).id as unknown);
  expect(await list()).toEqual([past]);
  expect(await list({ from: inHours(-1), until: inHours(24) })).toEqual([future, past]);
  expect(await list({ from: inHours(-1), until: inHours(24), status: ['SCHEDULED'] })).toEqual([future]);
  expect(await list({ billingKey: 'none' })).toEqual([]);
  expect(await refusalOf(stateOf('none'))).toBe('PAYMENT_SCHEDULE_NOT_FOUND');
});
