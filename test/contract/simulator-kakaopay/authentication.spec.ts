import { KAKAOPAY_MERCHANT, kakaopaySettings, SECOND_KAKAOPAY_MERCHANT } from '../../../simulator';
import { send, type Answer } from '../simulator/support/merchant';
import {
  codeOf,
  openKakaoPayBench,
  read,
  readOk,
  RECURRING,
  SINGLE,
  type Json,
  type KakaoPayBench,
} from './support/kakaopay-bench';

let bench: KakaoPayBench;

beforeAll(async () => {
  bench = await openKakaoPayBench();
});
afterAll(() => bench.close());

const { secretKey, adminKey } = KAKAOPAY_MERCHANT;
const LOOKUP = { cid: SINGLE, tid: 'T0000000000000000000' };
const [SECOND_SINGLE] = SECOND_KAKAOPAY_MERCHANT.contracts;

function asked(authorization: string | null, address = bench.shop.address('order')): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json' };
  const all = authorization === null ? headers : { ...headers, Authorization: authorization };
  return send('POST', address, all, JSON.stringify(LOOKUP));
}

test.each([
  ['the secret key', `SECRET_KEY ${secretKey}`, '400 -721'],
  ['the admin key of the legacy generation', `SECRET_KEY ${adminKey}`, '401 -401'],
  ['the legacy scheme', `KakaoAK ${adminKey}`, '401 -401'],
  ['a key nobody has', 'SECRET_KEY DEVNOBODY', '401 -401'],
  ['another scheme', `Bearer ${secretKey}`, '401 -401'],
  ['nothing', null, '401 -401'],
])('the current generation is asked with %s', async (_what, authorization, expected) => {
  expect(codeOf(await asked(authorization))).toBe(expected);
});

test('the settings that it prints at start are all that a client needs', async () => {
  const settings = kakaopaySettings(bench.simulator.baseUrl);
  const { KAKAOPAY_API_BASE_URL: base, KAKAOPAY_SECRET_KEY: key, ...cids } = settings;
  expect(cids).toEqual({ KAKAOPAY_CID: SINGLE, KAKAOPAY_CID_SUBSCRIPTION: RECURRING });
  for (const cid of Object.values(cids)) {
    const headers = { Authorization: `SECRET_KEY ${String(key)}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify(bench.order({ cid }));
    expect((await send('POST', `${String(base)}/online/v1/payment/ready`, headers, body)).status).toBe(200);
  }
});

test('the legacy generation has its own key, form and errors', async () => {
  const order = await bench.legacy.call('order', LOOKUP);
  expect([order.status, read(order)]).toEqual([400, { code: -721, msg: expect.any(String) }]);
  const wrong = await asked(`SECRET_KEY ${secretKey}`, bench.legacy.address('order'));
  expect([wrong.status, read(wrong).code]).toEqual([401, -401]);
  expect(read(await asked(`KakaoAK ${adminKey}`, bench.legacy.address('order'))).code).toBe(-2);
});

test('the legacy generation takes a form and a query, with all numbers as text', async () => {
  const order = bench.order();
  const byForm = readOk(await bench.legacy.call('ready', order));
  const byQuery = readOk(await bench.legacy.callByQuery('ready', bench.order()));
  expect(byForm.tid).not.toBe(byQuery.tid);
  const { redirectUrl } = bench.simulator.kakaopay.pay(byForm.tid);
  const pgToken = new URL(redirectUrl).searchParams.get('pg_token') ?? '';
  const paid = readOk(await bench.legacy.call('approve', { ...order, tid: byForm.tid, pg_token: pgToken }));
  expect(paid).toMatchObject({ quantity: 1, amount: { total: 9900, vat: 900 } });
  const canceled = readOk(await bench.legacy.cancel(byForm.tid, { cancel_amount: 9900, cancel_vat_amount: 900 }));
  expect(canceled.status).toBe('CANCEL_PAYMENT');
});

test('the legacy generation does all seven calls, and names the card’s companies once more', async () => {
  const sid = await bench.sid({}, { means: 'CARD' });
  const charged = readOk(await bench.legacy.charge(sid, { partner_order_id: 'sub42-legacy' }));
  expect(charged.card_info).toMatchObject({ purchase_corp: '비씨', kakaopay_purchase_corp: '비씨카드' });
  expect(readOk(await bench.legacy.status(sid)).available).toBe(true);
  expect(readOk(await bench.legacy.inactive(sid)).status).toBe('INACTIVE');
});

test('the current generation takes numbers as text, as the vendor’s printed samples send them', async () => {
  const texts = { quantity: '1', total_amount: '9900', tax_free_amount: '0', vat_amount: '900' };
  const approval = await bench.authenticated(texts);
  const paid = readOk(await bench.shop.call('approve', { ...approval, total_amount: '9900' }));
  expect(paid).toMatchObject({ quantity: 1, amount: { total: 9900 } });
});

test('each call does with the members that the vendor’s own client sends, and no more', async () => {
  const order = { partner_order_id: 'order-minimum', partner_user_id: 'c_7f31' };
  const bought = { item_name: '월간 이용권', quantity: 1, total_amount: 9900, tax_free_amount: 0 };
  const [approval_url, cancel_url, fail_url] = ['approval', 'cancel', 'fail'].map((to) => `https://shop.example/${to}`);
  const call = async (path: string, members: Json): Promise<Json> =>
    readOk(await bench.shop.call(path, { cid: RECURRING, ...members }));
  const ready = await call('ready', { ...order, ...bought, approval_url, cancel_url, fail_url });
  expect((await send('GET', `${String(ready.next_redirect_mobile_url)}?kpayTid=${String(ready.tid)}`)).status).toBe(
    200,
  );
  const { redirectUrl } = bench.simulator.kakaopay.pay(ready.tid);
  const pg_token = new URL(redirectUrl).searchParams.get('pg_token');
  const { tid, sid, amount } = await call('approve', { tid: ready.tid, ...order, pg_token });
  expect(amount).toMatchObject({ total: 9900, vat: 900 });
  expect((await call('order', { tid })).status).toBe('SUCCESS_PAYMENT');
  const canceled = await call('cancel', { tid, cancel_amount: 9900, cancel_tax_free_amount: 0 });
  expect(canceled.status).toBe('CANCEL_PAYMENT');
  expect((await call('subscription', { sid, ...order, ...bought })).amount).toEqual(amount);
  expect((await call('manage/subscription/status', { sid })).status).toBe('ACTIVE');
  expect((await call('manage/subscription/inactive', { sid })).status).toBe('INACTIVE');
});

test.each<[string, Json, string]>([
  ['no cid', { cid: undefined }, '400 -2'],
  ['a cid of nobody', { cid: 'TC0NOBODY0' }, '400 -731'],
  ['a cid of another application', { cid: SECOND_SINGLE?.cid }, '400 -731'],
  ['a cid of 11 characters', { cid: 'TC0ONETIME1' }, '400 -2'],
])('%s is refused', async (_what, members, expected) => {
  expect(codeOf(await bench.shop.call('order', { ...LOOKUP, ...members }))).toBe(expected);
});

test('a contract with a secret needs it, and sees its own payments only', async () => {
  const other = bench.shop.second();
  const { cid, cidSecret } = SECOND_SINGLE as { cid: string; cidSecret: string };
  expect(cidSecret).toMatch(/^[0-9a-z]{24}$/);
  expect(codeOf(await other.call('order', { ...LOOKUP, cid }))).toBe('400 -733');
  expect(codeOf(await other.call('order', { ...LOOKUP, cid, cid_secret: '0'.repeat(24) }))).toBe('400 -733');
  const { tid } = await bench.paid();
  expect(codeOf(await other.call('order', { cid, cid_secret: cidSecret, tid }))).toBe('400 -721');
  expect(codeOf(await bench.shop.order(tid, RECURRING))).toBe('400 -721');
});

test('everything is a POST, lookups too, and what isn’t there says so in the current form', async () => {
  const headers = { Authorization: `SECRET_KEY ${secretKey}`, 'Content-Type': 'application/json' };
  expect(codeOf(await send('GET', bench.shop.address('order'), headers))).toBe('405 -2');
  expect(codeOf(await send('POST', bench.shop.address('nothing'), headers, '{}'))).toBe('404 -2');
});

test.each(['', '[1]', '{"cid":', 'null', 'cid=TC0ONETIME'])(
  'a body that is no JSON object is refused: %j',
  async (body) => {
    const headers = { Authorization: `SECRET_KEY ${secretKey}`, 'Content-Type': 'application/json' };
    expect(codeOf(await send('POST', bench.shop.address('order'), headers, body))).toBe('400 -2');
  },
);

test('answers are JSON in UTF-8, and the T store’s own addresses beside the legacy ones are its own', async () => {
  const { headers } = await bench.shop.call('ready', bench.order());
  expect(headers['content-type']).toBe('application/json;charset=UTF-8');
  const tstore = await send('GET', bench.legacy.address('transaction/none'));
  expect(read(tstore)).not.toHaveProperty('code');
});
