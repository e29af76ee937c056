import {
  HOUR_MS,
  KAKAOPAY,
  lookedUp,
  openPortOneBench,
  read,
  readOk,
  refusalOf,
  TOSS_TEST,
  typeOf,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;
let startedAt: number;

beforeEach(async () => {
  // A pinned clock shows the instant it began at.
  startedAt = Date.now();
  bench = await openPortOneBench({ startAt: startedAt });
});
afterEach(() => bench.close());

const at = (hours: number): string => new Date(startedAt + hours * HOUR_MS).toISOString();
const cancel = (paymentId: string, amount?: number) =>
  bench.sdk.payment.cancelPayment({ paymentId, reason: '고객 요청', ...(amount === undefined ? {} : { amount }) });

describe('the list of events', () => {
  const events = async (asked: Json = {}): Promise<Json[]> =>
    (await bench.sdk.payment.getAllPaymentEventsByCursor(asked)).items;

  test('has what came and what went back by its own time, with the sums after it', async () => {
    const paymentId = bench.paid();
    await bench.simulator.control.advance(HOUR_MS);
    const { cancellation } = (await cancel(paymentId, 3300)) as Json;
    await bench.simulator.control.advance(HOUR_MS);
    await cancel(paymentId);
    bench.simulator.portone.openPayment(bench.order());
    const rows = (await events()).map(({ paymentEvent }) => paymentEvent as Json);
    expect(rows.map(({ type, eventAmount, createdAt }) => [type, eventAmount, createdAt])).toEqual([
      ['PAID', 9900, at(0)],
      ['PARTIAL_CANCELLED', 3300, at(1)],
      ['CANCELLED', 6600, at(2)],
    ]);
    expect(rows[1]).toEqual({
      type: 'PARTIAL_CANCELLED',
      id: expect.any(String),
      paymentId,
      transactionId: expect.any(String),
      merchantId: expect.any(String),
      storeId: expect.any(String),
      method: expect.objectContaining({ type: 'PaymentMethodCard' }),
      channel: expect.objectContaining({ type: 'LIVE' }),
      version: 'V2',
      requestedAt: at(0),
      createdAt: at(1),
      orderName: '월간 이용권',
      totalAmount: expect.objectContaining({ total: 9900, paid: 9900, cancelled: 3300 }),
      currency: 'KRW',
      customer: expect.objectContaining({ id: 'c_7f31' }),
      pgTxId: expect.any(String),
      cancellation,
      eventAmount: 3300,
    });
    expect(rows[0]).toMatchObject({ totalAmount: { cancelled: 0 }, disputes: [] });
  });

  test('an asynchronous cancellation stands there once it is given', async () => {
    const paymentId = bench.paid();
    bench.simulator.portone.armFault({ kind: 'cancel-pending' });
    await cancel(paymentId, 100);
    expect(await events()).toHaveLength(1);
    bench.simulator.portone.endCancels(paymentId, true);
    expect((await events()).map(({ paymentEvent }) => (paymentEvent as Json).type as unknown)).toEqual([
      'PAID',
      'PARTIAL_CANCELLED',
    ]);
  });

  test('goes on behind a cursor, ten at a time unless it is told otherwise', async () => {
    const ids = Array.from({ length: 23 }, () => bench.paid());
    const seen: unknown[] = [];
    let cursor: string | undefined;
    for (const expected of [10, 10, 3, 0]) {
      const page = await events(cursor === undefined ? {} : { cursor });
      expect(page).toHaveLength(expected);
      seen.push(...page.map(({ paymentEvent }) => (paymentEvent as Json).paymentId as unknown));
      cursor = (page.at(-1)?.cursor as string | undefined) ?? cursor;
    }
    expect(seen).toEqual(ids);
    expect(await events({ size: 1000 })).toHaveLength(23);
    expect(await refusalOf(events({ size: 1001 }))).toBe('INVALID_REQUEST');
    expect(await refusalOf(events({ cursor: 'forged' }))).toBe('INVALID_REQUEST');
  });

  test('is of a window: from its first instant on, and before its last; without one, of 90 days', async () => {
    bench.paid({ paymentId: 'first' });
    await bench.simulator.control.advance(24 * HOUR_MS);
    bench.paid({ paymentId: 'second' });
    const seen = async (asked: Json): Promise<unknown[]> =>
      (await events(asked)).map(({ paymentEvent }) => (paymentEvent as Json).paymentId as unknown);
    expect(await seen({ from: at(0), until: at(24) })).toEqual(['first']);
    expect(await seen({ from: at(24), until: at(25) })).toEqual(['second']);
    expect(await seen({ from: new Date(startedAt + 9 * HOUR_MS).toISOString().replace('Z', '+09:00') })).toHaveLength(
      2,
    );
    expect(await refusalOf(seen({ from: 'yesterday' }))).toBe('INVALID_REQUEST');
    await bench.simulator.control.advance(89.5 * 24 * HOUR_MS);
    expect(await seen({})).toEqual(['second']);
  });

  test('is of the secret’s store', async () => {
    bench.paid();
    expect((await bench.secondSdk.payment.getAllPaymentEventsByCursor()).items).toEqual([]);
  });
});

test('payments by cursor are by creation, whatever became of them', async () => {
  const [paid, open] = [bench.order(), bench.order()];
  bench.simulator.portone.openPayment(paid);
  await bench.simulator.control.advance(HOUR_MS);
  bench.simulator.portone.openPayment(open);
  bench.simulator.portone.pay(paid.paymentId);
  const { items } = await bench.sdk.payment.getAllPaymentsByCursor({ size: 1000 });
  expect(items.map(({ payment }) => payment)).toEqual([
    await lookedUp(bench, paid.paymentId),
    await lookedUp(bench, open.paymentId),
  ]);
  const later = await bench.sdk.payment.getAllPaymentsByCursor({ from: at(1) });
  expect(later.items.map(({ payment }) => (payment as Json).id as unknown)).toEqual([open.paymentId]);
});

describe('payments by pages', () => {
  const list = async (asked: Json = {}): Promise<unknown[]> =>
    (await bench.sdk.payment.getPayments(asked)).items.map((item) => (item as Json).id as unknown);

  test('by creation or by the latest change, filtered', async () => {
    const failed = bench.order();
    const pending = bench.order();
    const [first, test] = [bench.paid(), bench.paid({ channelKey: TOSS_TEST, orderName: '시험 이용권' })];
    for (const one of [failed, pending]) bench.simulator.portone.openPayment(one);
    await bench.simulator.control.advance(HOUR_MS);
    bench.simulator.portone.leave(failed.paymentId);
    bench.simulator.portone.pend(pending.paymentId);
    await cancel(first);
    const changed = { timestampType: 'STATUS_CHANGED_AT', from: at(1), sortBy: 'STATUS_CHANGED_AT', sortOrder: 'ASC' };
    expect((await list({ filter: changed })).sort()).toEqual([failed.paymentId, pending.paymentId, first].sort());
    expect(await list({ filter: { timestampType: 'CREATED_AT', from: at(1) } })).toEqual([]);
    expect(await list({ filter: { status: ['CANCELLED'] } })).toEqual([first]);
    expect(await list({ filter: { status: ['PENDING'] } })).toEqual([pending.paymentId]);
    expect(await list({ filter: { isTest: true } })).toEqual([test]);
    expect(await list({ filter: { textSearch: [{ field: 'ORDER_NAME', value: '시험' }] } })).toEqual([test]);
    expect(await list({ filter: { isScheduled: true } })).toEqual([]);
    expect(await refusalOf(list({ filter: { sortOrder: 'SIDEWAYS' } }))).toBe('INVALID_REQUEST');
  });

  test('counts them all, and moves while new ones come', async () => {
    for (let count = 0; count < 12; count += 1) {
      bench.paid();
      await bench.simulator.control.advance(1000);
    }
    const { items, page } = await bench.sdk.payment.getPayments({ page: { number: 1, size: 5 } });
    expect([items.length, page]).toEqual([5, { number: 1, size: 5, totalCount: 12 }]);
    expect((items[0] as Json).id).toBe('order-0007');
    bench.paid();
    expect((await list({ page: { number: 1, size: 5 } }))[0]).toBe('order-0008');
    expect(await list({ page: { number: 9, size: 5 } })).toEqual([]);
  });
});

describe('sums of VAT', () => {
  const seoulDate = (hours: number): string => new Date(startedAt + (hours + 9) * HOUR_MS).toISOString().slice(0, 10);

  test('are of days of Seoul, what went back taken off, by what was paid with', async () => {
    const paymentId = bench.paid();
    bench.paid({ payMethod: 'TRANSFER', totalAmount: 15_000, taxFreeAmount: 4000 });
    bench.paid({ channelKey: TOSS_TEST });
    await cancel(paymentId, 1100);
    const day = { from: seoulDate(0), until: seoulDate(0) };
    const expected = {
      items: [
        { paymentMethod: 'CARD', supplyAmount: 8000, vatAmount: 800, taxFreeAmount: 0, totalAmount: 8800 },
        { paymentMethod: 'TRANSFER', supplyAmount: 10_000, vatAmount: 1000, taxFreeAmount: 4000, totalAmount: 15_000 },
      ],
      summary: { totalSupplyAmount: 18_000, totalVatAmount: 1800, totalTaxFreeAmount: 4000, totalAmount: 23_800 },
    };
    const reports = bench.sdk.reconciliation;
    expect(await reports.getPaymentReconciliationTransactionVatReport({ dateRange: day })).toEqual(expected);
    expect(await reports.getPaymentReconciliationSettlementVatReport({ dateRange: day })).toEqual(expected);
    const other = { from: seoulDate(48), until: seoulDate(48) };
    expect(await reports.getPaymentReconciliationTransactionVatReport({ dateRange: other })).toMatchObject({
      items: [],
    });
    const none = { from: 'today', until: 'today' };
    expect(await refusalOf(reports.getPaymentReconciliationTransactionVatReport({ dateRange: none }))).toBe(
      'INVALID_REQUEST',
    );
  });
});

test('KakaoPay’s own order comes through as text', async () => {
  const paymentId = bench.paid({ channelKey: KAKAOPAY, payMethod: 'EASY_PAY' });
  const { pgTxId } = await lookedUp(bench, paymentId);
  await cancel(paymentId, 1100);
  const order = (query: string) => bench.shop.get(`/kakaopay/payment/order?${query}`);
  const { statusCode, body } = readOk(await order(`pgTxId=${String(pgTxId)}&channelKey=${KAKAOPAY}`));
  expect([statusCode, JSON.parse(body as string)]).toMatchObject([
    200,
    { tid: pgTxId, status: 'PART_CANCEL_PAYMENT', amount: { total: 9900 }, canceled_amount: { total: 1100 } },
  ]);
  expect(read(await order(`pgTxId=T0&channelKey=${KAKAOPAY}`)).statusCode).toBe(400);
  expect(typeOf(await order(`pgTxId=T0&channelKey=${TOSS_TEST}`))).toBe('404 CHANNEL_NOT_FOUND');
});
