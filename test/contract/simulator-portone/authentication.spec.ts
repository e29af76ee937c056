import { PortOneClient } from '@portone/server-sdk';
import { PORTONE_STORE, SECOND_PORTONE_STORE } from '../../../simulator';
import { send, type Answer } from '../simulator/support/merchant';
import {
  MINUTE_MS,
  openPortOneBench,
  read,
  readOk,
  refusalOf,
  typeOf,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeAll(async () => {
  bench = await openPortOneBench();
});
afterAll(() => bench.close());

const { apiSecret } = PORTONE_STORE;

function asked(authorization: string | null, path = '/payments/order-9999'): Promise<Answer> {
  return send('GET', bench.simulator.baseUrl + path, authorization === null ? {} : { Authorization: authorization });
}

test.each([
  ['the secret', `PortOne ${apiSecret}`, '404 PAYMENT_NOT_FOUND'],
  ['a secret nobody has', 'PortOne nobody', '401 UNAUTHORIZED'],
  ['a part of the secret', `PortOne ${apiSecret.slice(0, -1)}`, '401 UNAUTHORIZED'],
  ['the secret as a token', `Bearer ${apiSecret}`, '401 UNAUTHORIZED'],
  ['the secret bare', apiSecret, '401 UNAUTHORIZED'],
  ['nothing', null, '401 UNAUTHORIZED'],
])('with %s', async (_what, authorization, expected) => {
  const answer = await asked(authorization);
  expect(typeOf(answer)).toBe(expected);
  expect(read(answer).message).toEqual(expect.any(String));
});

test('a client made from a bare string, as the vendor’s sample has it, sends no secret', async () => {
  const client = PortOneClient(apiSecret as unknown as { secret: string });
  const toHere = PortOneClient({ ...client, baseUrl: bench.simulator.baseUrl } as unknown as { secret: string });
  expect(await refusalOf(toHere.payment.getPayment({ paymentId: 'order-9999' }))).toBe('UNAUTHORIZED');
});

test('the secret can be changed for a token, which ends, and is renewed once', async () => {
  const post = (path: string, body: object): Promise<Answer> =>
    send('POST', bench.simulator.baseUrl + path, {}, JSON.stringify(body));
  expect(typeOf(await post('/login/api-secret', { apiSecret: 'nobody' }))).toBe('401 UNAUTHORIZED');
  const { accessToken, refreshToken } = readOk(await post('/login/api-secret', { apiSecret }));
  expect(typeOf(await asked(`Bearer ${String(accessToken)}`))).toBe('404 PAYMENT_NOT_FOUND');
  await bench.simulator.control.advance(30 * MINUTE_MS);
  expect(typeOf(await asked(`Bearer ${String(accessToken)}`))).toBe('401 UNAUTHORIZED');
  const renewed = readOk(await post('/token/refresh', { refreshToken }));
  expect(typeOf(await asked(`Bearer ${String(renewed.accessToken)}`))).toBe('404 PAYMENT_NOT_FOUND');
  expect(typeOf(await post('/token/refresh', { refreshToken }))).toBe('401 UNAUTHORIZED');
});

test('a store’s secret is for that store', async () => {
  const other = `storeId=${SECOND_PORTONE_STORE.storeId}`;
  expect(typeOf(await asked(`PortOne ${apiSecret}`, `/payments/order-9999?${other}`))).toBe('403 FORBIDDEN');
  const body = { storeId: SECOND_PORTONE_STORE.storeId, totalAmount: 1 };
  expect(typeOf(await bench.shop.post('/payments/order-9999/pre-register', body))).toBe('403 FORBIDDEN');
});

test.each([
  ['JSON that calls itself text', 'text/plain;charset=UTF-8', '{"totalAmount":9900}', 200],
  ['JSON that calls itself a form', 'application/x-www-form-urlencoded', '{"totalAmount":9900}', 200],
  ['no JSON', 'application/json', '{"totalAmount":', 400],
  ['a list', 'application/json', '[1]', 400],
  ['null', 'application/json', 'null', 400],
  ['a sum that is none', 'application/json', '{"totalAmount":"much"}', 400],
  ['part of a won', 'application/json', '{"totalAmount":99.5}', 400],
])('%s is taken or not', async (_what, type, body, status) => {
  const headers = { Authorization: `PortOne ${apiSecret}`, 'Content-Type': type };
  const answer = await send('POST', `${bench.simulator.baseUrl}/payments/order-1/pre-register`, headers, body);
  expect(answer.status).toBe(status);
});

test.each([
  ['GET', '/payments/order-1/nothing'],
  ['DELETE', '/payments/order-1'],
  ['GET', '/payments/%E0%A4%A'],
  ['POST', '/payments/order-1/schedules'],
  ['POST', '/payments/order-1/capture'],
])('%s %s is not there', async (method, path) => {
  const answer = await send(method, bench.simulator.baseUrl + path, { Authorization: `PortOne ${apiSecret}` });
  expect(typeOf(answer)).toBe('400 INVALID_REQUEST');
});
