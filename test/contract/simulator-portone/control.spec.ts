import { send } from '../simulator/support/merchant';
import { openPortOneBench, read, STORE_ID, type Json, type PortOneBench } from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

async function control(method: string, path: string, body: Json = {}): Promise<Json> {
  const headers = { 'Content-Type': 'application/json' };
  const address = `${bench.simulator.baseUrl}/_simulator/portone${path}`;
  return read(await send(method, address, headers, method === 'POST' ? JSON.stringify(body) : ''));
}

test('a payment from a terminal: the window, the buyer, the book, a cancellation', async () => {
  const { paymentId } = bench.order();
  const window = await control('POST', '/windows', bench.order({ paymentId }));
  expect(window).toMatchObject({ kind: 'payment', paymentId, status: 'READY', outcome: null });
  expect((await send('GET', bench.simulator.baseUrl + String(window.url))).status).toBe(200);
  const outcome = await control('POST', `/windows/${paymentId}/pay`, { installmentMonths: 3 });
  expect(outcome).toMatchObject({ kind: 'success', members: { paymentId, txId: window.txId } });
  expect(await control('GET', `/windows/${String(window.windowId)}`)).toMatchObject({ status: 'PAID', outcome });
  await control('POST', `/payments/${paymentId}/cancel`, { amount: 1100 });
  expect(await control('GET', '/book')).toMatchObject({ paidAmount: 9900, cancelledAmount: 1100, cancelledCount: 1 });
  expect((await control('GET', `/book/orders/${String(paymentId)}`)).entries).toMatchObject([
    { paymentId, storeId: STORE_ID, isTest: false, status: 'PARTIAL_CANCELLED', vat: 900, approvals: 1 },
  ]);
  expect(await control('GET', '/book?storeId=store-none')).toMatchObject({ payments: 0 });
  expect((await control('GET', '/book/entries')).entries).toHaveLength(1);
  expect(await control('GET', '/book/repeated')).toEqual({ orders: [] });
  expect(await control('GET', '/status')).toMatchObject({ declineRate: 0, book: { paidAmount: 9900 } });
});

test('what is not there, and what is not its turn', async () => {
  expect(await control('GET', '/windows/none')).toEqual({ error: 'no such window' });
  expect(await control('POST', '/payments/none/deposit')).toEqual({ error: 'no such payment' });
  const paymentId = bench.paid();
  expect(await control('POST', `/payments/${paymentId}/settle`)).toEqual({
    error: expect.stringContaining('PAY_PENDING'),
  });
  expect(await control('POST', `/payments/${paymentId}/reverse-deposit`)).toEqual({
    error: expect.stringContaining('deposit'),
  });
  expect(await control('POST', `/payments/${paymentId}/end-cancels`)).toEqual({
    error: expect.stringContaining('waits'),
  });
  expect(await control('POST', '/windows', { ...bench.order(), paymentId })).toEqual({ error: 'PaymentAlreadyPaid' });
  expect(await control('POST', '/billing-keys/none/delete')).toEqual({ error: 'no such billing key' });
});

test('pending, late, deposits, disputes and cancellations that wait', async () => {
  const opened = async (members: Json = {}): Promise<string> =>
    String((await control('POST', '/windows', bench.order(members))).paymentId);
  const statusOf = async (paymentId: string): Promise<unknown> =>
    (await control('GET', `/book/orders/${paymentId}`)).entries[0].status;
  const [pending, late, account] = [await opened(), await opened(), await opened({ payMethod: 'VIRTUAL_ACCOUNT' })];
  await control('POST', `/windows/${pending}/pend`);
  await control('POST', `/payments/${pending}/settle`, { isPaid: false });
  await control('POST', `/windows/${late}/decline`, { pgCode: 'REJECT_CARD_PAYMENT' });
  await control('POST', `/payments/${late}/pay-late`);
  await control('POST', `/windows/${account}/pay`, { bank: 'HANA' });
  expect(await control('POST', `/payments/${account}/deposit`, { amount: 1 })).toEqual({ taken: false });
  expect(await control('POST', `/payments/${account}/deposit`)).toEqual({ taken: true });
  await control('POST', `/payments/${account}/dispute`, { isResolved: true });
  expect([await statusOf(pending), await statusOf(late), await statusOf(account)]).toEqual(['FAILED', 'PAID', 'PAID']);
  await control('POST', '/faults', { kind: 'cancel-pending', call: 'cancel' });
  await bench.shop.cancel(late, { amount: 100 });
  expect((await control('POST', `/payments/${late}/end-cancels`, { isGiven: false })).entries).toMatchObject([
    { cancels: [{ status: 'FAILED', amount: 100 }] },
  ]);
  await control('POST', `/payments/${account}/reverse-deposit`);
  expect(await statusOf(account)).toBe('VIRTUAL_ACCOUNT_ISSUED');
});

test('billing keys', async () => {
  const asked = { kind: 'billing', billingKeyMethod: 'CARD', customer: { customerId: 'c_7f31' } };
  const { windowId, billingKey } = await control('POST', '/windows', asked);
  await control('POST', `/windows/${String(windowId)}/pay`);
  expect((await control('GET', '/billing-keys')).billingKeys).toMatchObject([
    { billingKey, customer: { id: 'c_7f31' }, method: 'card', deletedAt: null },
  ]);
  const { billingKeys } = await control('POST', `/billing-keys/${String(billingKey)}/delete`);
  expect(billingKeys).toMatchObject([{ deletedAt: expect.stringMatching(/Z$/) }]);
});

test('where messages go, what was sent, and what never was', async () => {
  const change = { mode: 'TEST', secrets: ['c2VjcmV0'], version: '2024-01-01', url: `${bench.listener.url}/test` };
  const { mode: _mode, ...set } = change;
  expect(await control('POST', '/webhooks', change)).toEqual(set);
  expect(await control('POST', '/webhooks', { mode: 'TEST', url: null })).toMatchObject({
    url: null,
    version: '2024-01-01',
  });
  expect(await control('POST', '/webhooks', { mode: 'NONE' })).toEqual({ error: expect.stringContaining('mode') });
  expect(await control('POST', '/webhooks', { secrets: 'one' })).toEqual({ error: expect.stringContaining('secrets') });
  bench.paid();
  expect(await control('POST', '/webhooks/deliver')).toEqual({ sent: 2 });
  expect(await control('POST', '/webhooks/1/send', { copies: 3 })).toMatchObject({
    event: 'Transaction.Ready',
    state: 'Delivered',
  });
  expect((await control('GET', '/webhooks')).webhooks).toHaveLength(2);
  const forged = await control('POST', '/webhooks/forge', {
    url: bench.listener.url,
    body: { type: 'Test' },
    signedAs: 'LIVE',
  });
  expect(forged).toMatchObject({ event: 'forged', body: '{"type":"Test"}', attempts: [{ status: 200 }] });
  expect(bench.listener.received).toHaveLength(6);
});

test('faults and declines', async () => {
  const { id } = await control('POST', '/faults', { kind: 'call-cut', call: 'lookup' });
  expect((await control('GET', '/faults')).faults).toMatchObject([
    { id, kind: 'call-cut', call: 'lookup', paymentId: null },
  ]);
  expect(await control('DELETE', `/faults/${String(id)}`)).toEqual({ disarmed: true });
  expect(await control('POST', '/faults', { kind: 'nothing' })).toEqual({ error: 'unknown fault kind "nothing"' });
  expect(await control('POST', '/declines', { declineRate: 1 })).toEqual({ declineRate: 1 });
  expect(() => bench.billingKey({ paymentId: 'x', orderName: 'x', totalAmount: 1, currency: 'KRW' })).toThrow(
    'no billing key',
  );
  expect(await control('DELETE', '/declines')).toEqual({ declineRate: 0 });
});
