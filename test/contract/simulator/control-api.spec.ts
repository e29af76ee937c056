import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { FAULTS, type ArmedFaultView } from '../../../simulator';
import { openBench, type Bench } from './support/bench';
import { orders, resultCodeOf, send, type Answer } from './support/merchant';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

function control(method: string, path: string, body?: unknown): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  return send(method, `${bench.simulator.baseUrl}/_simulator${path}`, { 'Content-Type': 'application/json' }, text);
}

async function read(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await control(method, path, body);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>;
}

test('faults are armed, listed, counted and disarmed', async () => {
  const armed = await read('POST', '/faults', { kind: 'lookup-failing', times: 3, options: { status: 503 } });
  expect(armed).toMatchObject({ kind: 'lookup-failing', timesLeft: 3, options: { status: 503 }, struck: 0 });
  expect((await bench.merchant.lookup('x')).status).toBe(503);
  expect(await read('GET', '/faults')).toMatchObject({ faults: [{ timesLeft: 2, struck: 1 }] });
  expect(await read('DELETE', `/faults/${String(armed.id)}`)).toEqual({ disarmed: true });
  expect((await bench.merchant.lookup('x')).status).toBe(200);
  await read('POST', '/faults', { kind: 'lookup-failing', share: 1 });
  expect(await read('DELETE', '/faults')).toEqual({ faults: [] });
  expect((await bench.merchant.lookup('x')).status).toBe(200);
});

test.each([
  ['an unknown kind', { kind: 'nothing' }],
  ['a kind of the prototype', { kind: 'constructor' }],
  ['no kind', {}],
  ['a share above one', { kind: 'lookup-cut', share: 1.5 }],
  ['no times at all', { kind: 'lookup-cut', times: 0 }],
  ['times in words', { kind: 'lookup-cut', times: 'often' }],
  ['an unknown option', { kind: 'lookup-cut', options: { status: 1 } }],
  ['an option of another type', { kind: 'lookup-slow', options: { delayMs: 'long' } }],
  ['a list', []],
])('a fault order with %s is refused and arms nothing', async (_what, order) => {
  const answer = await control('POST', '/faults', order);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body.toString())).toEqual({ error: expect.any(String) });
  expect(bench.simulator.control.faults()).toEqual([]);
});

test('a web page of another site can not give orders with a plain form', async () => {
  const url = `${bench.simulator.baseUrl}/_simulator/tokens/revoke`;
  for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', '']) {
    expect((await send('POST', url, { 'Content-Type': contentType }, '{}')).status).toBe(400);
  }
  expect((await bench.merchant.lookup('x')).status).toBe(200);
});

test('the catalogue of faults can be read', async () => {
  expect(await read('GET', '/fault-kinds')).toEqual(JSON.parse(JSON.stringify(FAULTS)));
});

test('a scenario sets declines and faults', async () => {
  const scenario = {
    declineRate: 1,
    chargeOrderNos: ['tx_2'],
    faults: [{ kind: 'submit-answer-lost' }, { kind: 'verify-unavailable', times: 2 }],
  };
  expect(await read('POST', '/scenario', scenario)).toMatchObject({ declineRate: 1, faults: [{}, {}] });
  expect((await bench.merchant.submit(orders(3))).status).toBeNull();
  await read('POST', '/notifications/deliver');
  expect(await read('GET', '/book')).toMatchObject({ acceptedCount: 3, chargedCount: 1, declinedCount: 2 });
  expect((await control('POST', '/scenario', { declinRate: 1 })).status).toBe(400);
});

test('the clock is moved and sped up, and what falls due happens', async () => {
  await bench.merchant.submitted(orders(1));
  const before = await read('GET', '/clock');
  const after = await read('POST', '/clock', { advanceMs: 1000 });
  expect(Date.parse(after.now as string) - Date.parse(before.now as string)).toBe(1000);
  expect(after).toMatchObject({ factor: 0, done: 2 });
  expect(bench.listener.received).toHaveLength(1);
  expect(await read('POST', '/clock', { factor: 60 })).toMatchObject({ factor: 60 });
  expect((await control('POST', '/clock', { advanceMs: -1 })).status).toBe(400);
  expect((await control('POST', '/clock', { factor: 'fast' })).status).toBe(400);
});

test('jobs, notifications, calls, refunds and repeated orders are read', async () => {
  await bench.verified(orders(2));
  expect(await read('GET', '/jobs')).toMatchObject({ jobs: [{ jobId: '1', rows: 2, resultOpen: true }] });
  expect(await read('GET', '/jobs/1')).toMatchObject({ jobId: '1', state: 'Completed' });
  expect((await control('GET', '/jobs/2')).status).toBe(404);
  expect(await read('GET', '/notifications')).toMatchObject({
    notifications: [{ state: 'Verified', attempts: [{ status: 200, resultCode: '0000', answer: expect.any(String) }] }],
  });
  expect(await read('GET', '/book/refunds')).toEqual({ refunds: [] });
  expect(await read('GET', '/book/repeated')).toEqual({ orders: [] });
  expect(await read('GET', '/calls')).toMatchObject({
    calls: [{ path: '/oauth/service/accessToken' }, { path: '/v1/payment/fileJob' }, { direction: 'out' }, {}],
  });
  expect(await read('GET', '/status')).toMatchObject({ tokensIssued: 1, declineRate: 0, book: { chargedCount: 2 } });
  expect((await control('GET', '/nothing')).status).toBe(404);
  expect((await control('GET', '/jobs/%E0%A4%A')).status).toBe(400);
});

test('messages are sent again and forged by call', async () => {
  await bench.completed(orders(1));
  await read('POST', '/notifications/1/send', { copies: 2 });
  expect(bench.listener.received).toHaveLength(3);
  expect((await control('POST', '/notifications/9/send')).status).toBe(404);
  await read('POST', '/notifications/forge', { url: bench.listener.url, jobId: '1' });
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('8010');
  expect((await control('POST', '/notifications/forge', { url: 'file:///etc/passwd' })).status).toBe(400);
});

test('tokens are revoked by call', async () => {
  expect(await read('POST', '/tokens/revoke')).toEqual({ revoked: 1 });
  expect((await bench.merchant.lookup('x')).status).toBe(401);
});

test('a share of calls is drawn by the seed: about as many, and the same ones again', async () => {
  const struckCalls = async (): Promise<number[]> => {
    const other = await openBench({ seed: 'share' });
    try {
      other.simulator.control.armFault({ kind: 'lookup-failing', share: 0.4 });
      const statuses: (number | null)[] = [];
      for (let index = 0; index < 100; index += 1) statuses.push((await other.merchant.lookup('x')).status);
      return statuses.flatMap((status, index) => (status === 500 ? [index] : []));
    } finally {
      await other.close();
    }
  };
  const first = await struckCalls();
  expect(first.length).toBeGreaterThan(25);
  expect(first.length).toBeLessThan(55);
  expect(await struckCalls()).toEqual(first);
});

test('a fault can let calls pass first', async () => {
  bench.simulator.control.armFault({ kind: 'lookup-failing', skip: 2, times: 1 });
  const statuses = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await bench.merchant.lookup('x')).status);
  expect(statuses).toEqual([200, 200, 500, 200]);
  const [spent] = bench.simulator.control.faults();
  expect(spent).toMatchObject<Partial<ArmedFaultView>>({ timesLeft: 0, struck: 1 });
});

test('the page is one document without foreign assets, and only its own script may run', async () => {
  const page = await send('GET', `${bench.simulator.baseUrl}/`);
  const html = page.body.toString('utf8');
  expect(page.headers['content-type']).toContain('text/html');
  expect(html).not.toMatch(/(?:src|href)=|https?:|@import|innerHTML|insertAdjacentHTML|document\.write/);
  const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
  expect(() => new Script(script)).not.toThrow();
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain(`script-src 'sha256-${hash}'`);
  expect(policy).not.toContain('unsafe-inline');
});
