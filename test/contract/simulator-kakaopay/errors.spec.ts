import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR_MS } from '../../../simulator/shared/durations';
import { ERRORS, METHOD_RESULTS } from '../../../simulator/kakaopay/error-codes';
import {
  codeOf,
  openKakaoPayBench,
  read,
  readOk,
  SINGLE,
  type Json,
  type KakaoPayBench,
} from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeEach(async () => {
  bench = await openKakaoPayBench();
});
afterEach(() => bench.close());

const LOOKUP = { cid: SINGLE, tid: 'T0000000000000000000' };
const PAGE = readFileSync(join(__dirname, '../../../docs/protocol/kakaopay.md'), 'utf8');

/** Codes in the first cells of the tables of a section. */
function codesIn(section: string): string[] {
  const text = PAGE.split(`### ${section} `)[1]?.split('\n#')[0] ?? '';
  const cells = [...text.matchAll(/^\| ([^|]*)\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
}

test('every code of the page is known here, and no other', () => {
  expect(codesIn('7.1').map(Number).sort()).toEqual([...ERRORS.keys()].sort());
  expect(codesIn('7.2').sort()).toEqual(Object.keys(METHOD_RESULTS).sort());
});

test('every code comes on demand, in the form of each generation, with its status', async () => {
  const statuses: Json = {};
  for (const code of ERRORS.keys()) {
    bench.simulator.kakaopay.armFault({ kind: 'call-refused', times: 2, options: { code: String(code) } });
    const [current, legacy] = [await bench.shop.call('order', LOOKUP), await bench.legacy.call('order', LOOKUP)];
    expect(read(current)).toEqual({ error_code: code, error_message: expect.any(String) });
    expect(read(legacy)).toEqual({ code, msg: expect.any(String) });
    expect(legacy.status).toBe(current.status);
    if (current.status !== 400) statuses[String(current.status)] = [...(statuses[String(current.status)] ?? []), code];
  }
  expect(statuses).toEqual({ 401: [-401], 403: [-3, -4, -5, -402, -403], 503: [-7, -9798] });
});

test('every code of a method comes on demand, with its message, by a decline and by a fault', async () => {
  for (const resultCode of Object.keys(METHOD_RESULTS)) {
    const approval = await bench.authenticated();
    bench.simulator.kakaopay.declineApprovals({ code: resultCode, times: 1 });
    expect(codeOf(await bench.shop.call('approve', approval))).toBe(`400 -780 ${resultCode}`);
    bench.simulator.kakaopay.armFault({ kind: 'call-refused', options: { code: '-781', resultCode } });
    const answer = await bench.shop.call('cancel', LOOKUP);
    expect(read(answer)).toEqual({
      error_code: -781,
      error_message: 'cancel failed',
      extras: { method_result_code: resultCode, method_result_message: METHOD_RESULTS[resultCode] },
    });
  }
});

test('a decline may come without extras', async () => {
  const sid = await bench.sid();
  bench.simulator.kakaopay.declineApprovals({ code: 'NONE' });
  expect(codeOf(await bench.shop.charge(sid))).toBe('400 -782');
  expect(codeOf(await bench.shop.call('approve', await bench.authenticated()))).toBe('400 -780');
});

test('declines are by order, customer or amount, or by a rate that falls on the same orders in every run', async () => {
  const { kakaopay } = bench.simulator;
  const sid = await bench.sid();
  kakaopay.declineApprovals({ code: '8008', orderId: 'one', times: 1 });
  expect(codeOf(await bench.shop.charge(sid, { partner_order_id: 'one' }))).toBe('400 -782 8008');
  expect(readOk(await bench.shop.charge(sid, { partner_order_id: 'one' })).sid).toBe(sid);
  kakaopay.declineApprovals({ code: '0002', amount: 100 });
  expect(codeOf(await bench.shop.charge(sid, { total_amount: 100, vat_amount: 9 }))).toBe('400 -782 0002');
  kakaopay.declineApprovals({ code: 'USER_NOT_FOUND', userId: 'c_7f31' });
  expect(codeOf(await bench.shop.charge(sid))).toBe('400 -782 USER_NOT_FOUND');
  kakaopay.forgetDeclines();
  kakaopay.setDeclineRate(0.5);
  const outcomes = async (): Promise<string[]> => {
    const answers = [];
    for (let at = 0; at < 20; at += 1) answers.push(await bench.shop.charge(sid, { partner_order_id: `rate-${at}` }));
    return answers.map((answer) => (answer.status === 200 ? 'paid' : codeOf(answer)));
  };
  const first = await outcomes();
  expect(await outcomes()).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(1);
  expect(() => kakaopay.setDeclineRate(2)).toThrow('declineRate');
});

test('in maintenance everything is off, until its time is over', async () => {
  const approval = await bench.authenticated();
  const { tid } = readOk(await bench.shop.call('ready', bench.order()));
  bench.simulator.kakaopay.beginMaintenance(HOUR_MS);
  for (const path of ['ready', 'approve', 'order', 'cancel', 'subscription', 'manage/subscription/status']) {
    expect(codeOf(await bench.shop.call(path, approval))).toBe('503 -9798');
  }
  expect(() => bench.simulator.kakaopay.pay(tid)).toThrow('-9798');
  await bench.simulator.control.advance(HOUR_MS);
  expect(bench.simulator.kakaopay.maintenanceUntil()).toBeNull();
  bench.simulator.kakaopay.beginMaintenance(HOUR_MS, -7);
  expect(codeOf(await bench.shop.call('order', LOOKUP))).toBe('503 -7');
  bench.simulator.kakaopay.endMaintenance();
  expect(codeOf(await bench.shop.call('order', LOOKUP))).toBe('400 -721');
});
