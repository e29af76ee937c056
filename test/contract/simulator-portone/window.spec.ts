import { send, type Answer } from '../simulator/support/merchant';
import {
  KAKAOPAY,
  lookedUp,
  MANUAL,
  openPortOneBench,
  REDIRECT_URL,
  STORE_ID,
  TOSS,
  TOSS_TEST,
  type Json,
  type PortOneBench,
} from './support/portone-bench';
import { shopPage, type ShopPage } from './support/shop-page';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

/** As a browser sends a form. */
function post(address: string, members: Record<string, string> = {}): Promise<Answer> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return send('POST', address, headers, new URLSearchParams(members).toString());
}

const here = (path: string): string => bench.simulator.baseUrl + path;
const locationOf = (answer: Answer): string => String(answer.headers.location);

async function opened(members: Json = {}): Promise<{ path: string; paymentId: string }> {
  const request = { kind: 'payment', ...bench.order(), ...members } as Json;
  const answer = await post(here('/portone/window'), { request: JSON.stringify(request) });
  expect(answer.status).toBe(303);
  return { path: locationOf(answer), paymentId: request.paymentId as string };
}

async function returned(path: string, members: Record<string, string> = {}): Promise<URL> {
  return new URL(locationOf(await post(here(path), members)));
}

/** What a page that waits is told. */
function toldIn(answer: Answer): Json {
  const text = /<p hidden id="told"[^>]*>(.*?)<\/p>/.exec(answer.body.toString())?.[1] ?? '';
  return JSON.parse(text.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))) as Json;
}

describe('the window', () => {
  test('shows the order in Korean and English, its text as text, and whether the channel is a test', async () => {
    const { path } = await opened({ orderName: '<img src=x onerror=alert(1)>', channelKey: TOSS_TEST });
    const page = await send('GET', here(path));
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const html = page.body.toString();
    for (const text of ['9,900원', '결제하기 · Pay', '닫기 · Close', '테스트 채널 · Test channel'])
      expect(html).toContain(text);
    expect(html).not.toContain('<img');
  });

  test('leads back to the shop with what the SDK would, behind the query that is there', async () => {
    const { path, paymentId } = await opened();
    const to = await returned(`${path}/pay`);
    expect(to.origin + to.pathname).toBe('https://shop.example/return');
    const { transactionId } = await lookedUp(bench, paymentId);
    const expected = { token: 't1', transactionType: 'PAYMENT', txId: transactionId, paymentId };
    expect(Object.fromEntries(to.searchParams)).toEqual(expected);
    // The back button ends where the first press ended.
    expect((await returned(`${path}/leave`)).href).toBe(to.href);
    expect(locationOf(await send('GET', here(path)))).toBe(to.href);
    expect((await lookedUp(bench, paymentId)).status).toBe('PAID');
  });

  test('of a manual channel returns the token that confirms', async () => {
    const { path, paymentId } = await opened({ channelKey: MANUAL });
    const paymentToken = (await returned(`${path}/pay`)).searchParams.get('paymentToken');
    await bench.sdk.payment.confirmPayment({ paymentId, paymentToken: String(paymentToken) });
    expect((await lookedUp(bench, paymentId)).status).toBe('PAID');
  });

  test.each([
    ['decline', { pgCode: 'REJECT_CARD_PAYMENT' }, 'REJECT_CARD_PAYMENT', 'FAILED'],
    ['leave', {}, 'PAY_PROCESS_CANCELED', 'FAILED'],
    ['pay', { card: '4330123400003115' }, 'REJECT_CARD_PAYMENT', 'FAILED'],
    ['pay', { then: 'pend' }, null, 'PAY_PENDING'],
  ])('%s %j', async (act, form, pgCode, status) => {
    const { path, paymentId } = await opened();
    const { searchParams } = await returned(`${path}/${act}`, form);
    const failed = { code: 'FAILURE_TYPE_PG', message: expect.any(String), pgCode, pgMessage: expect.any(String) };
    const about = { token: 't1', transactionType: 'PAYMENT', txId: expect.any(String), paymentId };
    expect(Object.fromEntries(searchParams)).toEqual(pgCode === null ? about : { ...about, ...failed });
    expect((await lookedUp(bench, paymentId)).status).toBe(status);
  });

  test.each([
    ['VIRTUAL_ACCOUNT', TOSS, '계좌 발급 · Get an account', { bank: 'HANA' }, { bank: 'HANA' }],
    ['TRANSFER', TOSS, '계좌이체 · Transfer', { bank: 'IBK' }, { bank: 'IBK' }],
    ['EASY_PAY', TOSS, '간편결제 · Wallet', { provider: 'NAVERPAY' }, { provider: 'NAVERPAY' }],
    ['EASY_PAY', KAKAOPAY, '카카오페이', {}, { provider: 'KAKAOPAY' }],
  ])('offers %s', async (payMethod, channelKey, text, form, method) => {
    const { path, paymentId } = await opened({ payMethod, channelKey });
    expect((await send('GET', here(path))).body.toString()).toContain(text);
    await post(here(`${path}/pay`), form);
    expect((await lookedUp(bench, paymentId)).method).toMatchObject(method);
  });

  test('registers a method, and takes a first payment with it', async () => {
    const asked = {
      kind: 'billing',
      storeId: STORE_ID,
      channelKey: TOSS,
      billingKeyMethod: 'CARD',
      redirectUrl: REDIRECT_URL,
    };
    const window = await post(here('/portone/window'), {
      request: JSON.stringify({ ...asked, issueName: '월간 이용권' }),
    });
    expect((await send('GET', here(locationOf(window)))).body.toString()).toContain('등록하기 · Register');
    const { searchParams } = await returned(`${locationOf(window)}/pay`);
    expect(Object.fromEntries(searchParams)).toEqual({
      token: 't1',
      transactionType: 'ISSUE_BILLING_KEY',
      billingKey: expect.stringMatching(/^billing-key-/),
    });
    const both: Json = { ...bench.order(), ...asked };
    const second = await post(here('/portone/window'), { request: JSON.stringify(both) });
    expect((await send('GET', here(locationOf(second)))).body.toString()).toContain('9,900원');
    const answer = await returned(`${locationOf(second)}/pay`);
    expect(answer.searchParams.get('transactionType')).toBe('ISSUE_BILLING_KEY_AND_PAY');
    expect(answer.searchParams.get('paymentId')).toBe(both.paymentId);
  });

  test('that can’t be opened leads back with the code, or shows the mistake to who made the page', async () => {
    const paymentId = bench.paid();
    const open = (members: Json) =>
      post(here('/portone/window'), { request: JSON.stringify({ kind: 'payment', ...bench.order(members) }) });
    const to = new URL(locationOf(await open({ paymentId })));
    expect(Object.fromEntries(to.searchParams)).toEqual({
      token: 't1',
      transactionType: 'PAYMENT',
      paymentId,
      code: 'PaymentAlreadyPaid',
      message: expect.any(String),
    });
    expect(new URL(locationOf(await open({ storeId: 'store-none' }))).searchParams.get('code')).toBe('StoreNotFound');
    expect((await open({ storeId: 'store-none', redirectUrl: undefined })).status).toBe(400);
    for (const members of [{ totalAmount: -1 }, { redirectUrl: 'javascript:alert(1)' }, { payMethod: 'GOLD' }]) {
      const answer = await open(members);
      expect([answer.status, answer.body.toString().includes('INVALID_REQUEST')]).toEqual([400, true]);
    }
    expect((await post(here('/portone/window'), { request: '{' })).status).toBe(400);
    expect((await post(here('/portone/window/none/pay'))).status).toBe(400);
    const { path } = await opened();
    expect((await post(here(`${path}/nothing`))).status).toBe(400);
  });

  test('a message may be there before the browser is back', async () => {
    const { path } = await opened();
    await bench.simulator.portone.deliverWebhooks();
    bench.simulator.portone.armFault({ kind: 'webhook-before-answer' });
    await returned(`${path}/pay`);
    expect(bench.messages().map(({ type }) => type)).toEqual(['Transaction.Ready', 'Transaction.Paid']);
  });

  test('a page that waits is told the result', async () => {
    const { path, paymentId } = await opened({ pageOrigin: 'https://shop.example' });
    const answer = await post(here(`${path}/pay`));
    expect(answer.body.toString()).toContain('data-origin="https://shop.example"');
    expect(toldIn(answer)).toEqual({
      members: { transactionType: 'PAYMENT', txId: expect.any(String), paymentId },
      redirectUrl: null,
    });
    const led = await opened({ pageOrigin: 'https://shop.example', forceRedirect: true });
    expect(toldIn(await post(here(`${led.path}/leave`))).redirectUrl).toContain(
      `${REDIRECT_URL}&transactionType=PAYMENT`,
    );
  });
});

describe('the script', () => {
  async function page(run: string, isPhone = false): Promise<ShopPage> {
    const { baseUrl } = bench.simulator;
    const { headers, body } = await send('GET', `${baseUrl}/v2/browser-sdk.js`);
    expect(headers['content-type']).toContain('text/javascript');
    return shopPage(baseUrl, body.toString(), run, isPhone);
  }

  test('opens a window over the page on a PC, and gives the page what came of it', async () => {
    const order = bench.order();
    const shop = await page(`return window.PortOne.requestPayment(${JSON.stringify(order)});`);
    const { action, target, request } = await shop.submitted;
    expect([action, target.startsWith('portone-window-'), shop.hasFrame()]).toEqual([
      here('/portone/window'),
      true,
      true,
    ]);
    const window = await post(action, { request });
    const told = toldIn(await post(here(`${locationOf(window)}/pay`)));
    shop.told(told);
    expect(await shop.result).toEqual({
      transactionType: 'PAYMENT',
      txId: expect.any(String),
      paymentId: order.paymentId,
    });
    expect(shop.hasFrame()).toBe(false);
    expect(await lookedUp(bench, order.paymentId)).toMatchObject({
      status: 'PAID',
      origin: { platformType: 'PC', userAgent: expect.any(String), url: 'https://shop.example/order' },
    });
  });

  test('gives the page a failure as a result with a code, and throws a mistake', async () => {
    const order = bench.order();
    await bench.sdk.payment.preRegisterPayment({ paymentId: order.paymentId, totalAmount: 100 });
    const shop = await page(`return window.PortOne.requestPayment(${JSON.stringify(order)});`);
    const { action, request } = await shop.submitted;
    shop.told(toldIn(await post(action, { request })));
    expect(await shop.result).toMatchObject({ code: 'AmountNotEqualToPredefined', message: expect.any(String) });
    const wrong = await page(
      `return window.PortOne.requestPayment(${JSON.stringify({ ...order, payMethod: 'GOLD' })});`,
    );
    const submitted = await wrong.submitted;
    wrong.told(toldIn(await post(submitted.action, { request: submitted.request })));
    await expect(wrong.result).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    const thin = await page(`return window.PortOne.requestPayment(${JSON.stringify({ storeId: STORE_ID })});`);
    await expect(thin.result).rejects.toMatchObject({ message: 'channelKey is required' });
  });

  test('leads a phone away, which comes back to redirectUrl', async () => {
    const order = bench.order();
    const shop = await page(`return window.PortOne.requestPayment(${JSON.stringify(order)});`, true);
    const { action, target, request } = await shop.submitted;
    expect([target, shop.hasFrame()]).toEqual(['_self', false]);
    const window = await post(action, { request });
    const to = await returned(`${locationOf(window)}/pay`);
    expect(to.searchParams.get('paymentId')).toBe(order.paymentId);
    expect((await lookedUp(bench, order.paymentId)).origin.platformType).toBe('MOBILE');
    const without = { ...order, redirectUrl: undefined };
    const lost = await page(`return window.PortOne.requestPayment(${JSON.stringify(without)});`, true);
    await expect(lost.result).rejects.toMatchObject({ message: 'redirectUrl is required' });
  });

  test('asks for a billing key, and for one with a first payment', async () => {
    const asked = { storeId: STORE_ID, channelKey: TOSS, billingKeyMethod: 'CARD', customer: { customerId: 'c_7f31' } };
    const alone = await page(`return window.PortOne.requestIssueBillingKey(${JSON.stringify(asked)});`);
    const first = await alone.submitted;
    expect(JSON.parse(first.request)).toMatchObject({ kind: 'billing', billingKeyMethod: 'CARD' });
    const window = await post(first.action, { request: first.request });
    alone.told(toldIn(await post(here(`${locationOf(window)}/pay`))));
    expect(await alone.result).toMatchObject({ billingKey: expect.stringMatching(/^billing-key-/) });
    const both = await page(
      `return window.PortOne.requestIssueBillingKeyAndPay(${JSON.stringify({ ...bench.order(), ...asked })});`,
    );
    expect(JSON.parse((await both.submitted).request)).toMatchObject({ kind: 'billing', totalAmount: 9900 });
  });
});
