import { isUtf8 } from 'node:buffer';
import type { FaultOrder } from '../../../simulator';
import { until } from '../../support/until';
import { openBench, type Bench } from './support/bench';
import { orders, resultCodeOf, resultLines, type Answer } from './support/merchant';
import { readStrictly } from './support/strict-reader';

const ROWS = 20;

let bench: Bench;
let jobId: string;
let clean: Buffer;

beforeEach(async () => {
  bench = await openBench();
  jobId = await bench.verified(orders(ROWS));
  clean = (await bench.merchant.result(jobId)).body;
});
afterEach(() => bench.close());

/** Arms the fault, downloads with it, and sees that it is gone the time after. */
async function damaged(order: FaultOrder): Promise<Answer> {
  bench.simulator.control.armFault(order);
  const answer = await bench.merchant.result(jobId);
  expect((await bench.merchant.result(jobId)).body.equals(clean)).toBe(true);
  return answer;
}

function dataLines(body: Buffer): string[] {
  return body.toString('utf8').split('\n').slice(1, -1);
}

function sharedWithClean(lines: readonly string[]): number {
  const known = new Set(dataLines(clean));
  return lines.filter((line) => known.has(line)).length;
}

test('result-slow starts late and is whole', async () => {
  const startedAt = performance.now();
  const answer = await damaged({ kind: 'result-slow', options: { delayMs: 60 } });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  expect(answer.body.equals(clean)).toBe(true);
});

test('result-held drips until it is disarmed, and is whole', async () => {
  const { control } = bench.simulator;
  control.armFault({ kind: 'result-held', options: { everyMs: 5 } });
  const answer = bench.merchant.result(jobId);
  await until('it is asked for', async () => control.faults().find(({ struck }) => struck > 0));
  control.disarmAllFaults();
  expect((await answer).body.equals(clean)).toBe(true);
});

test('result-blank-lines ends in lines of blanks', async () => {
  const { body } = await damaged({ kind: 'result-blank-lines', options: { lines: 2, blanks: 3 } });
  expect(body.toString()).toBe(`${clean.toString()}   \n   \n`);
});

test('result-failing answers 500', async () => {
  const answer = await damaged({ kind: 'result-failing' });
  expect(answer.status).toBe(500);
  readStrictly('result', answer.body);
});

test('result-json answers 200 with JSON', async () => {
  const answer = await damaged({ kind: 'result-json', options: { resultCode: '1111' } });
  expect(answer.status).toBe(200);
  expect(readStrictly('result', answer.body).resultCode).toBe('1111');
});

test('result-early serves what nobody has verified', async () => {
  const early = await bench.completed(orders(3, 'early'));
  expect(resultCodeOf(await bench.merchant.result(early))).toBe('8006');
  bench.simulator.control.armFault({ kind: 'result-early' });
  expect(resultLines((await bench.merchant.result(early)).body)).toHaveLength(3);
  expect(resultCodeOf(await bench.merchant.result(early))).toBe('8006');
});

test('result-early before completion serves a header without a line', async () => {
  const early = await bench.merchant.submitted(orders(3, 'early'));
  bench.simulator.control.armFault({ kind: 'result-early' });
  const answer = await bench.merchant.result(early);
  expect(answer.body.toString()).toMatch(/^id,cmId,[^\n]*\n$/);
});

test("result-other-job serves another job's whole file", async () => {
  await bench.verified(orders(3, 'other'));
  const { body } = await damaged({ kind: 'result-other-job', jobId });
  expect(
    resultLines(body)
      .map((line) => line[6])
      .sort(),
  ).toEqual(['other1', 'other2', 'other3']);
});

test('result-truncated ends early yet properly', async () => {
  const answer = await damaged({ kind: 'result-truncated', options: { share: 0.4 } });
  expect(answer).toMatchObject({ status: 200, complete: true });
  expect(answer.body.equals(clean.subarray(0, Math.floor(clean.length * 0.4)))).toBe(true);
});

test('result-truncated can end inside a multi-byte character', async () => {
  const { body, complete } = await damaged({ kind: 'result-truncated', options: { midCharacter: true } });
  expect(complete).toBe(true);
  expect(isUtf8(body)).toBe(false);
  expect(clean.subarray(0, body.length).equals(body)).toBe(true);
});

test('result-cut ends the connection in the middle', async () => {
  const { status, body, complete } = await damaged({ kind: 'result-cut', options: { share: 0.3 } });
  expect({ status, complete }).toEqual({ status: 200, complete: false });
  expect(body.equals(clean.subarray(0, Math.floor(clean.length * 0.3)))).toBe(true);
});

test('result-drip comes slowly and is whole in the end', async () => {
  const startedAt = performance.now();
  const answer = await damaged({ kind: 'result-drip', options: { bytes: 1000, everyMs: 5 } });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(20);
  expect(answer.body.equals(clean)).toBe(true);
});

test('result-lines-missing leaves out as many lines as told', async () => {
  const lines = dataLines((await damaged({ kind: 'result-lines-missing', options: { lines: 3 } })).body);
  expect(lines).toHaveLength(ROWS - 3);
  expect(sharedWithClean(lines)).toBe(ROWS - 3);
});

test('result-lines-doubled sends lines twice', async () => {
  const lines = dataLines((await damaged({ kind: 'result-lines-doubled', options: { lines: 2 } })).body);
  expect(lines).toHaveLength(ROWS + 2);
  expect(new Set(lines).size).toBe(ROWS);
});

test('result-lines-charged-twice sends lines twice, under two transactions', async () => {
  const lines = dataLines((await damaged({ kind: 'result-lines-charged-twice', options: { lines: 2 } })).body);
  expect(lines).toHaveLength(ROWS + 2);
  expect(new Set(lines).size).toBe(ROWS + 2);
  expect(new Set(lines.map((line) => line.split(',')[6])).size).toBe(ROWS);
});

test('result-lines-unknown adds orders nobody asked for', async () => {
  const lines = dataLines((await damaged({ kind: 'result-lines-unknown', options: { lines: 2 } })).body);
  expect(lines).toHaveLength(ROWS + 2);
  expect(lines.filter((line) => line.split(',')[6]?.startsWith('unknown-'))).toHaveLength(2);
});

test('result-amount-altered differs in the amount and still adds up in itself', async () => {
  const lines = dataLines((await damaged({ kind: 'result-amount-altered', options: { lines: 2, byWon: 500 } })).body);
  expect(sharedWithClean(lines)).toBe(ROWS - 2);
  const altered = lines.map((line) => line.split(',')).filter((line) => line[7] !== '1000');
  expect(altered.map((line) => line.slice(7, 11))).toEqual(Array(2).fill(['1500', '1500', '0', '0']));
});

test('result-product-altered differs in the product', async () => {
  const lines = dataLines((await damaged({ kind: 'result-product-altered' })).body);
  expect(sharedWithClean(lines)).toBe(ROWS - 1);
  expect(lines.filter((line) => line.split(',')[4] === '09100241169')).toHaveLength(1);
});

test('result-code-altered keeps the transaction beside another code', async () => {
  const lines = dataLines((await damaged({ kind: 'result-code-altered' })).body);
  expect(sharedWithClean(lines)).toBe(ROWS - 1);
  const [altered] = lines.map((line) => line.split(',')).filter((line) => line[12] === '0000 ');
  expect(altered?.[11]).toMatch(/^TSTORE/);
});

test('result-transaction-shared has paid lines that name one transaction', async () => {
  const lines = dataLines((await damaged({ kind: 'result-transaction-shared' })).body);
  const transactions = lines.map((line) => line.split(',')[11]);
  expect(new Set(transactions).size).toBe(transactions.length - 2);
});

test('result-columns-wrong has lines with a column too many', async () => {
  const lines = dataLines((await damaged({ kind: 'result-columns-wrong', options: { lines: 4 } })).body);
  expect(lines.filter((line) => line.split(',').length === 15)).toHaveLength(4);
  expect(sharedWithClean(lines)).toBe(ROWS - 4);
});

test('result-crlf, result-bom and result-without-header change the form and no line', async () => {
  bench.simulator.control.armFault({ kind: 'result-crlf' });
  bench.simulator.control.armFault({ kind: 'result-bom' });
  const { body } = await damaged({ kind: 'result-without-header' });
  expect([...body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = body.subarray(3).toString('utf8').split('\r\n').slice(0, -1);
  expect(lines).toEqual(dataLines(clean));
});

test('the same seed damages the same lines', async () => {
  const read = async (): Promise<string> => {
    const other = await openBench({ seed: 'again' });
    try {
      const id = await other.verified(orders(ROWS));
      other.simulator.control.armFault({ kind: 'result-lines-missing', options: { lines: 5 } });
      return (await other.merchant.result(id)).body.toString();
    } finally {
      await other.close();
    }
  };
  const orderNos = (body: string): (string | undefined)[] => body.split('\n').map((line) => line.split(',')[6]);
  expect(orderNos(await read())).toEqual(orderNos(await read()));
});
