import type { KakaoPayFaultKind } from '../../../simulator';
import { CALLS, PATHS, type CallName } from '../../../simulator/kakaopay/http/kakaopay-call';
import { until } from '../../support/until';
import {
  codeOf,
  openKakaoPayBench,
  read,
  readOk,
  RECURRING,
  type Json,
  type KakaoPayBench,
} from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeEach(async () => {
  bench = await openKakaoPayBench();
});
afterEach(async () => {
  bench.simulator.kakaopay.disarmAllFaults();
  await bench.close();
});

const arm = (kind: KakaoPayFaultKind, more: Json = {}): number =>
  bench.simulator.kakaopay.armFault({ kind, ...more }).id;
const approvalsOf = (orderId: string): number => bench.simulator.kakaopay.bookOfOrder(orderId)[0]?.approvals ?? 0;
const approve = (approval: Json) => bench.shop.call('approve', approval);

test('call-refused', async () => {
  const approval = await bench.authenticated();
  arm('call-refused', { options: { code: '-780', resultCode: 'LACK_BALANCE', status: 402 } });
  expect(codeOf(await approve(approval))).toBe('402 -780 LACK_BALANCE');
  expect(approvalsOf(approval.partner_order_id)).toBe(0);
  arm('call-refused', { options: { code: '-12345' } });
  expect(codeOf(await approve(approval))).toBe('400 -12345');
});

test('call-refused-otherwise', async () => {
  arm('call-refused-otherwise', { times: 2, options: { code: '-782', resultCode: '8008' } });
  const extras = { method_result_code: '8008', method_result_message: expect.any(String) };
  expect(read(await bench.shop.call('subscription', {}))).toEqual({ code: -782, msg: expect.any(String), extras });
  expect(read(await bench.legacy.call('subscription', {}))).toMatchObject({ error_code: -782, extras });
});

test('call-failing', async () => {
  const approval = await bench.authenticated();
  arm('call-failing', { options: { status: 503 } });
  expect(codeOf(await approve(approval))).toBe('503 -1');
  expect(approvalsOf(approval.partner_order_id)).toBe(0);
});

test('call-empty', async () => {
  const approval = await bench.authenticated();
  arm('call-empty', { options: { status: 403 } });
  const answer = await approve(approval);
  expect([answer.status, answer.body.length, answer.headers['content-type']]).toEqual([403, 0, undefined]);
  expect(approvalsOf(approval.partner_order_id)).toBe(0);
});

test('call-cut', async () => {
  const approval = await bench.authenticated();
  arm('call-cut');
  expect((await approve(approval)).status).toBeNull();
  expect(approvalsOf(approval.partner_order_id)).toBe(0);
});

test('call-html', async () => {
  const approval = await bench.authenticated();
  arm('call-html');
  const answer = await approve(approval);
  expect([answer.status, answer.headers['content-type']]).toEqual([502, 'text/html']);
  expect(approvalsOf(approval.partner_order_id)).toBe(0);
});

test('answer-slow', async () => {
  const approval = await bench.authenticated();
  arm('answer-slow', { options: { delayMs: 50 } });
  const startedMs = performance.now();
  readOk(await approve(approval));
  expect(performance.now() - startedMs).toBeGreaterThan(45);
});

test('answer-held', async () => {
  const approval = await bench.authenticated();
  const id = arm('answer-held');
  const answered = approve(approval);
  await until('it is done', () => Promise.resolve(approvalsOf(approval.partner_order_id) || undefined));
  bench.simulator.kakaopay.disarmFault(id);
  expect(readOk(await answered).tid).toBe(approval.tid);
});

test('answer-lost: approve, subscription and cancel are done, and nobody is told', async () => {
  const approval = await bench.authenticated();
  arm('answer-lost', { call: 'approve' });
  expect((await approve(approval)).status).toBeNull();
  expect(readOk(await bench.shop.order(approval.tid)).status).toBe('SUCCESS_PAYMENT');
  arm('answer-lost', { call: 'cancel' });
  expect((await bench.shop.cancel(approval.tid, { cancel_amount: 1100 })).status).toBeNull();
  expect(readOk(await bench.shop.order(approval.tid)).canceled_amount.total).toBe(1100);
  const sid = await bench.sid();
  arm('answer-lost', { call: 'subscription' });
  expect((await bench.shop.charge(sid)).status).toBeNull();
  expect(approvalsOf('sub42-202612-r0')).toBe(1);
  arm('answer-lost', { call: 'inactive' });
  expect((await bench.shop.inactive(sid)).status).toBeNull();
  expect(readOk(await bench.shop.status(sid)).available).toBe(false);
});

test('answer-truncated', async () => {
  const approval = await bench.authenticated();
  arm('answer-truncated', { options: { share: 0.25 } });
  const answer = await approve(approval);
  expect([answer.status, answer.complete]).toEqual([200, false]);
  expect(approvalsOf(approval.partner_order_id)).toBe(1);
});

test('answer-drip', async () => {
  const approval = await bench.authenticated();
  arm('answer-drip', { options: { bytes: 512, everyMs: 1 } });
  expect(readOk(await approve(approval)).tid).toBe(approval.tid);
});

test('answer-failing', async () => {
  const approval = await bench.authenticated();
  arm('answer-failing');
  expect(codeOf(await approve(approval))).toBe('500 -1');
  expect(approvalsOf(approval.partner_order_id)).toBe(1);
});

test('answer-refused', async () => {
  const approval = await bench.authenticated();
  arm('answer-refused', { options: { resultCode: 'BANK_FIRM_UNKNOWN' } });
  expect(codeOf(await approve(approval))).toBe('429 -10 BANK_FIRM_UNKNOWN');
  expect(approvalsOf(approval.partner_order_id)).toBe(1);
});

test('answer-html', async () => {
  const approval = await bench.authenticated();
  arm('answer-html', { options: { status: 504 } });
  expect((await approve(approval)).status).toBe(504);
  expect(approvalsOf(approval.partner_order_id)).toBe(1);
});

test.each<[KakaoPayFaultKind, Json, Json]>([
  ['answer-other-amount', { byWon: 100 }, { amount: { total: 10_000, vat: 900 } }],
  ['answer-other-order', {}, { partner_order_id: 'order-of-somebody-else' }],
  ['answer-other-cid', {}, { cid: 'CSOMEBODY1' }],
  ['answer-numbers-as-text', {}, { quantity: '1', amount: { total: '9900', vat: '900' } }],
  ['answer-unknown-members', {}, { new_since_2027: { 가: 1 } }],
])('%s: a payment is answered otherwise than it was made', async (kind, options, expected) => {
  const approval = await bench.authenticated();
  arm(kind, { options });
  expect(readOk(await approve(approval))).toMatchObject(expected);
  expect(readOk(await bench.shop.order(approval.tid))).toMatchObject({
    cid: approval.cid,
    partner_order_id: approval.partner_order_id,
    quantity: 1,
    amount: { total: 9900 },
  });
});

test('answer-other-status', async () => {
  const { tid } = await bench.paid();
  arm('answer-other-status', { options: { status: 'NEW_SINCE_2027' } });
  expect(readOk(await bench.shop.order(tid)).status).toBe('NEW_SINCE_2027');
  expect(readOk(await bench.shop.order(tid)).status).toBe('SUCCESS_PAYMENT');
});

test('answer-without-sid', async () => {
  const approval = await bench.authenticated({ cid: RECURRING });
  arm('answer-without-sid');
  expect(readOk(await approve(approval))).not.toHaveProperty('sid');
  expect(bench.simulator.kakaopay.sids()).toHaveLength(1);
});

test('answer-without-card', async () => {
  const approval = await bench.authenticated({}, { means: 'CARD' });
  arm('answer-without-card');
  const paid = readOk(await approve(approval));
  expect(paid.payment_method_type).toBe('CARD');
  expect(paid).not.toHaveProperty('card_info');
});

test('order-absent', async () => {
  const { tid } = await bench.paid();
  arm('order-absent');
  expect(codeOf(await bench.shop.order(tid))).toBe('400 -721');
  expect(readOk(await bench.shop.order(tid)).tid).toBe(tid);
});

test('order-stale', async () => {
  const { tid } = await bench.paid();
  await bench.shop.cancel(tid, { cancel_amount: 9900, cancel_vat_amount: 900 });
  arm('order-stale');
  const stale = readOk(await bench.shop.order(tid));
  expect(stale).toMatchObject({
    status: 'SUCCESS_PAYMENT',
    canceled_amount: { total: 0 },
    cancel_available_amount: { total: 9900 },
  });
  expect(stale.payment_action_details).toHaveLength(1);
  expect(readOk(await bench.shop.order(tid)).status).toBe('CANCEL_PAYMENT');
});

test('order-nothing-left', async () => {
  const { tid } = await bench.paid();
  arm('order-nothing-left');
  expect(readOk(await bench.shop.order(tid))).toMatchObject({
    status: 'SUCCESS_PAYMENT',
    cancel_available_amount: { total: 0 },
    canceled_amount: { total: 0 },
  });
});

test('order-thin-rows', async () => {
  const { tid } = await bench.paid();
  arm('order-thin-rows');
  const { payment_action_details: rows } = readOk(await bench.shop.order(tid));
  expect(Object.keys(rows[0]).sort()).toEqual([
    'aid',
    'approved_at',
    'discount_amount',
    'payment_action_type',
    'point_amount',
  ]);
});

test.each(CALLS)('%s can fail in every way, with nothing done or with all of it', async (call) => {
  const first = await bench.authenticated();
  const paid = await bench.paid();
  const sid = await bench.sid();
  const bodies: Record<CallName, Json> = {
    ready: bench.order(),
    approve: first,
    order: { cid: paid.cid, tid: paid.tid },
    cancel: { cid: paid.cid, tid: paid.tid, cancel_amount: 1100, cancel_tax_free_amount: 0 },
    subscription: { ...bench.order({ cid: RECURRING }), sid },
    status: { cid: RECURRING, sid },
    inactive: { cid: RECURRING, sid },
  };
  const made = (): string => JSON.stringify([bench.simulator.kakaopay.bookEntries(), bench.simulator.kakaopay.sids()]);
  const tried = async (kind: KakaoPayFaultKind): Promise<unknown> => {
    arm(kind, { call });
    return (await bench.shop.call(PATHS[call].slice(1), bodies[call])).status;
  };
  const before = made();
  const undone = ['call-refused', 'call-failing', 'call-empty', 'call-cut', 'call-html'] as const;
  const statuses = [];
  for (const kind of undone) statuses.push(await tried(kind));
  expect(statuses).toEqual([400, 500, 401, null, 502]);
  expect(made()).toBe(before);
  expect(await tried('answer-lost')).toBeNull();
  const isLookup = call === 'order' || call === 'status';
  expect(made() === before).toBe(isLookup);
});

test('a fault strikes the call, or the order, that it was armed for', async () => {
  const [one, other] = [await bench.authenticated(), await bench.authenticated()];
  arm('call-refused', { orderId: other.partner_order_id, options: { code: '-780' } });
  expect(readOk(await approve(one)).tid).toBe(one.tid);
  expect(codeOf(await approve(other))).toBe('400 -780');
  // A lookup names no order; its tid does.
  arm('call-failing', { orderId: one.partner_order_id });
  expect(readOk(await bench.shop.order(other.tid)).tid).toBe(other.tid);
  expect((await bench.shop.order(one.tid)).status).toBe(500);
  for (const [call, path] of [
    ['ready', 'ready'],
    ['status', 'manage/subscription/status'],
    ['inactive', 'manage/subscription/inactive'],
  ]) {
    arm('call-failing', { call });
    expect((await bench.shop.call('order', {})).status).toBe(400);
    expect((await bench.shop.call(path ?? '', {})).status).toBe(500);
  }
});

test('what can’t be armed is refused', () => {
  expect(() => arm('no-such-fault' as KakaoPayFaultKind)).toThrow('unknown fault kind "no-such-fault"');
  expect(() => arm('call-cut', { call: 'no-such-call' })).toThrow('call must be one of');
  expect(() => arm('call-refused', { options: { code: 'FDS' } })).toThrow('option code must be a whole number');
  expect(() => arm('answer-slow', { options: { delayMs: '1' } })).toThrow('option delayMs must be a number');
  expect(bench.simulator.kakaopay.faults()).toEqual([]);
});
