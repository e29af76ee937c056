import { MINUTE_MS } from '../../../simulator/shared/durations';
import { send, type Answer } from '../simulator/support/merchant';
import {
  APPROVAL_URL,
  CANCEL_URL,
  codeOf,
  FAIL_URL,
  openKakaoPayBench,
  readOk,
  type Json,
  type KakaoPayBench,
} from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeEach(async () => {
  bench = await openKakaoPayBench();
});
afterEach(() => bench.close());

const statusOf = async (tid: string): Promise<string> => String(readOk(await bench.shop.order(tid)).status);

async function ready(members: Json = {}): Promise<{ order: Json; tid: string; page: (name: string) => string }> {
  const order = bench.order(members);
  const { tid, next_redirect_pc_url: pc } = readOk(await bench.shop.call('ready', order));
  return { order, tid, page: (name) => String(pc).replace(/info$/, name) };
}

const get = (address: string): Promise<Answer> => send('GET', address);

/** As a browser sends a form. */
function press(address: string, members: Record<string, string> = {}): Promise<Answer> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return send('POST', address, headers, new URLSearchParams(members).toString());
}

const locationOf = ({ status, headers }: Answer): string => `${String(status)} ${String(headers.location)}`;

describe('a page', () => {
  test.each(['pc', 'mobile', 'app'])('is at the address for %s, and shows the order', async (device) => {
    const order = bench.order({ item_name: '<img src=x onerror=alert(1)>' });
    const answer = readOk(await bench.shop.call('ready', order));
    const page = await get(String(answer[`next_redirect_${device}_url`]));
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html;charset=UTF-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const text = page.body.toString();
    expect(text).toContain('9,900');
    expect(text).toContain(order.partner_order_id);
    expect(text).not.toContain('<img');
    expect(await statusOf(answer.tid)).toBe('OPEN_PAYMENT');
  });

  test('paying leads back with pg_token behind the query that is there, and moves no money', async () => {
    const { order, tid, page } = await ready();
    const answer = await press(page('pay'), { means: 'MONEY' });
    expect(locationOf(answer)).toMatch(
      /^303 https:\/\/shop\.example\/return\/k\/9fQ2\?from=shop&pg_token=[0-9a-f]{20}$/,
    );
    expect(await statusOf(tid)).toBe('AUTH_PASSWORD');
    expect(bench.simulator.kakaopay.bookTotals().approvedAmount).toBe(0);
    const pgToken = new URL(String(answer.headers.location)).searchParams.get('pg_token');
    expect(readOk(await bench.shop.call('approve', { ...order, tid, pg_token: pgToken })).tid).toBe(tid);
  });

  test('a card pays as it is', async () => {
    const { order, tid, page } = await ready();
    const { headers } = await press(page('pay'), { means: 'CARD', card: '6200 0000 0000 4113' });
    const pgToken = new URL(String(headers.location)).searchParams.get('pg_token');
    const answer = await bench.shop.call('approve', { ...order, tid, pg_token: pgToken });
    expect(codeOf(answer)).toBe('400 -780 LIMIT_USE_PER_DAY');
    const failing = await ready();
    expect(locationOf(await press(failing.page('pay'), { means: 'CARD', card: '6200000000006118' }))).toBe(
      `303 ${FAIL_URL}`,
    );
    expect(await statusOf(failing.tid)).toBe('FAIL_AUTH_PASSWORD');
  });

  test('leaving and failing lead to their addresses, as they were given', async () => {
    const [left, failed] = [await ready(), await ready()];
    expect(locationOf(await press(left.page('leave')))).toBe(`303 ${CANCEL_URL}`);
    expect(locationOf(await press(failed.page('fail')))).toBe(`303 ${FAIL_URL}`);
    expect([await statusOf(left.tid), await statusOf(failed.tid)]).toEqual(['QUIT_PAYMENT', 'FAIL_AUTH_PASSWORD']);
    // The back button ends where the first press ended.
    expect(locationOf(await press(left.page('pay')))).toBe(`303 ${CANCEL_URL}`);
  });

  test('a phone pays, and the page that waits on the PC goes on by itself: another browser returns', async () => {
    const { tid, page } = await ready();
    await get(page('info'));
    const phone = await press(page('pay'), { means: 'MONEY', then: 'stay' });
    expect([phone.status, phone.headers.location]).toEqual([200, undefined]);
    expect(await statusOf(tid)).toBe('AUTH_PASSWORD');
    expect((await get(page('order'))).status).toBe(200);
    expect(locationOf(await get(page('info')))).toContain(`303 ${APPROVAL_URL}&pg_token=`);
  });

  test('one may return twice, with the same token', async () => {
    const { tid, page } = await ready();
    const first = locationOf(await press(page('pay')));
    const again = await get(page('mInfo'));
    expect(again.body.toString()).toContain('Return again');
    expect(locationOf(await get(page('return')))).toBe(first);
    expect(bench.simulator.kakaopay.visit(tid).returns).toBe(2);
  });

  test.each([
    ['MONEY', { means: 'CARD' }],
    ['CARD', { means: 'MONEY' }],
  ])('takes %s only, where ready said so', async (payment_method_type, members) => {
    const { tid, page } = await ready({ payment_method_type });
    expect((await press(page('pay'), members)).status).toBe(400);
    expect(await statusOf(tid)).toBe('READY');
    await press(page('pay'), { means: payment_method_type });
    expect(await statusOf(tid)).toBe('AUTH_PASSWORD');
  });

  test('takes only the cards that ready listed', async () => {
    const { page } = await ready({ available_cards: ['SHINHAN'] });
    expect((await press(page('pay'), { means: 'CARD' })).status).toBe(400);
    expect((await press(page('pay'), { means: 'CARD', card: '4518420000002232' })).status).toBe(303);
  });

  test('is over with its tid', async () => {
    const { tid, page } = await ready();
    await bench.simulator.control.advance(15 * MINUTE_MS);
    const answer = await press(page('pay'));
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringContaining('-723')]);
    expect(await statusOf(tid)).toBe('READY');
  });

  test('that isn’t there is refused', async () => {
    const { page } = await ready();
    expect((await get(`${bench.simulator.baseUrl}/mockup/v1/none/info`)).status).toBe(400);
    expect((await get(page('return'))).status).toBe(400);
    expect((await press(page('nothing'))).status).toBe(400);
  });

  test('its address is a secret of the customer’s: the log has a part of it', async () => {
    const { page } = await ready();
    await press(page('pay'));
    const paths = bench.simulator.control.calls().map(({ path }) => path);
    expect(paths.at(-1)).toMatch(/^\/mockup\/v1\/[0-9a-f]{6}…\/pay$/);
  });
});

describe('without a browser', () => {
  test('a customer waits for ever, in whichever state', async () => {
    const { tid } = await ready();
    for (const status of ['SEND_TMS', 'OPEN_PAYMENT', 'SELECT_METHOD', 'ARS_WAITING']) {
      bench.simulator.kakaopay.wait(tid, status);
      expect(await statusOf(tid)).toBe(status);
    }
    expect(() => bench.simulator.kakaopay.wait(tid, 'SUCCESS_PAYMENT')).toThrow('status must be one of');
    await bench.simulator.control.advance(60 * MINUTE_MS);
    expect(await statusOf(tid)).toBe('ARS_WAITING');
  });

  test('a payment is found by its order number too, the latest of it', async () => {
    const { order } = await ready();
    const { tid } = readOk(await bench.shop.call('ready', order));
    expect(bench.simulator.kakaopay.open(order.partner_order_id).payment.tid).toBe(tid);
    expect(bench.simulator.kakaopay.leave(order.partner_order_id)).toEqual({ kind: 'cancel', redirectUrl: CANCEL_URL });
    expect(await statusOf(tid)).toBe('QUIT_PAYMENT');
  });

  test('what nobody can choose is a mistake of whoever chose it', async () => {
    const { tid } = await ready();
    expect(() => bench.simulator.kakaopay.pay(tid, { means: 'CARD', card: '0000' })).toThrow('-705');
    expect(() => bench.simulator.kakaopay.pay(tid, { point: 9901 })).toThrow('-703');
    expect(() => bench.simulator.kakaopay.leadBack(tid)).toThrow('-701');
    expect(() => bench.simulator.kakaopay.pay('none')).toThrow('no such payment');
    expect(await statusOf(tid)).toBe('READY');
  });
});
