import {
  HOUR_MS,
  KAKAOPAY,
  lookedUp,
  MANUAL,
  MINUTE_MS,
  openPortOneBench,
  readOk,
  refusalOf,
  STORE_ID,
  TOSS,
  TOSS_TEST,
  type Json,
  type PortOneBench,
} from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

const statusOf = async (paymentId: string): Promise<string> => (await lookedUp(bench, paymentId)).status as string;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('a lookup', () => {
  test('of a payment with KakaoPay has every member of the page’s example, and no other', async () => {
    const customData = { attempt: '9fQ2' };
    const paymentId = bench.paid({ channelKey: KAKAOPAY, payMethod: 'EASY_PAY', customData });
    expect(await lookedUp(bench, paymentId)).toEqual({
      status: 'PAID',
      id: paymentId,
      transactionId: expect.stringMatching(UUID),
      merchantId: expect.stringMatching(/^merchant-/),
      storeId: STORE_ID,
      method: {
        type: 'PaymentMethodEasyPay',
        provider: 'KAKAOPAY',
        easyPayMethod: { type: 'PaymentMethodEasyPayMethodCharge' },
      },
      channel: {
        type: 'LIVE',
        id: expect.stringMatching(/^channel-id-/),
        key: KAKAOPAY,
        name: '카카오페이',
        pgProvider: 'KAKAOPAY',
        pgMerchantId: expect.any(String),
      },
      version: 'V2',
      webhooks: expect.any(Array),
      requestedAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
      statusChangedAt: expect.stringMatching(TIME),
      orderName: '월간 이용권',
      amount: {
        total: 9900,
        taxFree: 0,
        vat: 900,
        supply: 9000,
        discount: 0,
        paid: 9900,
        cancelled: 0,
        cancelledTaxFree: 0,
      },
      currency: 'KRW',
      customer: { id: 'c_7f31', name: '김손님' },
      origin: { platformType: 'PC', ipAddress: expect.any(String) },
      customData: '{"attempt":"9fQ2"}',
      paidAt: expect.stringMatching(TIME),
      pgTxId: expect.stringMatching(/^T[0-9a-f]{19}$/),
      receiptUrl: expect.stringMatching(/^https:/),
      disputes: [],
    });
  });

  test('of one that nobody opened a window for is absent, also if it was registered beforehand', async () => {
    expect(await refusalOf(lookedUp(bench, 'order-9999'))).toBe('PAYMENT_NOT_FOUND');
    await bench.sdk.payment.preRegisterPayment({ paymentId: 'order-9999', totalAmount: 9900, currency: 'KRW' });
    expect(await refusalOf(lookedUp(bench, 'order-9999'))).toBe('PAYMENT_NOT_FOUND');
  });

  test('of an open window is READY, and nothing is paid', async () => {
    const wanted = bench.order();
    bench.simulator.portone.openPayment(wanted);
    const payment = await lookedUp(bench, wanted.paymentId);
    expect(payment).toMatchObject({ status: 'READY', amount: { total: 9900, paid: 0 } });
    expect(payment).not.toHaveProperty('channel');
    expect(payment).not.toHaveProperty('paidAt');
  });

  test('by a card, in instalments', async () => {
    const paymentId = bench.paid({}, { installmentMonths: 3 });
    expect((await lookedUp(bench, paymentId)).method).toEqual({
      type: 'PaymentMethodCard',
      card: {
        publisher: 'HYUNDAI_CARD',
        issuer: 'HYUNDAI_CARD',
        brand: 'LOCAL',
        type: 'CREDIT',
        ownerType: 'PERSONAL',
        bin: '433012',
        name: 'HYUNDAI_CARD CREDIT',
        number: '43301234****123*',
      },
      approvalNumber: expect.stringMatching(/^\d{8}$/),
      installment: { month: 3, isInterestFree: false },
      pointUsed: false,
    });
  });

  test.each([
    ['TRANSFER', { bank: 'KAKAO' }, { type: 'PaymentMethodTransfer', bank: 'KAKAO' }],
    ['MOBILE', {}, { type: 'PaymentMethodMobile', phoneNumber: '010****0000' }],
    ['EASY_PAY', { provider: 'NAVERPAY' }, { type: 'PaymentMethodEasyPay', provider: 'NAVERPAY' }],
  ])('by %s', async (payMethod, choice, method) => {
    expect((await lookedUp(bench, bench.paid({ payMethod }, choice))).method).toMatchObject(method);
  });

  test('is of the secret’s own store', async () => {
    const paymentId = bench.paid();
    expect(await refusalOf(bench.secondSdk.payment.getPayment({ paymentId }))).toBe('PAYMENT_NOT_FOUND');
    expect(await refusalOf(bench.secondSdk.payment.getPayment({ paymentId, storeId: STORE_ID }))).toBe('FORBIDDEN');
    expect(await refusalOf(bench.sdk.payment.getPayment({ paymentId, storeId: STORE_ID }))).toBe('done');
  });

  test('takes an id that must be percent-encoded', async () => {
    const paymentId = bench.paid({ paymentId: 'a/b c' });
    expect((await lookedUp(bench, paymentId)).id).toBe('a/b c');
  });

  test('a discount of the window is a part of the price that nobody pays', async () => {
    const { amount } = await lookedUp(bench, bench.paid({}, { discount: 900 }));
    expect(amount).toMatchObject({ total: 9900, discount: 900, paid: 9000 });
  });

  test('parts free of tax', async () => {
    const { amount } = await lookedUp(bench, bench.paid({ totalAmount: 15_000, taxFreeAmount: 4000 }));
    expect(amount).toMatchObject({ total: 15_000, taxFree: 4000, vat: 1000, supply: 10_000 });
  });
});

describe('a sum that was registered beforehand', () => {
  test('keeps the browser from asking for another', async () => {
    const wanted = bench.order();
    const { paymentId } = wanted;
    expect(await bench.sdk.payment.preRegisterPayment({ paymentId, totalAmount: 9900, currency: 'KRW' })).toEqual({});
    expect(() => bench.simulator.portone.openPayment({ ...wanted, totalAmount: 100 })).toThrow(
      'AmountNotEqualToPredefined',
    );
    expect(() => bench.simulator.portone.openPayment({ ...wanted, taxFreeAmount: 100 })).not.toThrow();
    await bench.sdk.payment.preRegisterPayment({ paymentId, totalAmount: 100, taxFreeAmount: 0, currency: 'KRW' });
    bench.simulator.portone.openPayment({ ...wanted, totalAmount: 100 });
    bench.simulator.portone.pay(paymentId);
    expect((await lookedUp(bench, paymentId)).amount.total).toBe(100);
  });

  test('without it the browser asks for what it likes', async () => {
    const paymentId = bench.paid({ totalAmount: 100 });
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'PAID', amount: { total: 100 } });
  });

  test('comes too late for what is paid', async () => {
    const paymentId = bench.paid();
    expect(await refusalOf(bench.sdk.payment.preRegisterPayment({ paymentId, totalAmount: 1 }))).toBe('ALREADY_PAID');
  });
});

describe('attempts', () => {
  test('a payment that failed may be tried again, under another transaction, and only one is paid', async () => {
    const wanted = bench.order();
    const { portone } = bench.simulator;
    portone.openPayment(wanted);
    portone.decline(wanted.paymentId, 'REJECT_CARD_PAYMENT');
    const failed = await lookedUp(bench, wanted.paymentId);
    expect(failed).toMatchObject({
      status: 'FAILED',
      failedAt: expect.stringMatching(TIME),
      failure: { reason: expect.any(String), pgCode: 'REJECT_CARD_PAYMENT', pgMessage: expect.any(String) },
    });
    const [second, third] = [portone.openPayment(wanted), portone.openPayment(wanted)];
    expect(await statusOf(wanted.paymentId)).toBe('READY');
    portone.pay(second.id);
    const paid = await lookedUp(bench, wanted.paymentId);
    expect(paid.status).toBe('PAID');
    expect(paid.transactionId).not.toBe(failed.transactionId);
    expect(portone.pay(third.id)).toMatchObject({ kind: 'fail', members: { code: 'PaymentAlreadyPaid' } });
    expect(() => portone.openPayment(wanted)).toThrow('PaymentAlreadyPaid');
    expect(await lookedUp(bench, wanted.paymentId)).toEqual(paid);
    const { items } = await bench.sdk.payment.getPaymentTransactions({ paymentId: wanted.paymentId });
    expect(items.map(({ status }) => status)).toEqual(['FAILED', 'PAID', 'FAILED']);
    expect(portone.repeatedOrders()).toEqual([]);
  });

  test('a payment that failed may be paid late', async () => {
    const wanted = bench.order();
    bench.simulator.portone.openPayment(wanted);
    bench.simulator.portone.leave(wanted.paymentId);
    expect(await statusOf(wanted.paymentId)).toBe('FAILED');
    bench.simulator.portone.payLate(wanted.paymentId);
    const paid = await lookedUp(bench, wanted.paymentId);
    expect(paid.status).toBe('PAID');
    expect(paid).not.toHaveProperty('failure');
  });

  test('there are only so many', async () => {
    const wanted = bench.order();
    for (let at = 0; at < 10; at += 1) bench.simulator.portone.openPayment(wanted);
    expect(() => bench.simulator.portone.openPayment(wanted)).toThrow('MaxTransactionCountReached');
  });

  test('whoever closes the browser leaves a payment READY for ever', async () => {
    const wanted = bench.order();
    bench.simulator.portone.openPayment(wanted);
    await bench.simulator.control.advance(90 * 24 * HOUR_MS);
    expect(await statusOf(wanted.paymentId)).toBe('READY');
  });

  test.each([
    [true, 'PAID'],
    [false, 'FAILED'],
  ])('a pending one ends when the payment company says so: %s', async (isPaid, status) => {
    const wanted = bench.order();
    bench.simulator.portone.openPayment(wanted);
    expect(bench.simulator.portone.pend(wanted.paymentId)).toMatchObject({ kind: 'pending' });
    expect(await lookedUp(bench, wanted.paymentId)).toMatchObject({
      status: 'PAY_PENDING',
      pgTxId: expect.any(String),
      amount: { paid: 0 },
    });
    bench.simulator.portone.settle(wanted.paymentId, isPaid);
    expect(await statusOf(wanted.paymentId)).toBe(status);
  });

  test('a test channel that the browser swapped in pays nothing, and says PAID', async () => {
    const paymentId = bench.paid({ channelKey: TOSS_TEST });
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'PAID', channel: { type: 'TEST' } });
    expect(bench.simulator.portone.bookTotals()).toMatchObject({ paidCount: 0, paidAmount: 0, testPaidCount: 1 });
  });
});

describe('a manual channel', () => {
  async function authenticated(): Promise<{ paymentId: string; paymentToken: string; txId: string }> {
    const wanted = bench.order({ channelKey: MANUAL });
    bench.simulator.portone.openPayment(wanted);
    const { members } = bench.simulator.portone.pay(wanted.paymentId);
    expect(await statusOf(wanted.paymentId)).toBe('READY');
    return members as { paymentId: string; paymentToken: string; txId: string };
  }

  test('charges when it is confirmed', async () => {
    const { paymentId, paymentToken, txId } = await authenticated();
    const facts = { txId, currency: 'KRW', totalAmount: 9900, taxFreeAmount: 0, isTest: false };
    const paid = await bench.sdk.payment.confirmPayment({ paymentId, paymentToken, ...facts });
    expect(paid).toEqual({ pgTxId: expect.any(String), paidAt: expect.stringMatching(TIME) });
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'PAID', ...paid });
    expect(await refusalOf(bench.sdk.payment.confirmPayment({ paymentId, paymentToken }))).toBe('ALREADY_PAID');
  });

  test.each([
    ['another sum', { totalAmount: 100 }],
    ['another part free of tax', { taxFreeAmount: 1 }],
    ['another attempt', { txId: 'other' }],
    ['another currency', { currency: 'USD' }],
    ['a test', { isTest: true }],
  ])('with %s charges nothing', async (_what, facts) => {
    const { paymentId, paymentToken } = await authenticated();
    const confirmed = bench.sdk.payment.confirmPayment({ paymentId, paymentToken, ...facts });
    expect(await refusalOf(confirmed)).toBe('INFORMATION_MISMATCH');
    expect(await statusOf(paymentId)).toBe('READY');
    expect(await refusalOf(bench.sdk.payment.confirmPayment({ paymentId, paymentToken }))).toBe('done');
  });

  test('wants the window’s token, of a payment that is there, within ten minutes', async () => {
    const { paymentId, paymentToken } = await authenticated();
    const confirm = (id: string, token: string): Promise<string> =>
      refusalOf(bench.sdk.payment.confirmPayment({ paymentId: id, paymentToken: token }));
    expect(await confirm(paymentId, 'forged')).toBe('INVALID_PAYMENT_TOKEN');
    expect(await confirm('order-9999', paymentToken)).toBe('PAYMENT_NOT_FOUND');
    await bench.simulator.control.advance(10 * MINUTE_MS);
    expect(await confirm(paymentId, paymentToken)).toBe('INVALID_PAYMENT_TOKEN');
    expect(await statusOf(paymentId)).toBe('FAILED');
  });

  test('may be declined then', async () => {
    const { paymentId, paymentToken } = await authenticated();
    bench.simulator.portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT', paymentId });
    const confirmed = bench.sdk.payment.confirmPayment({ paymentId, paymentToken });
    expect(await refusalOf(confirmed)).toBe('PG_PROVIDER REJECT_CARD_PAYMENT');
    expect(await statusOf(paymentId)).toBe('FAILED');
  });
});

describe('a virtual account', () => {
  const opened = (members: Json = {}): string =>
    bench.paid({ payMethod: 'VIRTUAL_ACCOUNT', ...members }, { bank: 'SHINHAN' });

  test('waits for its deposit, of the exact sum', async () => {
    const paymentId = opened({ virtualAccount: { accountExpiry: { validHours: 2 } } });
    const waiting = await lookedUp(bench, paymentId);
    expect(waiting).toMatchObject({ status: 'VIRTUAL_ACCOUNT_ISSUED', amount: { paid: 0 } });
    expect(waiting.method).toEqual({
      type: 'PaymentMethodVirtualAccount',
      bank: 'SHINHAN',
      accountNumber: expect.stringMatching(/^X\d{13}$/),
      accountType: 'NORMAL',
      remitteeName: '김손님',
      expiredAt: expect.stringMatching(TIME),
      issuedAt: expect.stringMatching(TIME),
    });
    expect(Date.parse(waiting.method.expiredAt) - Date.parse(waiting.method.issuedAt)).toBe(2 * HOUR_MS);
    expect(bench.simulator.portone.deposit(paymentId, 9899)).toBe(false);
    expect(await statusOf(paymentId)).toBe('VIRTUAL_ACCOUNT_ISSUED');
    expect(bench.simulator.portone.deposit(paymentId)).toBe(true);
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'PAID', method: { remitterName: '김입금' } });
  });

  test('is over in the end', async () => {
    const paymentId = opened({ virtualAccount: { accountExpiry: { validHours: 2 } } });
    await bench.simulator.control.advance(2 * HOUR_MS);
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'FAILED', failure: { pgCode: 'EXPIRED' } });
  });

  test('can be closed while nobody has paid into it', async () => {
    const [paymentId, other] = [opened(), opened()];
    const closed = await bench.sdk.payment.closeVirtualAccount({ paymentId });
    expect(closed).toEqual({ closedAt: expect.stringMatching(TIME) });
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'CANCELLED', cancellations: [] });
    bench.simulator.portone.deposit(other);
    expect(await refusalOf(bench.sdk.payment.closeVirtualAccount({ paymentId: other }))).toBe(
      'PAYMENT_NOT_WAITING_FOR_DEPOSIT',
    );
  });

  test('a deposit may be taken back', async () => {
    const paymentId = opened();
    bench.simulator.portone.deposit(paymentId);
    bench.simulator.portone.reverseDeposit(paymentId);
    expect(await lookedUp(bench, paymentId)).toMatchObject({ status: 'VIRTUAL_ACCOUNT_ISSUED', amount: { paid: 0 } });
    expect(bench.simulator.portone.bookTotals()).toMatchObject({ paidCount: 0, paidAmount: 0 });
  });

  test('gives back only to another account', async () => {
    const paymentId = opened();
    bench.simulator.portone.deposit(paymentId);
    const cancel = (more: object): Promise<string> =>
      refusalOf(bench.sdk.payment.cancelPayment({ paymentId, reason: '고객 요청', ...more }));
    expect(await cancel({})).toBe('INVALID_REQUEST');
    const account = { number: '110123456789', holderName: '김손님' };
    expect(await cancel({ refundAccount: { ...account, bank: 'NOBODY' } })).toBe('INVALID_REQUEST');
    expect(await cancel({ refundAccount: { ...account, bank: 'SHINHAN' } })).toBe('done');
    expect(await lookedUp(bench, paymentId)).toMatchObject({
      status: 'CANCELLED',
      method: { refundStatus: 'COMPLETED' },
    });
  });
});

test('the window’s request must be one', () => {
  const open =
    (members: Json): (() => unknown) =>
    () =>
      bench.simulator.portone.openPayment(bench.order(members));
  expect(open({ channelKey: 'channel-key-none' })).toThrow('ChannelNotFound');
  expect(open({ storeId: 'store-none' })).toThrow('no such store');
  expect(open({ channelKey: KAKAOPAY })).toThrow('payMethod');
  expect(open({ channelKey: KAKAOPAY, payMethod: 'EASY_PAY', locale: 'EN_US' })).toThrow('locale');
  expect(open({ currency: 'USD' })).toThrow('currency');
  expect(open({ totalAmount: 0 })).toThrow('totalAmount');
  expect(open({ totalAmount: 99.5 })).toThrow('totalAmount');
  expect(open({ payMethod: undefined })).toThrow('payMethod');
  expect(open({ redirectUrl: 'javascript:alert(1)' })).toThrow('redirectUrl');
  expect(open({ currency: 'CURRENCY_KRW', channelKey: TOSS })).not.toThrow();
});

test('the article’s call for the lookup is answered', async () => {
  const paymentId = bench.paid();
  expect(readOk(await bench.shop.lookup(paymentId)).amount.total).toBe(9900);
});
