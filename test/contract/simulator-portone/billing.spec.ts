import type { PayWithBillingKeyResponse } from '@portone/server-sdk/payment';
import {
  HOUR_MS,
  KAKAOPAY,
  lookedUp,
  MANUAL,
  openPortOneBench,
  readOk,
  refusalOf,
  STORE_ID,
  TOSS,
  TOSS_TEST,
  typeOf,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const CHARGE = {
  orderName: '월간 이용권',
  amount: { total: 9900, taxFree: 0, vat: 900 },
  currency: 'KRW',
  customer: { id: 'c_7f31', name: { full: '김손님' } },
};

const pay = (billingKey: string, more: Json = {}): Promise<PayWithBillingKeyResponse> =>
  bench.sdk.payment.payWithBillingKey({ paymentId: 'sub42-202612-r0', billingKey, ...CHARGE, ...more });
const keyOf = async (billingKey: string): Promise<Json> =>
  bench.sdk.payment.billingKey.getBillingKeyInfo({ billingKey });

describe('a billing key', () => {
  test('is issued in the window, and looked up with every member of the vendor’s type', async () => {
    const billingKey = bench.billingKey({ issueId: 'issue-1', issueName: '월간 이용권', customData: { plan: 1 } });
    expect(billingKey).toMatch(/^billing-key-[0-9a-f-]{36}$/);
    expect(await keyOf(billingKey)).toEqual({
      status: 'ISSUED',
      billingKey,
      merchantId: expect.stringMatching(/^merchant-/),
      storeId: STORE_ID,
      methods: [
        {
          type: 'BillingKeyPaymentMethodCard',
          card: expect.objectContaining({ issuer: 'HYUNDAI_CARD', number: '43301234****123*' }),
        },
      ],
      channels: [expect.objectContaining({ key: TOSS, type: 'LIVE', pgProvider: 'TOSSPAYMENTS' })],
      customer: { id: 'c_7f31' },
      customData: '{"plan":1}',
      issueId: 'issue-1',
      issueName: '월간 이용권',
      requestedAt: expect.stringMatching(TIME),
      issuedAt: expect.stringMatching(TIME),
    });
  });

  test('of KakaoPay, which wants a name', async () => {
    const members = { channelKey: KAKAOPAY, billingKeyMethod: 'EASY_PAY' };
    expect(() => bench.billingKey(members)).toThrow('issueName');
    const billingKey = bench.billingKey({ ...members, issueName: '월간 이용권' });
    expect((await keyOf(billingKey)).methods).toEqual([
      {
        type: 'BillingKeyPaymentMethodEasyPay',
        provider: 'KAKAOPAY',
        method: { type: 'BillingKeyPaymentMethodEasyPayCharge' },
      },
    ]);
  });

  test('is not there before it is issued, nor for another store', async () => {
    const window = bench.simulator.portone.openBilling({ channelKey: TOSS, billingKeyMethod: 'CARD' });
    const billingKey = window.kind === 'billing' ? window.key.billingKey : '';
    expect(await refusalOf(keyOf(billingKey))).toBe('BILLING_KEY_NOT_FOUND');
    expect(await refusalOf(pay(billingKey))).toBe('BILLING_KEY_NOT_FOUND');
    expect(await refusalOf(bench.sdk.payment.billingKey.deleteBillingKey({ billingKey }))).toBe(
      'BILLING_KEY_NOT_ISSUED',
    );
    bench.simulator.portone.pay(window.id);
    expect((await keyOf(billingKey)).status).toBe('ISSUED');
    const other = bench.secondSdk.payment.billingKey.getBillingKeyInfo({ billingKey });
    expect(await refusalOf(other)).toBe('BILLING_KEY_NOT_FOUND');
  });

  test('that fails in the window is none', () => {
    const { portone } = bench.simulator;
    const open = () => portone.openBilling({ channelKey: TOSS, billingKeyMethod: 'CARD' }).id;
    expect(portone.leave(open())).toMatchObject({
      kind: 'fail',
      members: { transactionType: 'ISSUE_BILLING_KEY', code: 'FAILURE_TYPE_PG', pgCode: 'PAY_PROCESS_CANCELED' },
    });
    expect(portone.pay(open(), { card: '4330123400007116' }).members).toMatchObject({ pgCode: 'REJECT_CARD_COMPANY' });
    expect(() => portone.pend(open())).toThrow('pending');
  });

  test('is deleted once, and then charges nothing', async () => {
    const billingKey = bench.billingKey();
    const deleted = await bench.sdk.payment.billingKey.deleteBillingKey({
      billingKey,
      reason: '해지',
      requester: 'CUSTOMER',
    });
    expect(deleted).toEqual({ deletedAt: expect.stringMatching(TIME) });
    expect(await keyOf(billingKey)).toMatchObject({ status: 'DELETED', ...deleted });
    expect(await refusalOf(bench.sdk.payment.billingKey.deleteBillingKey({ billingKey }))).toBe(
      'BILLING_KEY_ALREADY_DELETED',
    );
    expect(await refusalOf(pay(billingKey))).toBe('BILLING_KEY_ALREADY_DELETED');
    expect(bench.simulator.portone.bookOfOrder('sub42-202612-r0')).toEqual([]);
    expect(await refusalOf(keyOf('none'))).toBe('BILLING_KEY_NOT_FOUND');
  });

  test('may die without the merchant’s doing', async () => {
    const billingKey = bench.billingKey();
    bench.simulator.portone.deleteBillingKey(billingKey);
    expect((await keyOf(billingKey)).status).toBe('DELETED');
    await bench.simulator.portone.deliverWebhooks();
    expect(bench.messages().map(({ type, data }) => [type, data])).toEqual(
      ['Ready', 'Issued', 'Deleted'].map((one) => [`BillingKey.${one}`, { storeId: STORE_ID, billingKey }]),
    );
  });

  test('lists by customer, state and time', async () => {
    const [one, other] = [bench.billingKey(), bench.billingKey({ customer: { customerId: 'c_2' } })];
    await bench.simulator.control.advance(HOUR_MS);
    await bench.sdk.payment.billingKey.deleteBillingKey({ billingKey: other });
    const list = async (filter: Json = {}): Promise<unknown[]> => {
      const { items } = await bench.sdk.payment.billingKey.getBillingKeyInfos({ filter });
      return items.map((item) => (item as Json).billingKey as unknown);
    };
    expect((await list()).sort()).toEqual([one, other].sort());
    expect(await list({ customerId: 'c_2' })).toEqual([other]);
    expect(await list({ status: ['ISSUED'] })).toEqual([one]);
    const { deletedAt } = await keyOf(other);
    expect(await list({ from: deletedAt })).toEqual([other]);
    expect(await list({ timeRangeField: 'ISSUED_AT', from: deletedAt })).toEqual([]);
    expect(await refusalOf(bench.sdk.payment.billingKey.getBillingKeyInfos({ filter: { storeId: 'store-2' } }))).toBe(
      'FORBIDDEN',
    );
  });
});

describe('a charge', () => {
  test('is answered without amount and state: one lookup tells them', async () => {
    const billingKey = bench.billingKey();
    const { payment } = await pay(billingKey, { customData: '{"plan":1}' });
    expect(payment).toEqual({ pgTxId: expect.any(String), paidAt: expect.stringMatching(TIME) });
    expect(await lookedUp(bench, 'sub42-202612-r0')).toMatchObject({
      status: 'PAID',
      billingKey,
      ...payment,
      amount: { total: 9900, vat: 900, paid: 9900 },
      customer: { id: 'c_7f31', name: '김손님' },
      customData: '{"plan":1}',
      origin: { platformType: 'API' },
    });
    await bench.simulator.portone.deliverWebhooks();
    expect(bench.messages().at(-1)).toMatchObject({ type: 'Transaction.Paid', data: { paymentId: 'sub42-202612-r0' } });
  });

  test('that is declined is FAILED, and may be tried again under the same id, but is paid once only', async () => {
    const billingKey = bench.billingKey();
    bench.simulator.portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT', billingKey, times: 1 });
    expect(await refusalOf(pay(billingKey))).toBe('PG_PROVIDER REJECT_CARD_PAYMENT');
    expect(await lookedUp(bench, 'sub42-202612-r0')).toMatchObject({
      status: 'FAILED',
      failure: { pgCode: 'REJECT_CARD_PAYMENT' },
    });
    await pay(billingKey);
    expect((await lookedUp(bench, 'sub42-202612-r0')).status).toBe('PAID');
    expect(await refusalOf(pay(billingKey))).toBe('ALREADY_PAID');
    expect(bench.simulator.portone.repeatedOrders()).toEqual([]);
  });

  test('of a lost answer is found by its id, and by its key', async () => {
    const billingKey = bench.billingKey();
    const key = { 'Idempotency-Key': '"chg-sub42-202612-r0-7e1f"' };
    bench.simulator.portone.armFault({ kind: 'answer-lost', call: 'charge' });
    expect((await bench.shop.charge('sub42-202612-r0', { billingKey }, key)).status).toBeNull();
    expect((await lookedUp(bench, 'sub42-202612-r0')).status).toBe('PAID');
    const { payment } = readOk(await bench.shop.charge('sub42-202612-r0', { billingKey }, key));
    expect(payment.pgTxId).toBe((await lookedUp(bench, 'sub42-202612-r0')).pgTxId);
    expect(bench.simulator.portone.bookTotals()).toMatchObject({ paidCount: 1, paidAmount: 9900 });
  });

  test.each([
    ['a key nobody has', { billingKey: 'none' }, '404 BILLING_KEY_NOT_FOUND'],
    ['no key', { billingKey: undefined }, '400 INVALID_REQUEST'],
    ['a channel that is none', { channelKey: 'none' }, '404 CHANNEL_NOT_FOUND'],
    ['another channel than the key’s', { channelKey: TOSS_TEST }, '404 CHANNEL_NOT_FOUND'],
    [
      'parts above the whole',
      { amount: { total: 9900, taxFree: 9000, vat: 901 } },
      '409 SUM_OF_PARTS_EXCEEDS_TOTAL_AMOUNT',
    ],
    ['a sum that is none', { amount: 9900 }, '400 INVALID_REQUEST'],
    ['nothing to pay', { amount: { total: 0 } }, '400 INVALID_REQUEST'],
    ['no order name', { orderName: undefined }, '400 INVALID_REQUEST'],
    ['another currency', { currency: 'USD' }, '400 INVALID_REQUEST'],
  ])('with %s charges nothing', async (_what, more, expected) => {
    const billingKey = bench.billingKey();
    expect(typeOf(await bench.shop.charge('sub42-202612-r0', { billingKey, ...more }))).toBe(expected);
    expect(bench.simulator.portone.bookOfOrder('sub42-202612-r0')).toEqual([]);
  });

  test('is tried ten times at most', async () => {
    const billingKey = bench.billingKey();
    bench.simulator.portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT' });
    for (let at = 0; at < 10; at += 1) expect(await refusalOf(pay(billingKey))).toContain('PG_PROVIDER');
    expect(await refusalOf(pay(billingKey))).toBe('MAX_TRANSACTION_COUNT_REACHED');
  });

  test('with a key of a test channel is no money', async () => {
    await pay(bench.billingKey({ channelKey: TOSS_TEST }));
    expect(await lookedUp(bench, 'sub42-202612-r0')).toMatchObject({ status: 'PAID', channel: { type: 'TEST' } });
    expect(bench.simulator.portone.bookTotals()).toMatchObject({ paidAmount: 0, testPaidCount: 1 });
  });
});

describe('a manual channel', () => {
  const first = { paymentId: 'first-0001', orderName: '월간 이용권', totalAmount: 9900, currency: 'KRW' };

  function authenticated(members: Json = {}): Json {
    const { portone } = bench.simulator;
    const asked = { channelKey: MANUAL, billingKeyMethod: 'CARD', ...members };
    return portone.pay(portone.openBilling(asked).id).members;
  }

  test('has a literal in the key’s place until it is confirmed, once', async () => {
    const { billingKey: literal, billingIssueToken } = authenticated();
    expect(literal).toBe('NEEDS_CONFIRMATION');
    const confirm = (more: Json = {}) => bench.sdk.payment.billingKey.confirmBillingKey({ billingIssueToken, ...more });
    expect(await refusalOf(confirm({ isTest: true }))).toBe('INFORMATION_MISMATCH');
    const { billingKey } = await confirm({ isTest: false });
    expect((await keyOf(billingKey)).status).toBe('ISSUED');
    expect(await refusalOf(confirm())).toBe('BILLING_KEY_ALREADY_ISSUED');
    expect(await refusalOf(confirm({ billingIssueToken: 'none' }))).toBe('BILLING_KEY_NOT_FOUND');
    expect(await refusalOf(keyOf(String(literal)))).toBe('BILLING_KEY_NOT_FOUND');
  });

  test('takes the first payment when both are confirmed', async () => {
    const { billingIssueToken, paymentId } = authenticated(first);
    const { confirmBillingKey, confirmBillingKeyIssueAndPay } = bench.sdk.payment.billingKey;
    expect(await refusalOf(confirmBillingKey({ billingIssueToken }))).toBe('INFORMATION_MISMATCH');
    expect(await refusalOf(confirmBillingKeyIssueAndPay({ billingIssueToken, totalAmount: 1 }))).toBe(
      'INFORMATION_MISMATCH',
    );
    const answered = await confirmBillingKeyIssueAndPay({ billingIssueToken, totalAmount: 9900, currency: 'KRW' });
    expect(answered).toEqual({ billingKey: expect.stringMatching(/^billing-key-/), paymentId });
    expect((await lookedUp(bench, 'first-0001')).status).toBe('PAID');
    const alone = authenticated().billingIssueToken as string;
    expect(await refusalOf(confirmBillingKeyIssueAndPay({ billingIssueToken: alone }))).toBe('INFORMATION_MISMATCH');
  });

  test('of others pays at once', async () => {
    const { portone } = bench.simulator;
    const window = portone.openBilling({ channelKey: TOSS, billingKeyMethod: 'CARD', ...first });
    expect(portone.pay(window.id).members).toMatchObject({
      transactionType: 'ISSUE_BILLING_KEY_AND_PAY',
      paymentId: 'first-0001',
      billingKey: expect.stringMatching(/^billing-key-/),
    });
    expect((await lookedUp(bench, 'first-0001')).status).toBe('PAID');
    portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT', times: 1 });
    const declined = portone.openBilling({
      channelKey: TOSS,
      billingKeyMethod: 'CARD',
      ...first,
      paymentId: 'first-2',
    });
    expect(portone.pay(declined.id).members).toMatchObject({ code: 'FAILURE_TYPE_PG', pgCode: 'REJECT_CARD_PAYMENT' });
    expect((await lookedUp(bench, 'first-2')).status).toBe('FAILED');
  });
});
