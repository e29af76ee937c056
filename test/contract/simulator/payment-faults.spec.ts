import { until } from '../../support/until';
import { openBench, type Bench } from './support/bench';
import { orders, resultCodeOf, resultLines } from './support/merchant';
import { readCompletely, readStrictly } from './support/strict-reader';

let bench: Bench;
let tid: string;

beforeEach(async () => {
  bench = await openBench();
  const jobId = await bench.verified(orders(1));
  tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
});
afterEach(() => bench.close());

function refunded(): number {
  return bench.simulator.control.bookTotals().refundedAmount;
}

test.each(['lookup-slow' as const, 'refund-slow' as const])('%s answers late', async (kind) => {
  bench.simulator.control.armFault({ kind, options: { delayMs: 60 } });
  const startedAt = performance.now();
  const answer = kind === 'lookup-slow' ? bench.merchant.lookup(tid) : bench.merchant.refundShort(tid, 1);
  expect(resultCodeOf(await answer)).toBe('0000');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

test('lookup-held answers when it is disarmed', async () => {
  const { control } = bench.simulator;
  control.armFault({ kind: 'lookup-held' });
  const answer = bench.merchant.lookup(tid);
  await until('it is asked', async () => control.faults().find(({ struck }) => struck > 0));
  control.disarmAllFaults();
  expect(resultCodeOf(await answer)).toBe('0000');
});

test('refund-held refunds, and answers when it is disarmed', async () => {
  const { control } = bench.simulator;
  control.armFault({ kind: 'refund-held' });
  const answer = bench.merchant.refundShort(tid, 400);
  await until('it is refunded', async () => refunded() || undefined);
  control.disarmAllFaults();
  expect(resultCodeOf(await answer)).toBe('0000');
});

test('refund-refused-after refunds and denies it', async () => {
  bench.simulator.control.armFault({ kind: 'refund-refused-after' });
  expect((await bench.merchant.refundShort(tid, 400)).status).toBe(429);
  expect(refunded()).toBe(400);
});

test('lookup-failing answers the wanted status', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-failing', options: { status: 429 } });
  const answer = await bench.merchant.lookup(tid);
  expect(answer.status).toBe(429);
  readStrictly('transaction', answer.body);
});

test('lookup-refused answers a result code', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-refused', options: { resultCode: '5555' } });
  expect(resultCodeOf(await bench.merchant.lookup(tid))).toBe('5555');
});

test('lookup-not-found answers as to a transaction that never was', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-not-found' });
  const hidden = await bench.merchant.lookup(tid);
  expect(hidden).toMatchObject({ status: 200, body: (await bench.merchant.lookup('TS003_NEVER')).body });
  expect(resultCodeOf(hidden)).toBe('8007');
});

test('lookup-cut ends without an answer', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-cut' });
  expect((await bench.merchant.lookup(tid)).status).toBeNull();
});

test('lookup-html answers as a proxy does', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-html' });
  expect((await bench.merchant.lookup(tid)).status).toBe(502);
});

test('lookup-stale knows nothing of a refund that was made', async () => {
  await bench.merchant.refundShort(tid, 1000);
  bench.simulator.control.armFault({ kind: 'lookup-stale' });
  const status = async (): Promise<unknown> =>
    (
      readCompletely('transaction', (await bench.merchant.lookup(tid)).body).paymentTransactionInfo as {
        status: string;
      }
    ).status;
  expect(await status()).toBe('complite');
  expect(await status()).toBe('refunded');
});

test('lookup-other-payer names another payer, once', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-other-payer' });
  const payer = async (): Promise<unknown> =>
    readCompletely('transaction', (await bench.merchant.lookup(tid)).body).payer;
  expect(await payer()).not.toEqual({ authKey: 'A'.repeat(64) });
  expect(await payer()).toEqual({ authKey: 'A'.repeat(64) });
});

test('refund-failing-before refunds nothing', async () => {
  bench.simulator.control.armFault({ kind: 'refund-failing-before' });
  const answer = await bench.merchant.refundShort(tid, 400);
  expect(answer.status).toBe(500);
  readStrictly('refund', answer.body);
  expect(refunded()).toBe(0);
});

test.each([
  ['refund-html' as const, 502],
  ['refund-cut' as const, null],
])('%s refunds nothing', async (kind, status) => {
  bench.simulator.control.armFault({ kind });
  expect((await bench.merchant.refundShort(tid, 400)).status).toBe(status);
  expect(refunded()).toBe(0);
});

test('refund-refused refunds nothing', async () => {
  bench.simulator.control.armFault({ kind: 'refund-refused', options: { resultCode: '4444' } });
  const answer = await bench.merchant.refundShort(tid, 400);
  expect(readStrictly('refund', answer.body).resultCode).toBe('4444');
  expect(refunded()).toBe(0);
});

test.each([
  ['refund-failing-after' as const, 500],
  ['refund-answer-lost' as const, null],
  ['refund-html-after' as const, 502],
])('%s refunds all the same, and a repeat refunds again', async (kind, status) => {
  bench.simulator.control.armFault({ kind });
  expect((await bench.merchant.refundShort(tid, 400)).status).toBe(status);
  expect(refunded()).toBe(400);
  expect((await bench.merchant.refundShort(tid, 400)).status).toBe(200);
  expect(refunded()).toBe(800);
});

test('two refunds at once never take back more than was paid', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => bench.merchant.refundShort(tid, 400)));
  expect(answers.map(resultCodeOf).filter((code) => code === '0000')).toHaveLength(2);
  expect(refunded()).toBe(800);
});

test('payments and refunds are found whatever the first job id is', async () => {
  const other = await openBench({ firstJobId: 1_763_000_000 });
  try {
    const jobId = await other.verified(orders(2));
    expect(jobId).toBe('1763000000');
    const [line] = resultLines((await other.merchant.result(jobId)).body);
    expect(resultCodeOf(await other.merchant.lookup(line?.[11] as string))).toBe('0000');
    expect(resultCodeOf(await other.merchant.refundShort(line?.[11] as string, 1000))).toBe('0000');
    expect(other.simulator.control.refunds()).toMatchObject([{ jobId, orderNo: line?.[6], amount: 1000 }]);
  } finally {
    await other.close();
  }
});
