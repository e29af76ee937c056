import { until } from '../../support/until';
import { openBench, type Bench } from './support/bench';
import { orders, payFile, resultCodeOf } from './support/merchant';
import { readCompletely, readStrictly } from './support/strict-reader';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

test('submit-slow accepts and answers late', async () => {
  bench.simulator.control.armFault({ kind: 'submit-slow', options: { delayMs: 60 } });
  const startedAt = performance.now();
  await bench.merchant.submitted(orders(1));
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

test('submit-cut cuts in the middle of the upload and accepts nothing', async () => {
  bench.simulator.control.armFault({ kind: 'submit-cut', options: { afterBytes: 100_000 } });
  const cut = await bench.merchant.submit(orders(5000));
  expect(cut.status).toBeNull();
  expect(bench.simulator.control.jobs()).toEqual([]);
  expect(bench.simulator.control.bookTotals().acceptedCount).toBe(0);
  expect(await bench.merchant.submitted(orders(1))).toBe('1');
});

test('submit-cut lets a shorter upload pass', async () => {
  bench.simulator.control.armFault({ kind: 'submit-cut', options: { afterBytes: 1_000_000 } });
  expect(await bench.merchant.submitted(orders(1))).toBe('1');
});

test('submit-failing-before answers 500 and accepts nothing', async () => {
  bench.simulator.control.armFault({ kind: 'submit-failing-before', options: { status: 503 } });
  const failed = await bench.merchant.submit(orders(2));
  expect(failed.status).toBe(503);
  readStrictly('submit', failed.body);
  await bench.simulator.control.deliverNotifications();
  expect(bench.simulator.control.bookTotals()).toMatchObject({ acceptedCount: 0, chargedCount: 0 });
});

test('submit-refused answers 200 with the wanted result code and accepts nothing', async () => {
  const options = { resultCode: '1234', resultMsg: '거절' };
  bench.simulator.control.armFault({ kind: 'submit-refused', options });
  const refused = await bench.merchant.submit(orders(2));
  expect(refused.status).toBe(200);
  expect(readStrictly('submit', refused.body)).toEqual(options);
  expect(bench.simulator.control.jobs()).toEqual([]);
});

test('submit-held accepts, and answers when it is disarmed', async () => {
  bench.simulator.control.armFault({ kind: 'submit-held' });
  const submitted = bench.merchant.submitted(orders(1));
  await until('the job is accepted', async () => bench.simulator.control.job('1') ?? undefined);
  bench.simulator.control.disarmAllFaults();
  expect(await submitted).toBe('1');
});

describe.each([
  ['submit-refused-after' as const, 429],
  ['submit-failing-after' as const, 500],
  ['submit-answer-lost' as const, null],
])('%s', (kind, status) => {
  test('accepts and charges, and tells only by the notification', async () => {
    bench.simulator.control.armFault({ kind });
    expect((await bench.merchant.submit(orders(3))).status).toBe(status);
    await bench.simulator.control.deliverNotifications();
    expect(bench.lastNotification()).toMatchObject({ jobId: '1', status: 'completed' });
    expect(bench.simulator.control.bookTotals()).toMatchObject({ acceptedCount: 3, chargedCount: 3 });
    expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
  });

  test('and a submission sent again after it is charged again, which shows in the book', async () => {
    bench.simulator.control.armFault({ kind });
    await bench.merchant.submit(orders(2));
    await bench.completed(orders(2));
    expect(bench.simulator.control.bookTotals()).toMatchObject({ acceptedCount: 4, chargedCount: 4 });
    expect(await bench.simulator.control.repeatedOrders()).toEqual([
      { orderNo: 'tx_1', times: 2 },
      { orderNo: 'tx_2', times: 2 },
    ]);
  });
});

test('notification-before-answer: the message is there before the job id is', async () => {
  bench.simulator.control.armFault({ kind: 'notification-before-answer' });
  let answered = false;
  let answeredWhenNotified: boolean | undefined;
  bench.listener.answerWith((_received, response) => {
    answeredWhenNotified = answered;
    response.end('{"resultCode":"0000","resultMsg":"SUCCESS"}');
  });
  const submitted = await bench.merchant.submit(orders(1));
  answered = true;
  expect(answeredWhenNotified).toBe(false);
  expect(readCompletely('submit', submitted.body).jobId).toBe('1');
  expect(bench.listener.received).toHaveLength(1);
  await bench.simulator.control.deliverNotifications();
  expect(bench.simulator.control.job('1')).toMatchObject({ state: 'Completed' });
});

test('a fault meant for one job leaves the others alone', async () => {
  bench.simulator.control.armFault({ kind: 'submit-answer-lost', jobId: '2' });
  expect((await bench.merchant.submit(orders(1, 'a'))).status).toBe(200);
  expect((await bench.merchant.submit(orders(1, 'b'))).status).toBeNull();
  expect((await bench.merchant.submit(orders(1, 'c'))).status).toBe(200);
});

test('waitingJobs counts the jobs in front that are not completed', async () => {
  const waiting = async (): Promise<unknown> =>
    readCompletely('submit', (await bench.merchant.submit(orders(1))).body).waitingJobs;
  expect([await waiting(), await waiting(), await waiting()]).toEqual([0, 1, 2]);
  await bench.simulator.control.deliverNotifications();
  expect(await waiting()).toBe(0);
  expect(payFile(orders(1)).split('\n')).toHaveLength(2);
});
