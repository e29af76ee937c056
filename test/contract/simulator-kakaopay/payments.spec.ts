import { MINUTE_MS } from '../../../simulator/shared/durations';
import {
  codeOf,
  openKakaoPayBench,
  readOk,
  RECURRING,
  SINGLE,
  type Json,
  type KakaoPayBench,
} from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeEach(async () => {
  bench = await openKakaoPayBench();
});
afterEach(() => bench.close());

const statusOf = async (tid: string): Promise<string> => String(readOk(await bench.shop.order(tid)).status);

describe('ready', () => {
  test.each<[string, Json, string]>([
    ['no order', { partner_order_id: '' }, '400 -2'],
    ['an order of 101 characters', { partner_order_id: 'o'.repeat(101) }, '400 -2'],
    ['no customer', { partner_user_id: undefined }, '400 -2'],
    ['no item', { item_name: undefined }, '400 -2'],
    ['no quantity', { quantity: undefined }, '400 -2'],
    ['half a won', { total_amount: 0.5 }, '400 -2'],
    ['no word on tax', { tax_free_amount: undefined }, '400 -2'],
    ['more free of tax than there is', { tax_free_amount: 9901 }, '400 -722'],
    ['nothing to pay, on a single contract', { total_amount: 0, vat_amount: 0 }, '400 -724'],
    ['no return', { approval_url: undefined }, '400 -2'],
    ['a return of 256 characters', { fail_url: `https://shop.example/${'r'.repeat(235)}` }, '400 -2'],
    ['a return that is no address', { cancel_url: 'javascript:alert(1)' }, '400 -2'],
    ['another method', { payment_method_type: 'PHONE' }, '400 -2'],
    ['a card company of nobody', { available_cards: ['NOBODY'] }, '400 -2'],
    ['thirteen months', { install_month: 13 }, '400 -2'],
    ['extras that are no texts', { custom_json: { return_custom_url: 1 } }, '400 -2'],
  ])('with %s begins nothing', async (_what, members, expected) => {
    expect(codeOf(await bench.shop.call('ready', bench.order(members)))).toBe(expected);
    expect(bench.simulator.kakaopay.bookTotals().payments).toBe(0);
  });

  test('takes all that a guide has, and keeps the VAT that was sent', async () => {
    const members = {
      item_code: 'code-1',
      payment_method_type: 'CARD',
      available_cards: ['BC', 'SHINHAN'],
      install_month: 3,
      use_share_installment: 'Y',
      custom_json: { return_custom_url: 'shop://back' },
      redirect_scheme_url: 'shop://back',
      total_amount: 1000,
      vat_amount: 200,
    };
    const paid = await bench.paid(members, { card: '4518420000002232' });
    expect(paid).toMatchObject({
      item_code: 'code-1',
      amount: { total: 1000, vat: 200 },
      card_info: { install_month: '03', installment_type: 'SHARE_INSTALLMENT', card_item_code: 'AA0001' },
    });
  });

  test('without a VAT reckons an eleventh of what is taxed', async () => {
    const { amount } = await bench.paid({ total_amount: 60_000, tax_free_amount: 5000, vat_amount: undefined });
    expect(amount).toMatchObject({ total: 60_000, tax_free: 5000, vat: 5000 });
  });

  test('leads to registered domains only, where there are some', async () => {
    const second = { cid: 'CSIMSHOP02', cid_secret: 'simulatorsecretsingle002' };
    const shop = bench.shop.second();
    expect(readOk(await shop.call('ready', bench.order(second))).tid).toMatch(/^T/);
    const elsewhere = { ...second, approval_url: 'https://preview.example/return' };
    expect(codeOf(await shop.call('ready', bench.order(elsewhere)))).toBe('400 -799');
  });
});

describe('approve', () => {
  test.each<[string, Json, string]>([
    ['another order', { partner_order_id: 'order-9999' }, '400 -706'],
    ['another customer', { partner_user_id: 'c_0000' }, '400 -707'],
    ['another token', { pg_token: '0'.repeat(20) }, '400 -708'],
    ['another amount', { total_amount: 9901 }, '400 -725'],
    ['another payment', { tid: 'T0000000000000000000' }, '400 -721'],
    ['no token', { pg_token: undefined }, '400 -2'],
    ['a payload of 201 characters', { payload: 'p'.repeat(201) }, '400 -2'],
  ])('with %s moves no money', async (_what, members, expected) => {
    const approval = await bench.authenticated();
    expect(codeOf(await bench.shop.call('approve', { ...approval, ...members }))).toBe(expected);
    expect(await statusOf(approval.tid)).toBe('AUTH_PASSWORD');
    expect(readOk(await bench.shop.call('approve', { ...approval, payload: 'p' })).payload).toBe('p');
  });

  test('comes once: before the customer it is too early, and the second time it is done', async () => {
    const order = bench.order();
    const { tid } = readOk(await bench.shop.call('ready', order));
    const early = { ...order, tid, pg_token: '0'.repeat(20) };
    expect(codeOf(await bench.shop.call('approve', early))).toBe('400 -701 9999');
    expect(await statusOf(tid)).toBe('READY');
    const approval = await bench.authenticated();
    readOk(await bench.shop.call('approve', approval));
    expect(codeOf(await bench.shop.call('approve', approval))).toBe('400 -702');
    expect(bench.simulator.kakaopay.bookOfOrder(approval.partner_order_id)).toMatchObject([{ approvals: 1 }]);
  });

  test('after the customer has left, or failed, is forbidden by the state', async () => {
    const [left, failed] = [bench.order(), bench.order()];
    for (const order of [left, failed]) order.tid = readOk(await bench.shop.call('ready', order)).tid;
    bench.simulator.kakaopay.leave(left.tid);
    bench.simulator.kakaopay.fail(failed.tid);
    for (const order of [left, failed]) {
      expect(codeOf(await bench.shop.call('approve', { ...order, pg_token: '0'.repeat(20) }))).toBe('400 -783');
    }
    expect([await statusOf(left.tid), await statusOf(failed.tid)]).toEqual(['QUIT_PAYMENT', 'FAIL_AUTH_PASSWORD']);
  });

  test('a tid ends a quarter of an hour after ready, and its page with it', async () => {
    const [inTime, late] = [await bench.authenticated(), await bench.authenticated()];
    const order = bench.order();
    const { tid } = readOk(await bench.shop.call('ready', order));
    await bench.simulator.control.advance(15 * MINUTE_MS - 1);
    expect(readOk(await bench.shop.call('approve', inTime)).tid).toBe(inTime.tid);
    await bench.simulator.control.advance(1);
    expect(codeOf(await bench.shop.call('approve', late))).toBe('400 -723');
    expect(() => bench.simulator.kakaopay.pay(tid)).toThrow('-723');
    // What was paid stays so.
    expect(codeOf(await bench.shop.call('approve', inTime))).toBe('400 -702');
    expect([await statusOf(late.tid), await statusOf(tid)]).toEqual(['AUTH_PASSWORD', 'READY']);
  });

  test.each<[string, Json, string]>([
    ['LIMIT_USE_PER_DAY', { means: 'CARD', card: '6200000000004113' }, '400 -780 LIMIT_USE_PER_DAY'],
    ['0004', { means: 'CARD', card: '6200000000005110' }, '400 -780 0004'],
  ])('is declined by what the card says: %s', async (_what, choice, expected) => {
    const approval = await bench.authenticated({}, choice);
    expect(codeOf(await bench.shop.call('approve', approval))).toBe(expected);
    expect(await statusOf(approval.tid)).toBe('FAIL_PAYMENT');
    expect(codeOf(await bench.shop.call('approve', approval))).toBe('400 -783');
    expect(bench.simulator.kakaopay.bookTotals()).toMatchObject({ approvedAmount: 0, failedCount: 1 });
  });

  test('money is good for what the customer has, and comes back with a cancel', async () => {
    bench.simulator.kakaopay.setBalance('c_7f31', 15_000);
    const { tid } = await bench.paid();
    expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(5100);
    const second = await bench.authenticated();
    expect(codeOf(await bench.shop.call('approve', second))).toBe('400 -780 LACK_BALANCE');
    readOk(await bench.shop.cancel(tid, { cancel_amount: 3300, cancel_vat_amount: 300 }));
    expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(8400);
    // A card asks no money of it.
    await bench.paid({}, { means: 'CARD' });
    expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(8400);
  });

  test('money pays two million won at most', async () => {
    const most = { total_amount: 2_000_000, vat_amount: 181_818 };
    expect((await bench.paid(most)).amount.total).toBe(2_000_000);
    const more = await bench.authenticated({ ...most, total_amount: 2_000_001 });
    expect(codeOf(await bench.shop.call('approve', more))).toBe('400 -780 LIMIT_ONE_TIME');
  });

  test('points and a discount are a part of the price', async () => {
    bench.simulator.kakaopay.setBalance('c_7f31', 9000);
    const paid = await bench.paid({}, { point: 500, discount: 400 });
    expect(paid.amount).toMatchObject({ total: 9900, point: 500, discount: 400 });
    expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(0);
    const canceled = readOk(await bench.shop.cancel(paid.tid, { cancel_amount: 9900, cancel_vat_amount: 900 }));
    expect(canceled.approved_cancel_amount).toEqual(paid.amount);
    expect(bench.simulator.kakaopay.balanceOf('c_7f31')).toBe(9000);
  });

  test('of a single contract brings no sid, of a recurring one it does', async () => {
    expect(await bench.paid()).not.toHaveProperty('sid');
    expect((await bench.paid({ cid: RECURRING })).sid).toMatch(/^S[0-9a-f]{19}$/);
  });
});

describe('order', () => {
  test('before the approval most members are missing', async () => {
    const order = bench.order();
    const { tid, created_at } = readOk(await bench.shop.call('ready', order));
    expect(readOk(await bench.shop.order(tid))).toEqual({
      tid,
      cid: SINGLE,
      status: 'READY',
      partner_order_id: order.partner_order_id,
      partner_user_id: 'c_7f31',
      created_at,
    });
  });

  test('has a row for each movement, and what is left', async () => {
    const { tid, aid } = await bench.paid({}, { means: 'CARD' });
    const { aid: cancelAid } = readOk(await bench.shop.cancel(tid, { cancel_amount: 3300, cancel_vat_amount: 300 }));
    expect(readOk(await bench.shop.order(tid))).toMatchObject({
      status: 'PART_CANCEL_PAYMENT',
      canceled_amount: { total: 3300, vat: 300 },
      cancel_available_amount: { total: 6600, vat: 600 },
      selected_card_info: { card_bin: '620000', install_month: 0 },
      payment_action_details: [
        { aid, payment_action_type: 'PAYMENT', amount: 9900 },
        { aid: cancelAid, payment_action_type: 'CANCEL', amount: 3300 },
      ],
    });
  });

  test('times are Seoul’s, without an offset', async () => {
    const startAt = Date.parse('2026-11-28T15:30:00.999Z');
    const travelled = await openKakaoPayBench({ startAt });
    try {
      expect((await travelled.paid()).created_at).toBe('2026-11-29T00:30:00');
    } finally {
      await travelled.close();
    }
  });
});
