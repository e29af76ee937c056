import { until } from '../../support/until';
import { openBench, type Bench } from './support/bench';
import { orders, resultCodeOf } from './support/merchant';
import { readStrictly } from './support/strict-reader';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
  await bench.completed(orders(1));
});
afterEach(() => bench.close());

test('verify-slow answers late', async () => {
  bench.simulator.control.armFault({ kind: 'verify-slow', options: { delayMs: 60 } });
  const startedAt = performance.now();
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

test('verify-held answers when it is disarmed', async () => {
  const { control } = bench.simulator;
  control.armFault({ kind: 'verify-held' });
  const answer = bench.merchant.verify(bench.lastNotification());
  await until('it is asked', async () => control.faults().find(({ struck }) => struck > 0));
  control.disarmAllFaults();
  expect(resultCodeOf(await answer)).toBe('0000');
});

test('verify-unavailable answers 503 and verifies nothing; the message is sent again', async () => {
  bench.simulator.control.armFault({ kind: 'verify-unavailable', times: 2 });
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const answer = await bench.merchant.verify(bench.lastNotification());
    expect(answer.status).toBe(503);
    readStrictly('verify', answer.body);
  }
  expect(bench.simulator.control.job('1')?.verifiedAt).toBeNull();
  await bench.simulator.control.advance(30 * 60_000);
  expect(bench.listener.received).toHaveLength(2);
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});

test('verify-cut verifies nothing', async () => {
  bench.simulator.control.armFault({ kind: 'verify-cut' });
  expect((await bench.merchant.verify(bench.lastNotification())).status).toBeNull();
  expect(bench.simulator.control.job('1')?.verifiedAt).toBeNull();
});

test('verify-answer-lost verifies and does not say so; asking again says so', async () => {
  bench.simulator.control.armFault({ kind: 'verify-answer-lost' });
  expect((await bench.merchant.verify(bench.lastNotification())).status).toBeNull();
  expect(bench.simulator.control.job('1')?.verifiedAt).not.toBeNull();
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});

test('verify-refused says no once, and the truth when asked anew', async () => {
  bench.simulator.control.armFault({ kind: 'verify-refused', options: { resultCode: '7777' } });
  const refused = await bench.merchant.verify(bench.lastNotification());
  expect(refused.status).toBe(200);
  expect(readStrictly('verify', refused.body).resultCode).toBe('7777');
  expect(bench.simulator.control.job('1')?.resultOpen).toBe(false);
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});
