import { openBench, type Bench } from './support/bench';
import { resultCodeOf } from './support/merchant';
import { readCompletely, readStrictly } from './support/strict-reader';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

async function elapsedMs(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

test('token-slow answers late and answers well', async () => {
  bench.simulator.control.armFault({ kind: 'token-slow', options: { delayMs: 60 } });
  expect(await elapsedMs(() => bench.merchant.signIn())).toBeGreaterThanOrEqual(55);
});

test.each([
  ['token-refused' as const, 401],
  ['token-failing' as const, 500],
])('%s answers %i in the members of the token answer, then all is well again', async (kind, status) => {
  bench.simulator.control.armFault({ kind });
  const refused = await bench.merchant.requestToken();
  expect(refused.status).toBe(status);
  expect(readStrictly('token', refused.body)).toMatchObject({ accessToken: null });
  expect((await bench.merchant.requestToken()).status).toBe(200);
});

test('token-short-lived says so in `expired` and means it', async () => {
  bench.simulator.control.armFault({ kind: 'token-short-lived', options: { ttlSeconds: 5 } });
  const token = readCompletely('token', (await bench.merchant.requestToken()).body);
  expect(token.expired).toBe('5');
});

test.each(['soon', '', '-1', '99999999999999999999'])('token-odd-expiry says %j', async (expired) => {
  bench.simulator.control.armFault({ kind: 'token-odd-expiry', options: { expired } });
  expect(readCompletely('token', (await bench.merchant.requestToken()).body).expired).toBe(expired);
});

test('token-revoked answers a valid token 401, and that token is dead while a new one works', async () => {
  bench.simulator.control.armFault({ kind: 'token-revoked' });
  expect((await bench.merchant.lookup('x')).status).toBe(401);
  expect((await bench.merchant.lookup('x')).status).toBe(401);
  await bench.merchant.signIn();
  expect((await bench.merchant.lookup('x')).status).toBe(200);
});

test('all tokens can be revoked at once', async () => {
  await bench.merchant.requestToken();
  expect(bench.simulator.control.revokeTokens()).toBe(2);
  expect((await bench.merchant.lookup('x')).status).toBe(401);
  expect(bench.simulator.control.revokeTokens()).toBe(0);
});

test('a token lives exactly as long as it says', async () => {
  await bench.simulator.control.advance(43_200_000 - 1);
  expect((await bench.merchant.lookup('x')).status).toBe(200);
  await bench.simulator.control.advance(1);
  const expired = await bench.merchant.lookup('x');
  expect(expired.status).toBe(401);
  expect(resultCodeOf(expired)).toBe('8001');
});

test('several tokens are valid at once', async () => {
  await bench.merchant.requestToken();
  expect((await bench.merchant.lookup('x')).status).toBe(200);
  expect(bench.simulator.control.tokensIssued()).toBe(2);
});

test.each([
  ['seconds' as const, '600'],
  ['epoch-ms' as const, '1448064000000'],
  ['compact' as const, '20151121090000'],
])('`expired` can be written in each known form: %s', async (tokenExpiryFormat, expired) => {
  const startAt = Date.UTC(2015, 10, 20, 23, 50);
  const other = await openBench({ tokenExpiryFormat, tokenTtlSeconds: 600, startAt });
  try {
    expect(readCompletely('token', (await other.merchant.requestToken()).body).expired).toBe(expired);
  } finally {
    await other.close();
  }
});

test.each(['demo-client:wrong', 'other:demo-secret+/=', 'demo-client', ''])(
  'credentials %j get no token',
  async (credentials) => {
    expect((await bench.merchant.requestToken(credentials)).status).toBe(401);
    expect(bench.simulator.control.tokensIssued()).toBe(1);
  },
);
