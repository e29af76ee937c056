import type { BookEntry } from '../../../simulator';
import { openBench, type Bench } from './support/bench';
import { orders, resultLines, send } from './support/merchant';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench({ declineRate: 0.3 });
});
afterEach(() => bench.close());

async function entries(query = ''): Promise<BookEntry[]> {
  const { body } = await send('GET', `${bench.simulator.baseUrl}/_simulator/book/entries${query}`);
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BookEntry);
}

test('the book and the result file agree line by line and to the won', async () => {
  const jobId = await bench.verified(orders(300));
  const lines = resultLines((await bench.merchant.result(jobId)).body);
  const booked = new Map((await entries(`?jobId=${jobId}`)).map((entry) => [entry.orderNo, entry]));
  expect(booked.size).toBe(300);
  for (const line of lines) {
    const entry = booked.get(line[6] as string);
    expect(entry).toMatchObject({ amount: Number(line[7]), productId: line[4], jobId });
    expect(entry?.tid ?? 'None').toBe(line[11]);
    expect(entry?.declineCode ?? '0000').toBe(line[12]);
  }
  const paid = lines.filter((line) => line[12] === '0000');
  const declined = lines.length - paid.length;
  expect(declined).toBeGreaterThan(50);
  expect(declined).toBeLessThan(150);
  expect(bench.simulator.control.bookTotals(jobId)).toMatchObject({
    acceptedCount: 300,
    acceptedAmount: 300_000,
    chargedCount: paid.length,
    chargedAmount: paid.length * 1000,
    declinedCount: declined,
    declinedAmount: declined * 1000,
    waitingCount: 0,
  });
});

test('an order is followed from acceptance to its refund', async () => {
  bench.simulator.control.follow({ chargeOrderNos: ['tx_1'], declineOrderNos: ['tx_2'] });
  await bench.merchant.submitted(orders(2));
  const [accepted] = await bench.simulator.control.bookOfOrder('tx_1');
  expect(accepted).toMatchObject({ state: 'Accepted', tid: null, completedAt: null, notifiedAt: null });
  await bench.simulator.control.deliverNotifications();
  await bench.merchant.verify(bench.lastNotification());
  const [charged] = await bench.simulator.control.bookOfOrder('tx_1');
  expect(charged).toMatchObject({ state: 'Charged', row: 1, refundedAmount: 0, verifiedAt: expect.any(String) });
  expect(charged?.notifiedAt).not.toBeNull();
  await bench.merchant.refundShort(charged?.tid as string, 400);
  const { body } = await send('GET', `${bench.simulator.baseUrl}/_simulator/book/orders/tx_1`);
  expect(JSON.parse(body.toString())).toMatchObject({
    entries: [
      { orderNo: 'tx_1', state: 'Charged', refundedAmount: 400, refunds: [{ amount: 400, tid: charged?.tid }] },
    ],
  });
  expect(await bench.simulator.control.bookOfOrder('tx_2')).toMatchObject([
    { state: 'Declined', tid: null, declineCode: '8104', refundedAmount: 0 },
  ]);
  expect(await bench.simulator.control.bookOfOrder('tx_3')).toEqual([]);
});

test('an order number accepted twice is charged twice, in one job or in two, and shows', async () => {
  bench.simulator.control.follow({ declineRate: 0 });
  await bench.completed([...orders(2), { orderNo: 'tx_1', amount: 70 }]);
  await bench.completed(orders(1));
  expect(await bench.simulator.control.repeatedOrders()).toEqual([{ orderNo: 'tx_1', times: 3 }]);
  const charged = await bench.simulator.control.bookOfOrder('tx_1');
  expect(charged.map(({ jobId, row, amount, state }) => [jobId, row, amount, state])).toEqual([
    ['1', 1, 1000, 'Charged'],
    ['1', 3, 70, 'Charged'],
    ['2', 1, 1000, 'Charged'],
  ]);
  expect(new Set(charged.map(({ tid }) => tid)).size).toBe(3);
  expect(bench.simulator.control.bookTotals()).toMatchObject({ chargedCount: 4, chargedAmount: 3070 });
});

test('a billing token on the list is declined whatever the order', async () => {
  bench.simulator.control.follow({ declineRate: 0, declineBillingTokens: ['B'.repeat(64)] });
  await bench.completed([{ orderNo: 'a' }, { orderNo: 'b', billingToken: 'B'.repeat(64) }]);
  expect((await entries()).map(({ orderNo, state }) => [orderNo, state])).toEqual([
    ['a', 'Charged'],
    ['b', 'Declined'],
  ]);
});

test('order numbers in Hangul and with odd characters are found', async () => {
  bench.simulator.control.follow({ declineRate: 0 });
  await bench.completed([{ orderNo: '주문/1 %2F' }]);
  const path = `/_simulator/book/orders/${encodeURIComponent('주문/1 %2F')}`;
  const { body } = await send('GET', `${bench.simulator.baseUrl}${path}`);
  expect(JSON.parse(body.toString('utf8'))).toMatchObject({ entries: [{ orderNo: '주문/1 %2F', state: 'Charged' }] });
});
