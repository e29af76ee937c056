import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openBench } from './support/bench';
import { HEADER_LINE, rowText } from './support/merchant';

const ROWS = 100_000;

/** Lines of a result with their order numbers, without holding a million strings at a time. */
function orderNosOf(body: Buffer): Set<string> {
  const lines = body.toString('latin1').split('\n').slice(1, -1);
  return new Set(lines.map((line) => line.split(',')[6] as string));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is held once garbage is collected; array buffers are in what is external. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('a job of 100,000 rows passes whole, shuffled, and in flat memory', async () => {
  const bench = await openBench({ declineRate: 0.1 });
  try {
    const file = Buffer.from(
      [HEADER_LINE, ...Array.from({ length: ROWS }, (_, index) => rowText({ orderNo: `big${index}` }))].join('\n'),
    );
    await bench.merchant.submitFile(file, ROWS);
    const before = heldBytes();
    await bench.simulator.control.deliverNotifications();
    // The file is 15 MB, a row as an object would be ten times that. The books keep 9 bytes a row.
    expect(heldBytes() - before).toBeLessThan(10 * 1024 * 1024);
    await bench.merchant.verify(bench.lastNotification());
    const { body } = await bench.merchant.result('1');
    expect(orderNosOf(body).size).toBe(ROWS);
    expect(body.subarray(body.indexOf(10) + 1, body.indexOf(10) + 3).toString()).not.toBe('1,');
    const totals = bench.simulator.control.bookTotals();
    expect(totals.chargedCount + totals.declinedCount).toBe(ROWS);
    expect(totals.chargedAmount + totals.declinedAmount).toBe(ROWS * 1000);
    expect(totals.declinedCount / ROWS).toBeCloseTo(0.1, 2);
    expect(await bench.simulator.control.bookOfOrder('big99999')).toHaveLength(1);
    expect(await bench.simulator.control.repeatedOrders()).toEqual([]);
  } finally {
    await bench.close();
  }
});
