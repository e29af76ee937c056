import { SECOND_TOSS_MERCHANT, TOSS_MERCHANT } from '../../../simulator';
import { send, type Answer } from '../simulator/support/merchant';
import { codeOf, openTossBench, read, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeAll(async () => {
  bench = await openTossBench({ tossMerchants: [TOSS_MERCHANT, SECOND_TOSS_MERCHANT, LIVE_MERCHANT] });
});
afterAll(() => bench.close());

const LIVE_MERCHANT = {
  ...TOSS_MERCHANT,
  mId: 'tlive_shop0001',
  clientKey: 'live_ck_SimulatorShopSimulatorShop01',
  secretKey: 'live_sk_SimulatorShopSimulatorShop01',
};

const { secretKey, clientKey } = TOSS_MERCHANT;

function asked(authorization: string | null, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { ...headers, ...(authorization === null ? {} : { Authorization: authorization }) };
  return send('GET', `${bench.simulator.baseUrl}/v1/payments/none`, all);
}

const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

test.each([
  ['the secret key with its colon', basic(`${secretKey}:`), '404 NOT_FOUND_PAYMENT'],
  ['a scheme in lower case', basic(`${secretKey}:`).replace('Basic', 'basic'), '404 NOT_FOUND_PAYMENT'],
  ['no colon', basic(secretKey), '403 INCORRECT_BASIC_AUTH_FORMAT'],
  ['the client key', basic(`${clientKey}:`), '400 INVALID_API_KEY'],
  ['a key nobody has', basic('test_sk_nobody:'), '401 UNAUTHORIZED_KEY'],
  ['a byte order mark before the key', basic(`\uFEFF${secretKey}:`), '401 UNAUTHORIZED_KEY'],
  ['another scheme', `Bearer ${secretKey}`, '401 UNAUTHORIZED_KEY'],
  ['nothing', null, '401 UNAUTHORIZED_KEY'],
])('%s', async (_what, authorization, expected) => {
  expect(codeOf(await asked(authorization))).toBe(expected);
});

test('the vendor’s own vector is what a key is sent as', () => {
  const vector = 'dGVzdF9nc2tfZG9jc19PYVB6OEw1S2RtUVhrelJ6M3k0N0JNdzY6';
  expect(basic('test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6:')).toBe(`Basic ${vector}`);
});

test('a contract sees its own payments only, and confirms none of another’s window', async () => {
  const payment = await bench.paid();
  const other = bench.shop.with(SECOND_TOSS_MERCHANT.secretKey);
  expect(codeOf(await other.lookup(payment.paymentKey))).toBe('404 NOT_FOUND_PAYMENT');
  expect(codeOf(await other.get(`/v1/payments/orders/${payment.orderId}`))).toBe('404 NOT_FOUND_PAYMENT');
  expect(codeOf(await other.cancel(payment.paymentKey, {}))).toBe('404 NOT_FOUND_PAYMENT');
  expect(codeOf(await other.confirm(await bench.authenticated()))).toBe('400 INVALID_API_KEY');
});

test('an error asked for by header comes with test keys, changes nothing, and is unknown to live keys', async () => {
  const returned = await bench.authenticated();
  const wish = { 'TossPayments-Test-Code': 'REJECT_CARD_PAYMENT' };
  expect(codeOf(await bench.shop.confirm(returned, wish))).toBe('403 REJECT_CARD_PAYMENT');
  expect(bench.simulator.toss.bookOfOrder(returned.orderId)).toMatchObject([{ status: 'IN_PROGRESS', approvals: 0 }]);
  expect(codeOf(await bench.shop.get('/v1/payments/none', wish))).toBe('403 REJECT_CARD_PAYMENT');
  const live = bench.shop.with(LIVE_MERCHANT.secretKey);
  expect(codeOf(await live.get('/v1/payments/none', wish))).toBe('404 NOT_FOUND_PAYMENT');
});

test('messages are Korean, or English where that is wanted; each answer has a trace', async () => {
  const korean = await asked(basic(`${secretKey}:`));
  const english = await asked(basic(`${secretKey}:`), { 'Accept-Language': 'en-US' });
  expect(read(korean).message).toMatch(/[가-힣]/);
  expect(read(english).message).toMatch(/^[\x20-\x7e]+$/);
  const traces = [korean, english].map(({ headers }) => headers['x-tosspayments-trace-id']);
  expect(traces).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(traces[0]).not.toBe(traces[1]);
});

test.each([
  ['GET', '/v1/payments', '404 NOT_FOUND_METHOD'],
  ['POST', '/v1/transactions', '404 NOT_FOUND_METHOD'],
  ['GET', '/v1/payments/a/b/c', '404 NOT_FOUND'],
  ['GET', '/v1/payments/%', '404 NOT_FOUND'],
])('%s %s is answered as what it is', async (method, path, expected) => {
  const headers = { Authorization: basic(`${secretKey}:`), 'Content-Type': 'application/json' };
  expect(codeOf(await send(method, bench.simulator.baseUrl + path, headers))).toBe(expected);
});

test.each(['', '[1]', '{"paymentKey":', 'null'])(
  'a body that is no JSON object is an invalid request: %j',
  async (body) => {
    const headers = { Authorization: basic(`${secretKey}:`), 'Content-Type': 'application/json' };
    const answer = await send('POST', `${bench.simulator.baseUrl}/v1/payments/confirm`, headers, body);
    expect(codeOf(answer)).toBe('400 INVALID_REQUEST');
  },
);
