import { SECOND_CLIENT } from '../../../simulator';
import { openBench, type Bench } from './support/bench';
import { Merchant, orders, payFile, resultCodeOf, resultLines } from './support/merchant';
import { readCompletely } from './support/strict-reader';

const { clientId, clientSecret, bid, mid } = SECOND_CLIENT;

let bench: Bench;
let second: Merchant;

beforeEach(async () => {
  bench = await openBench({ declineRate: 0 });
  second = new Merchant(bench.simulator.baseUrl);
  await second.signIn(`${clientId}:${clientSecret}`);
});
afterEach(() => bench.close());

test('a client sees nothing of another one’s: no result, no payment, no message', async () => {
  const jobId = await bench.merchant.submitted(orders(1));
  await bench.simulator.control.advance(1000);
  const message = bench.lastNotification();
  expect(resultCodeOf(await second.verify(message))).toBe('8010');
  expect(resultCodeOf(await bench.merchant.verify(message))).toBe('0000');
  expect(resultCodeOf(await second.result(jobId))).toBe('8005');
  const tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
  expect(resultCodeOf(await second.lookup(tid))).toBe('8007');
  expect(resultCodeOf(await second.refundShort(tid, 1))).toBe('8007');
  expect(resultCodeOf(await bench.merchant.lookup(tid))).toBe('0000');
});

test('a client submits under its own business and merchant id, and no other', async () => {
  const rows = orders(1).map((row) => ({ ...row, mid }));
  expect(resultCodeOf(await second.submitFile(payFile(rows), 1))).toBe('8003');
  const taken = await second.submitFile(payFile(rows), 1, { bid });
  const { jobId } = readCompletely('submit', taken.body);
  await bench.simulator.control.advance(1000);
  expect(bench.simulator.control.bookTotals(String(jobId))).toMatchObject({ chargedCount: 1, declinedCount: 0 });
});

test('a client may have two secrets for a while; its tokens outlive them', async () => {
  const { control } = bench.simulator;
  control.setSecrets(clientId, [clientSecret, 'newer']);
  for (const secret of [clientSecret, 'newer']) {
    expect((await second.requestToken(`${clientId}:${secret}`)).status).toBe(200);
  }
  control.setSecrets(clientId, ['newer']);
  expect((await second.requestToken(`${clientId}:${clientSecret}`)).status).toBe(401);
  expect(resultCodeOf(await second.lookup('TS_1'))).toBe('8007');
});
