import { shopPage } from './support/shop-page';
import { TOSS_MERCHANT } from '../../../simulator';
import { send, type Answer } from '../simulator/support/merchant';
import {
  codeOf,
  FAIL_URL,
  MINUTE_MS,
  openTossBench,
  readOk,
  SUCCESS_URL,
  type Json,
  type TossBench,
} from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(() => bench.close());

const paymentsOf = (orderId: unknown): Json[] => bench.simulator.toss.bookOfOrder(String(orderId));

describe('time', () => {
  test('the window is open for thirty minutes', async () => {
    const wanted = bench.order();
    bench.simulator.toss.openPayment(wanted);
    await bench.simulator.control.advance(30 * MINUTE_MS - 1);
    expect(paymentsOf(wanted.orderId)).toMatchObject([{ status: 'READY' }]);
    await bench.simulator.control.advance(1);
    expect(paymentsOf(wanted.orderId)).toMatchObject([{ status: 'EXPIRED', failureCode: 'EXPIRED_PAYMENT' }]);
    expect(() => bench.simulator.toss.pay(wanted.orderId)).toThrow('NOT_FOUND_PAYMENT_SESSION');
  });

  test('an authenticated payment waits ten minutes for its confirm, and no money moves without it', async () => {
    const [inTime, late] = [await bench.authenticated(), await bench.authenticated()];
    await bench.simulator.control.advance(10 * MINUTE_MS - 1);
    expect(readOk(await bench.shop.confirm(inTime)).status).toBe('DONE');
    await bench.simulator.control.advance(1);
    expect(codeOf(await bench.shop.confirm(late))).toBe('404 NOT_FOUND_PAYMENT_SESSION');
    expect(paymentsOf(late.orderId)).toMatchObject([{ status: 'EXPIRED', approvedAmount: 0 }]);
  });
});

describe('confirm', () => {
  test.each([
    ['another amount', { amount: 14_999 }, '403 FORBIDDEN_REQUEST'],
    ['another order', { orderId: 'order-9999' }, '404 NOT_FOUND_PAYMENT_SESSION'],
    ['another payment', { paymentKey: 'none' }, '404 NOT_FOUND_PAYMENT'],
    ['no order', { orderId: undefined }, '400 INVALID_REQUEST'],
    ['a key of 201 characters', { paymentKey: 'k'.repeat(201) }, '400 INVALID_REQUEST'],
  ])('with %s confirms nothing', async (_what, members, expected) => {
    const returned = await bench.authenticated();
    expect(codeOf(await bench.shop.confirm({ ...returned, ...members }))).toBe(expected);
    expect(paymentsOf(returned.orderId)).toMatchObject([{ status: 'IN_PROGRESS', approvals: 0 }]);
    expect(readOk(await bench.shop.confirm(returned)).status).toBe('DONE');
  });

  test('takes an amount as text, and goes by the older path too', async () => {
    const [one, other] = [await bench.authenticated(), await bench.authenticated()];
    expect(readOk(await bench.shop.confirm({ ...one, amount: '15000' })).totalAmount).toBe(15_000);
    const { paymentKey, ...body } = other;
    expect(readOk(await bench.shop.post(`/v1/payments/${String(paymentKey)}`, body)).paymentKey).toBe(paymentKey);
  });

  test('before the buyer has authenticated, after a decline, and twice', async () => {
    const wanted = bench.order();
    const window = bench.simulator.toss.openPayment(wanted);
    const paymentKey = window.kind === 'payment' ? window.payment.paymentKey : '';
    const early = { paymentKey, orderId: wanted.orderId, amount: 15_000 };
    expect(codeOf(await bench.shop.confirm(early))).toBe('404 NOT_FOUND_PAYMENT_SESSION');
    const declined = await bench.authenticated({}, { card: '4330123400003115' });
    expect(codeOf(await bench.shop.confirm(declined))).toBe('403 REJECT_CARD_PAYMENT');
    expect(codeOf(await bench.shop.confirm(declined))).toBe('404 NOT_FOUND_PAYMENT_SESSION');
    const paid = await bench.authenticated();
    readOk(await bench.shop.confirm(paid));
    expect(codeOf(await bench.shop.confirm(paid))).toBe('400 ALREADY_PROCESSED_PAYMENT');
  });

  test('of two windows of one order only one is approved', async () => {
    const wanted = bench.order();
    const [first, second] = [await bench.authenticated(wanted), await bench.authenticated(wanted)];
    expect(readOk(await bench.shop.confirm(second)).status).toBe('DONE');
    expect(codeOf(await bench.shop.confirm(first))).toBe('400 DUPLICATED_ORDER_ID');
    expect(bench.simulator.toss.repeatedOrders()).toEqual([]);
    expect(() => bench.simulator.toss.openPayment(wanted)).toThrow('DUPLICATED_ORDER_ID');
  });
});

/** As a browser sends a form. */
function post(address: string, members: Record<string, string>): Promise<Answer> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return send('POST', address, headers, new URLSearchParams(members).toString());
}

describe('a page', () => {
  const form = (path: string, members: Record<string, string>) => post(bench.simulator.baseUrl + path, members);

  async function opened(members: Json = {}): Promise<{ path: string; orderId: string }> {
    const request = { kind: 'payment', clientKey: TOSS_MERCHANT.clientKey, ...bench.order(), ...members };
    const answer = await form('/toss/window', { request: JSON.stringify(request) });
    expect(answer.status).toBe(303);
    return { path: String(answer.headers.location), orderId: (request as Json).orderId as string };
  }

  const toOf = async (path: string, members: Record<string, string> = {}): Promise<URL> =>
    new URL(String((await form(path, members)).headers.location));

  test('shows the order, and its text as text', async () => {
    const { path } = await opened({ orderName: '<img src=x onerror=alert(1)>' });
    const page = await send('GET', bench.simulator.baseUrl + path);
    expect(page.headers['content-security-policy']).toBeDefined();
    expect(page.body.toString()).toContain('15,000');
    expect(page.body.toString()).not.toContain('<img');
  });

  test('paying returns to the shop with the payment, behind the query that is there', async () => {
    const { path, orderId } = await opened();
    const to = await toOf(`${path}/pay`);
    expect(to.origin + to.pathname).toBe('https://shop.example/pay/success');
    expect(Object.fromEntries(to.searchParams)).toEqual({
      token: 't1',
      orderId,
      paymentKey: expect.any(String),
      amount: '15000',
    });
    // The back button ends where the first press ended.
    expect((await toOf(`${path}/close`)).href).toBe(to.href);
  });

  test('declining says why and of which order; closing says no order at all', async () => {
    const [declined, closed] = [await opened(), await opened()];
    const why = await toOf(`${declined.path}/decline`, { code: 'REJECT_CARD_COMPANY' });
    expect(Object.fromEntries(why.searchParams)).toMatchObject({
      code: 'REJECT_CARD_COMPANY',
      orderId: declined.orderId,
    });
    const gone = await toOf(`${closed.path}/close`);
    expect(gone.pathname).toBe('/pay/fail');
    expect(Object.fromEntries(gone.searchParams)).toEqual({
      token: 't1',
      code: 'PAY_PROCESS_CANCELED',
      message: expect.any(String),
    });
    expect(paymentsOf(closed.orderId)).toMatchObject([{ status: 'READY' }]);
  });

  test.each([
    ['no JSON', '{'],
    ['a client key of nobody', JSON.stringify({ kind: 'payment', clientKey: 'test_ck_nobody' })],
    ['no order', JSON.stringify({ kind: 'payment', clientKey: TOSS_MERCHANT.clientKey, amount: 100 })],
    [
      'a return that is no address',
      JSON.stringify({
        kind: 'payment',
        clientKey: TOSS_MERCHANT.clientKey,
        method: 'CARD',
        amount: 100,
        orderId: 'order-0001',
        orderName: 'x',
        successUrl: 'javascript:alert(1)',
        failUrl: 'https://shop.example',
      }),
    ],
  ])('opens nothing for a request that is none: %s', async (_what, request) => {
    const answer = await form('/toss/window', { request });
    expect(answer.status).toBe(400);
    expect(bench.simulator.toss.bookTotals().payments).toBe(0);
  });
});

describe('the vendor’s own loader', () => {
  const load = (clientKey: string): string =>
    `const toss = await loader.loadTossPayments('${clientKey}', { src: '${bench.simulator.baseUrl}/v2/standard' });`;

  test('loads the simulator’s script, and a page opens a payment with it that is then paid', async () => {
    const order = bench.order();
    const page = shopPage(`
      ${load(TOSS_MERCHANT.clientKey)}
      await toss.payment({ customerKey: loader.ANONYMOUS }).requestPayment(${JSON.stringify(order)});
    `);
    const { action, target, request } = await page.submitted;
    expect(page.scripts()).toEqual([`${bench.simulator.baseUrl}/v2/standard`]);
    expect([action, target]).toEqual([`${bench.simulator.baseUrl}/toss/window`, '_self']);
    const answer = await post(action, { request });
    const paid = await post(`${bench.simulator.baseUrl}${String(answer.headers.location)}/pay`, {});
    const returned = Object.fromEntries(new URL(String(paid.headers.location)).searchParams);
    expect(returned.orderId).toBe(order.orderId);
    expect(readOk(await bench.shop.confirm(returned))).toMatchObject({ status: 'DONE', totalAmount: 15_000 });
  });

  test('opens a registration for billing', async () => {
    const asked = { method: 'CARD', successUrl: SUCCESS_URL, failUrl: FAIL_URL };
    const page = shopPage(`
      ${load(TOSS_MERCHANT.clientKey)}
      await toss.payment({ customerKey: 'customer-1' }).requestBillingAuth(${JSON.stringify(asked)});
    `);
    const { request } = await page.submitted;
    expect(JSON.parse(request)).toMatchObject({ kind: 'billing', customerKey: 'customer-1', method: 'CARD' });
  });

  test('is told of a mistake by its code', async () => {
    const noKey = shopPage(load('secret'));
    await expect(noKey.submitted).rejects.toMatchObject({ code: 'INVALID_CLIENT_KEY' });
    const noAmount = shopPage(`
      ${load(TOSS_MERCHANT.clientKey)}
      await toss.payment({ customerKey: 'customer-1' }).requestPayment({ method: 'CARD', orderId: 'order-0001' });
    `);
    await expect(noAmount.submitted).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
  });
});
