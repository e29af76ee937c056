import { send } from '../simulator/support/merchant';
import {
  APPROVAL_URL,
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
afterEach(() => bench.close());

async function control(method: string, path: string, body: Json = {}): Promise<Json> {
  const headers = { 'Content-Type': 'application/json' };
  const address = `${bench.simulator.baseUrl}/_simulator/kakaopay${path}`;
  return read(await send(method, address, headers, method === 'POST' ? JSON.stringify(body) : ''));
}

test('a payment from a terminal: ready, the customer, the way back, approve', async () => {
  const order = bench.order();
  const { tid } = readOk(await bench.shop.call('ready', order));
  expect(await control('POST', `/payments/${tid}/open`)).toMatchObject({ tid, status: 'OPEN_PAYMENT', outcome: null });
  expect(await control('POST', `/payments/${tid}/wait`, { status: 'SEND_TMS' })).toMatchObject({ status: 'SEND_TMS' });
  const outcome = await control('POST', `/payments/${tid}/pay`, { means: 'CARD', installMonths: 3 });
  expect(outcome).toEqual({ kind: 'approval', redirectUrl: expect.stringContaining(`${APPROVAL_URL}&pg_token=`) });
  expect(await control('POST', `/payments/${order.partner_order_id}/return`)).toEqual(outcome);
  expect(await control('GET', `/payments/${tid}`)).toMatchObject({
    status: 'AUTH_PASSWORD',
    amount: 9900,
    outcome,
    returns: 1,
  });
  const pgToken = new URL(outcome.redirectUrl).searchParams.get('pg_token');
  const paid = readOk(await bench.shop.call('approve', { ...order, tid, pg_token: pgToken }));
  expect(paid.card_info.install_month).toBe('03');
  await control('POST', `/payments/${tid}/cancel`, { cancel_amount: 1100 });
  expect(await control('GET', '/book')).toMatchObject({ approvedAmount: 9900, canceledAmount: 1100 });
  const { entries } = await control('GET', `/book/orders/${String(order.partner_order_id)}`);
  expect(entries).toMatchObject([{ tid, method: 'CARD', vat: 900, cancels: [{ amount: 1100, vat: 100 }] }]);
});

test('the book is of one contract where that is wanted', async () => {
  await bench.paid();
  await bench.sid();
  expect(await control('GET', `/book?cid=${RECURRING}`)).toMatchObject({ payments: 1, approvedAmount: 9900 });
  expect((await control('GET', '/book/entries')).entries).toHaveLength(2);
  expect(await control('GET', '/book/repeated')).toEqual({ orders: [] });
});

test('customers’ money and SIDs', async () => {
  expect(await control('GET', '/customers/c_7f31')).toEqual({ userId: 'c_7f31', balance: null });
  expect(await control('POST', '/customers/c_7f31', { balance: 9900 })).toEqual({ userId: 'c_7f31', balance: 9900 });
  expect(await control('POST', '/customers/c_7f31', { balance: -1 })).toEqual({
    error: expect.stringContaining('balance'),
  });
  const sid = await bench.sid();
  expect((await control('GET', '/sids')).sids).toMatchObject([{ sid, cid: RECURRING, charges: 0, endedBy: null }]);
  expect(await control('POST', `/sids/${sid}/monthly-limit`, { times: 1 })).toMatchObject({ monthlyLimit: 1 });
  expect(await control('POST', `/sids/${sid}/monthly-limit`, { times: 'x' })).toEqual({ error: expect.any(String) });
  expect(await control('POST', `/sids/${sid}/end`)).toMatchObject({ sid, endedBy: 'customer' });
  expect(await control('GET', '/sids/none')).toEqual({ error: 'no such sid' });
});

test('settings and maintenance', async () => {
  const changed = await control('POST', '/settings', { lastApprovedAtMoves: false, bankWindow: true, tidLifeMs: 1000 });
  expect(changed).toMatchObject({
    lastApprovedAtMoves: false,
    bankWindow: true,
    tidLifeMs: 1000,
    maintenanceUntil: null,
  });
  expect(await control('POST', '/settings', { tidLifeMs: 0 })).toEqual({ error: expect.stringContaining('tidLifeMs') });
  expect(await control('POST', '/settings', { bankWindow: 1 })).toEqual({
    error: expect.stringContaining('bankWindow'),
  });
  expect((await control('POST', '/maintenance', { forMs: 60_000, code: -7 })).maintenanceUntil).toMatch(/Z$/);
  expect((await bench.shop.order('T')).status).toBe(503);
  expect((await control('DELETE', '/maintenance')).maintenanceUntil).toBeNull();
  expect(await control('GET', '/status')).toEqual(await control('POST', '/settings'));
});

test('faults and declines', async () => {
  const { id } = await control('POST', '/faults', { kind: 'call-cut', call: 'order' });
  expect((await control('GET', '/faults')).faults).toMatchObject([
    { id, kind: 'call-cut', call: 'order', orderId: null },
  ]);
  expect(await control('DELETE', `/faults/${String(id)}`)).toEqual({ disarmed: true });
  expect(await control('POST', '/faults', { kind: 'nothing' })).toEqual({ error: 'unknown fault kind "nothing"' });
  expect(await control('POST', '/declines', { declineRate: 1 })).toEqual({ declineRate: 1 });
  expect((await bench.shop.call('approve', await bench.authenticated())).status).toBe(400);
  expect(await control('DELETE', '/declines')).toEqual({ declineRate: 0 });
  expect(await control('POST', '/declines', { code: '' })).toEqual({ error: 'code must be given' });
});
