import { DAY_MS, MINUTE_MS } from '../../../simulator/shared/durations';
import { codeOf, openKakaoPayBench, readOk, RECURRING, type Json, type KakaoPayBench } from './support/kakaopay-bench';

let bench: KakaoPayBench;

/** The middle of a month in Seoul. */
const START_AT = Date.parse('2026-12-15T12:00:00+09:00');

beforeEach(async () => {
  bench = await openKakaoPayBench({ startAt: START_AT });
});
afterEach(() => bench.close());

test('the first payment charges at once, and each later one has a tid of its own', async () => {
  const first = await bench.paid({ cid: RECURRING });
  const charged = readOk(await bench.shop.charge(first.sid));
  expect(charged).toMatchObject({
    cid: RECURRING,
    sid: first.sid,
    partner_order_id: 'sub42-202612-r0',
    payment_method_type: 'MONEY',
    amount: { total: 9900, vat: 900 },
    approved_at: '2026-12-15T12:00:00',
  });
  expect([charged.tid, charged.aid]).toEqual([expect.stringMatching(/^T.{19}$/), expect.stringMatching(/^A.{19}$/)]);
  expect(charged.tid).not.toBe(first.tid);
  expect(readOk(await bench.shop.order(charged.tid, RECURRING)).status).toBe('SUCCESS_PAYMENT');
  const part = { cid: RECURRING, cancel_amount: 1100, cancel_vat_amount: 100 };
  expect(readOk(await bench.shop.cancel(charged.tid, part)).status).toBe('PART_CANCEL_PAYMENT');
});

test('of nothing a SID is issued, and no money moves', async () => {
  const first = await bench.paid({ cid: RECURRING, total_amount: 0, vat_amount: 0 });
  expect(first.sid).toMatch(/^S/);
  const order = readOk(await bench.shop.order(first.tid, RECURRING));
  expect(order.status).toBe('ISSUED_SID');
  expect(order.payment_action_details).toMatchObject([{ payment_action_type: 'ISSUED_SID', amount: 0 }]);
  expect(bench.simulator.kakaopay.bookTotals()).toMatchObject({ approvedCount: 0, issuedSidCount: 1 });
  expect(readOk(await bench.shop.status(first.sid)).last_approved_at).toBeNull();
  expect(readOk(await bench.shop.charge(first.sid)).sid).toBe(first.sid);
});

test('nothing catches a second charge of one order', async () => {
  const sid = await bench.sid();
  readOk(await bench.shop.charge(sid));
  readOk(await bench.shop.charge(sid));
  expect(bench.simulator.kakaopay.repeatedOrders()).toEqual([{ orderId: 'sub42-202612-r0', times: 2 }]);
});

test.each<[string, Json, string]>([
  ['another customer', { partner_user_id: 'c_0000' }, '400 -753'],
  ['a SID of nobody', { sid: 'S0000000000000000000' }, '400 -750'],
  ['a single contract', { cid: 'TC0ONETIME' }, '400 -750'],
  ['no order', { partner_order_id: undefined }, '400 -2'],
  ['nothing to pay', { total_amount: 0 }, '400 -722'],
])('with %s nothing is charged', async (_what, members, expected) => {
  const sid = await bench.sid();
  const before = bench.simulator.kakaopay.bookTotals();
  expect(codeOf(await bench.shop.charge(sid, members))).toBe(expected);
  expect(bench.simulator.kakaopay.bookTotals()).toEqual(before);
});

test('the name of the item may be left out: it is the first payment’s', async () => {
  const sid = await bench.sid({ item_name: '첫 결제' });
  expect(readOk(await bench.shop.charge(sid, { item_name: undefined })).item_name).toBe('첫 결제');
});

test('a lack of money is what was recorded: −782 with 8008', async () => {
  const sid = await bench.sid();
  bench.simulator.kakaopay.setBalance('c_7f31', 9899);
  expect(codeOf(await bench.shop.charge(sid))).toBe('400 -782 8008');
  bench.simulator.kakaopay.setBalance('c_7f31', 9900);
  expect(readOk(await bench.shop.charge(sid)).amount.total).toBe(9900);
  expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(0);
});

describe('status and inactive', () => {
  test('say what a SID is, and end it for good', async () => {
    const sid = await bench.sid();
    await bench.simulator.control.advance(MINUTE_MS);
    expect(readOk(await bench.shop.status(sid))).toEqual({
      available: true,
      cid: RECURRING,
      sid,
      status: 'ACTIVE',
      payment_method_type: 'MONEY',
      item_name: '월간 이용권',
      created_at: '2026-12-15T12:00:00',
      last_approved_at: '2026-12-15T12:00:00',
    });
    expect(readOk(await bench.shop.inactive(sid))).toEqual({
      cid: RECURRING,
      sid,
      status: 'INACTIVE',
      created_at: '2026-12-15T12:00:00',
      last_approved_at: '2026-12-15T12:00:00',
      inactivated_at: '2026-12-15T12:01:00',
    });
    expect(codeOf(await bench.shop.inactive(sid))).toBe('400 -751');
    expect(codeOf(await bench.shop.charge(sid))).toBe('400 -751');
    expect(codeOf(await bench.shop.status('S0000000000000000000'))).toBe('400 -750');
  });

  test('a customer who ends it in KakaoTalk is seen here only', async () => {
    const sid = await bench.sid();
    bench.simulator.kakaopay.endSid(sid);
    expect(readOk(await bench.shop.status(sid))).toMatchObject({
      available: false,
      status: 'INACTIVE',
      inactivated_at: '2026-12-15T12:00:00',
    });
    expect(bench.simulator.kakaopay.sid(sid).endedBy).toBe('customer');
    expect(codeOf(await bench.shop.charge(sid))).toBe('400 -751');
  });

  test.each([
    [true, '2026-12-16T12:00:00'],
    [false, '2026-12-15T12:00:00'],
  ])('last_approved_at moves with a charge: %s', async (lastApprovedAtMoves, expected) => {
    const sid = await bench.sid();
    bench.simulator.kakaopay.changeSettings({ lastApprovedAtMoves });
    await bench.simulator.control.advance(DAY_MS);
    readOk(await bench.shop.charge(sid));
    expect(readOk(await bench.shop.status(sid)).last_approved_at).toBe(expected);
  });

  test('a lost answer leaves a hint, and no tid', async () => {
    const sid = await bench.sid();
    await bench.simulator.control.advance(DAY_MS);
    bench.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'subscription' });
    expect((await bench.shop.charge(sid)).status).toBeNull();
    expect(readOk(await bench.shop.status(sid)).last_approved_at).toBe('2026-12-16T12:00:00');
    expect(bench.simulator.kakaopay.bookOfOrder('sub42-202612-r0')).toMatchObject([
      { approvals: 1, isSubscription: true },
    ]);
  });
});

test('a SID may be good for so many charges a month of Seoul', async () => {
  const sid = await bench.sid();
  bench.simulator.kakaopay.limitSid(sid, 1);
  readOk(await bench.shop.charge(sid, { partner_order_id: 'december' }));
  expect(codeOf(await bench.shop.charge(sid, { partner_order_id: 'again' }))).toBe('400 -752');
  await bench.simulator.control.advance(Date.parse('2027-01-01T00:00:00+09:00') - START_AT);
  expect(readOk(await bench.shop.charge(sid, { partner_order_id: 'january' })).partner_order_id).toBe('january');
  bench.simulator.kakaopay.limitSid(sid, null);
  readOk(await bench.shop.charge(sid, { partner_order_id: 'more' }));
});

test('money fails while banks are closed, where that is wanted; cards do not', async () => {
  const [money, card] = [await bench.sid(), await bench.sid({}, { means: 'CARD' })];
  bench.simulator.kakaopay.changeSettings({ bankWindow: true });
  await bench.simulator.control.advance(Date.parse('2026-12-15T23:29:59+09:00') - START_AT);
  readOk(await bench.shop.charge(money));
  await bench.simulator.control.advance(1000);
  expect(codeOf(await bench.shop.charge(money))).toBe('400 -782 BANK_FIRM_UNAVAILABLE');
  readOk(await bench.shop.charge(card));
  await bench.simulator.control.advance(65 * MINUTE_MS);
  readOk(await bench.shop.charge(money));
});
