import { TossCheck } from '../../../src/gateways/toss/toss-check';
import { TossCheckouts } from '../../../src/gateways/toss/checkouts';
import { TossLists } from '../../../src/gateways/toss/lists';
import { TossMethodCharges, TossMethods } from '../../../src/gateways/toss/methods';
import { TossPayments } from '../../../src/gateways/toss/payments';
import { TossRefunds } from '../../../src/gateways/toss/refunds';
import type { GatewayAccounts } from '../../../src/gateway-account';
import { SystemClock } from '../../../src/platform/clock';
import { seoulDate } from '../../../src/kernel/seoul-calendar';
import { won } from '../../../src/kernel/won';
import { RawServer, httpAnswer, isWholeRequest } from '../tstore-client/raw-server';
import { Opened, accountsWith, sample, tossConfig } from './fixture';

const OLD = 'test_sk_old';
const NEW = 'test_sk_new';
const NOTE = 'order-1 refund 7';
const PAYMENT = {
  ...{ paymentKey: 'tshop1', orderId: 'order-1', status: 'DONE', currency: 'KRW', method: '카드' },
  ...{ totalAmount: 15_000, balanceAmount: 15_000, approvedAt: '2026-11-28T14:01:31+09:00', cancels: null },
};
const CANCEL = {
  cancelReason: NOTE,
  cancelAmount: 4_000,
  canceledAt: '2026-11-29T10:00:00+09:00',
  cancelStatus: 'DONE',
};
const ours = { transactionKey: 'txrd_ours', ...CANCEL };
const theirs = { transactionKey: 'txrd_theirs', ...CANCEL, cancelReason: 'by hand' };

interface Answer {
  status?: string;
  body: unknown;
}

describe('the ports of Toss', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  /** A server that gives these answers in turn, the last of them for ever, and all ports before it. */
  async function ports(...answers: Answer[]) {
    const requests: string[] = [];
    const server = await opened.server(
      new RawServer((socket, received) => {
        if (!isWholeRequest(received)) return;
        requests.push(Buffer.from(received, 'latin1').toString('utf8'));
        const { status = '200 OK', body } = answers[Math.min(requests.length, answers.length) - 1] as Answer;
        socket.end(httpAnswer(status, JSON.stringify(body), 'Connection: close\r\n'));
      }),
    );
    const config = tossConfig(server.url);
    const client = opened.client(config);
    const accounts = accountsWith(config, NEW, OLD);
    const parts = [accounts, client] as const;
    return {
      requests,
      payments: new TossPayments(...parts),
      refunds: new TossRefunds(...parts),
      checkouts: new TossCheckouts(...parts, config),
      charges: new TossMethodCharges(...parts),
      methods: new TossMethods(...parts),
      lists: new TossLists(...parts),
      check: new TossCheck(client, { isOfSettings: () => true } as unknown as GatewayAccounts, new SystemClock()),
    };
  }

  const basicOf = (secretKey: string) => `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;

  describe('trying credentials', () => {
    const newest = { key: '2', print: '2', secrets: { secretKey: NEW, clientKey: 'test_ck_a' } };

    it.each([
      ['404 Not Found', 'NOT_FOUND_PAYMENT', 'works'],
      ['200 OK', undefined, 'no-verdict'],
      ['401 Unauthorized', 'UNAUTHORIZED_KEY', 'wrong-credentials'],
      ['403 Forbidden', 'INVALID_API_KEY', 'wrong-credentials'],
      ['403 Forbidden', 'FORBIDDEN_REQUEST', 'no-verdict'],
      ['401 Unauthorized', undefined, 'no-verdict'],
      ['404 Not Found', undefined, 'no-verdict'],
      ['429 Too Many Requests', 'UNAUTHORIZED_KEY', 'no-verdict'],
      ['500 Internal Server Error', 'FAILED_INTERNAL_SYSTEM_PROCESSING', 'no-verdict'],
      ['503 Service Unavailable', 'UNAUTHORIZED_KEY', 'no-verdict'],
    ])('takes HTTP %s with %s for: %s, and asks with the newest alone', async (status, code, outcome) => {
      const body = code === undefined ? {} : { code, message: `of ${NEW}` };
      const { check, requests } = await ports({ status, body });
      const seen = await check.check('toss', newest);
      expect(seen).toMatchObject({ outcome, act: expect.any(String) });
      expect(seen.detail).not.toContain(NEW);
      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatch(/^GET \/v1\/payments\/orders\//);
      expect(requests[0]).toContain(basicOf(NEW));
    });

    it('tells a host that can’t be reached', async () => {
      const config = tossConfig('http://127.0.0.1:1');
      const accounts = { isOfSettings: () => true } as unknown as GatewayAccounts;
      const check = new TossCheck(opened.client(config), accounts, new SystemClock());
      expect(await check.check('toss', newest)).toMatchObject({
        outcome: 'unreachable',
        act: expect.stringContaining('TOSS_API_BASE_URL'),
      });
    });
  });

  describe('finding', () => {
    it.each([
      [{}, { standing: 'paid', isPaid: true, isRefunded: false, balance: 15_000 }],
      [
        { status: 'PARTIAL_CANCELED', balanceAmount: 11_000, cancels: [ours] },
        { standing: 'paid', isRefunded: true },
      ],
      [
        { status: 'PARTIAL_CANCELED', balanceAmount: 0, cancels: [ours, theirs] },
        { standing: 'refunded', balance: 0 },
      ],
      [
        { status: 'CANCELED', balanceAmount: 0, cancels: [ours] },
        { standing: 'refunded', isPaid: false },
      ],
      [
        { status: 'CANCELED', approvedAt: null, balanceAmount: 0 },
        { standing: 'over', isPaid: false },
      ],
      [{ status: 'WAITING_FOR_DEPOSIT' }, { standing: 'awaited', isPaid: false, isRefunded: false }],
      [{ status: 'IN_PROGRESS' }, { standing: 'open' }],
      [{ status: 'ABORTED' }, { standing: 'over' }],
      [{ status: 'EXPIRED' }, { standing: 'over' }],
      [{ status: 'BRAND_NEW' }, { isRefunded: null, isPaid: false }],
    ])('goes by what is left, not by the status: %j', async (changes, expected) => {
      const { payments } = await ports({ body: { ...PAYMENT, ...changes } });
      const answer = await payments.find({ account: 'toss', transactionId: 'tshop1' });
      expect(answer).toMatchObject({ kind: 'success', value: { payment: expected } });
    });

    it('lists what was given back, and knows no answer about another payment', async () => {
      const { payments } = await ports({ body: { ...PAYMENT, balanceAmount: 11_000, cancels: [ours] } });
      expect(await payments.find({ account: 'toss', transactionId: 'tshop1' })).toMatchObject({
        value: {
          payment: {
            refunds: [{ refundTransactionId: 'txrd_ours', amount: 4_000, note: NOTE, at: '2026-11-29T01:00:00.000Z' }],
            updatedAt: new Date('2026-11-29T01:00:00.000Z'),
          },
        },
      });
      expect(await payments.find({ account: 'toss', transactionId: 'another' })).toMatchObject({
        ...{ kind: 'unknown', reason: 'another-payment' },
      });
      expect(await payments.findByOrder({ account: 'toss', orderNo: 'another', reference: null })).toMatchObject({
        kind: 'unknown',
      });
      expect(await payments.findByOrder({ account: 'toss', orderNo: 'order-1', reference: null })).toMatchObject({
        ...{ kind: 'success', value: { transactionId: 'tshop1', standing: 'paid' } },
      });
    });

    it('asks with the old key too, while it is good and the new one is refused', async () => {
      const refused = { status: '401 No', body: { code: 'UNAUTHORIZED_KEY', message: 'no' } };
      const { payments, requests } = await ports(refused, { body: PAYMENT });
      expect(await payments.find({ account: 'toss', transactionId: 'tshop1' })).toMatchObject({ kind: 'success' });
      expect(requests[0]).toContain(basicOf(NEW));
      expect(requests[1]).toContain(basicOf(OLD));
    });
  });

  describe('giving back', () => {
    async function refundAfter(answer: Answer, before: object = PAYMENT, amount = won(4_000)) {
      const { payments, refunds, requests } = await ports({ body: before }, answer);
      const found = await payments.find({ account: 'toss', transactionId: 'tshop1' });
      if (found.kind !== 'success') throw new Error(JSON.stringify(found));
      const { basis } = found.value;
      const order = {
        account: 'toss',
        basis,
        amount,
        isFull: amount === 15_000,
        note: NOTE,
        idempotencyKey: 'sending-1',
      };
      const prepared = await refunds.prepare(order);
      expect(requests).toHaveLength(1);
      expect(prepared.idempotencyKey).toBe('sending-1');
      return { answer: await prepared.send(), request: requests[1] ?? '' };
    }

    it('says the balance it believes in, under the key of this sending', async () => {
      const left = { ...PAYMENT, status: 'PARTIAL_CANCELED', balanceAmount: 11_000, cancels: [theirs] };
      const after = { ...left, balanceAmount: 7_000, cancels: [ours, theirs] };
      const { answer, request } = await refundAfter({ body: after }, left);
      expect(request).toMatch(/^POST \/v1\/payments\/tshop1\/cancel /);
      expect(request).toMatch(/\r\nIdempotency-Key: sending-1\r\n/i);
      expect(JSON.parse(request.split('\r\n\r\n')[1] ?? '')).toEqual({
        ...{ cancelReason: NOTE, cancelAmount: 4_000, refundableAmount: 11_000 },
      });
      expect(answer).toMatchObject({
        kind: 'success',
        value: { transactionId: 'tshop1', amount: 4_000, refundTransactionId: 'txrd_ours' },
      });
    });

    it('says what of a whole payment bears no VAT', async () => {
      const before = { ...PAYMENT, taxFreeAmount: 5_000 };
      const body = { ...before, status: 'CANCELED', balanceAmount: 0, cancels: [{ ...ours, cancelAmount: 15_000 }] };
      const { answer, request } = await refundAfter({ body }, before, won(15_000));
      expect(JSON.parse(request.split('\r\n\r\n')[1] ?? '')).toMatchObject({ taxFreeAmount: 5_000 });
      expect(answer).toMatchObject({ kind: 'success', value: { amount: 15_000 } });
    });

    it.each([
      ['no cancel that is new', { ...PAYMENT, balanceAmount: 11_000 }],
      ['two that are', { ...PAYMENT, balanceAmount: 11_000, cancels: [ours, theirs] }],
      ['a balance that has not changed', { ...PAYMENT, cancels: [ours] }],
      [
        'a cancel on its way',
        { ...PAYMENT, balanceAmount: 11_000, cancels: [{ ...ours, cancelStatus: 'IN_PROGRESS' }] },
      ],
      ['another payment', { ...PAYMENT, paymentKey: 'another', balanceAmount: 11_000, cancels: [ours] }],
    ])('takes a yes with %s for doubt', async (_name, body) => {
      expect((await refundAfter({ body })).answer).toMatchObject({ kind: 'unknown', mayHaveArrived: true });
    });

    it.each([
      ['NOT_MATCHES_REFUNDABLE_AMOUNT', { kind: 'refused', nothingLeft: true }],
      ['NOT_CANCELABLE_AMOUNT', { kind: 'refused', nothingLeft: true }],
      ['ALREADY_CANCELED_PAYMENT', { kind: 'unknown', reason: 'undecided' }],
      ['REFUND_REJECTED', { kind: 'refused', resultCode: 'REFUND_REJECTED' }],
      ['NOT_AVAILABLE_BANK', { kind: 'refused', notNow: true }],
      ['INVALID_REJECT_CARD', { kind: 'unknown', reason: 'unknown-refusal' }],
    ])('takes %s for %j', async (code, expected) => {
      const { answer } = await refundAfter({ status: '403 No', body: { code, message: 'no' } });
      expect(answer).toMatchObject(expected);
    });
  });

  describe('taking money', () => {
    const checkout = { account: 'toss', reference: 'tshop1', orderNo: 'order-1', amount: won(15_000) };
    const charge = {
      ...{ account: 'toss', orderNo: 'order-1', amount: won(15_000), taxFreeAmount: won(0) },
      ...{ method: { methodKey: 'billing=', customerKey: 'c1b0' }, productName: '가'.repeat(120) },
    };

    it('is the same call only with the keys it was sent with before', async () => {
      const { checkouts, charges, requests } = await ports({ body: PAYMENT });
      for (const port of [
        (sentBy?: string) => checkouts.prepare({ ...checkout, idempotencyKey: 'k', ...(sentBy && { sentBy }) }),
        (sentBy?: string) => charges.prepare({ ...charge, idempotencyKey: 'k', ...(sentBy && { sentBy }) }),
      ]) {
        const first = await port();
        expect(first).toMatchObject({ idempotencyKey: 'k', sentBy: `set-of-${NEW}` });
        const again = await port(`set-of-${OLD}`);
        await again.send();
        expect(requests.at(-1)).toContain(basicOf(OLD));
        await expect(port('set-of-nobody')).rejects.toMatchObject({ code: 'gateway-account-unusable' });
      }
    });

    it('answers with what was taken, for whoever asked to compare', async () => {
      const { checkouts, charges, requests } = await ports({ body: { ...PAYMENT, totalAmount: 14_000 } });
      for (const prepared of [
        await checkouts.prepare({ ...checkout, idempotencyKey: 'k' }),
        await charges.prepare({ ...charge, idempotencyKey: 'k' }),
      ]) {
        expect(await prepared.send()).toMatchObject({ kind: 'success', value: { amount: 14_000, orderNo: 'order-1' } });
      }
      expect(requests[1]).toMatch(/^POST \/v1\/billing\/billing%3D /);
      expect(JSON.parse(requests[1]?.split('\r\n\r\n')[1] ?? '')).toMatchObject({ orderName: '가'.repeat(100) });
    });

    it('tells where a deposit is awaited, and by what its messages are known', async () => {
      const virtualAccount = {
        ...{
          bankCode: '20',
          accountNumber: 'X6505636518308',
          customerName: '김토스',
          dueDate: '2026-12-05T23:59:59+09:00',
        },
      };
      const body = { ...PAYMENT, status: 'WAITING_FOR_DEPOSIT', approvedAt: null, virtualAccount, secret: 'ps_AbC' };
      const { checkouts } = await ports({ body });
      expect(await (await checkouts.prepare({ ...checkout, idempotencyKey: 'k' })).send()).toMatchObject({
        kind: 'success',
        value: {
          standing: 'awaited',
          depositSecret: 'ps_AbC',
          depositAccount: { bankCode: '20', holder: '김토스', dueAt: new Date('2026-12-05T14:59:59Z') },
        },
      });
    });

    it('opens its window with the client key, and never with the secret one', async () => {
      const { checkouts } = await ports({ body: PAYMENT });
      const window = await checkouts.window({
        ...{ account: 'toss', orderNo: 'order-1', orderName: '문구', amount: won(15_000), taxFreeAmount: won(0) },
        ...{ customerKey: 'c1b0', customerName: null, customerEmail: null },
        ...{ successUrl: 'https://shop.example/s', failUrl: 'https://shop.example/f' },
        ...{ ownSuccessUrl: 'https://shop.example/1/s', ownFailUrl: 'https://shop.example/1/f' },
      });
      const asked = { clientKey: 'test_ck_a', orderId: 'order-1', amount: 15_000, currency: 'KRW' };
      const led = { successUrl: 'https://shop.example/s', failUrl: 'https://shop.example/f' };
      expect(window).toMatchObject({ kind: 'success', value: { reference: null, window: { ...asked, ...led } } });
      expect(JSON.stringify(window)).not.toContain('test_sk');
    });

    it('issues no key of another customer', async () => {
      const body = { billingKey: 'billing=', customerKey: 'another', method: '카드' };
      const { methods } = await ports({ body });
      const named = { orderNo: 'R1-x', reference: null };
      const order = { account: 'toss', authKey: 'auth', customerKey: 'c1b0', idempotencyKey: 'k', ...named };
      expect(await (await methods.prepare(order)).send()).toMatchObject({ kind: 'unknown', reason: 'another-payment' });
    });
  });

  it('lists transactions until an empty page, each by what it did', async () => {
    const row = {
      paymentKey: 'tshop1',
      orderId: 'order-1',
      currency: 'KRW',
      transactionAt: '2026-11-28T14:01:31+09:00',
    };
    const body = [
      { ...row, transactionKey: 'txrd_1', status: 'DONE', amount: 15_000 },
      { ...row, transactionKey: 'txrd_2', status: 'PARTIAL_CANCELED', amount: -4_000 },
      { ...row, transactionKey: 'txrd_3', status: 'WAITING_FOR_DEPOSIT', amount: 0 },
      { ...row, transactionKey: 'txrd_4', status: 'DONE', amount: 10.5, currency: 'USD' },
    ];
    const { lists } = await ports({ body }, { body: [] }, { body: [...body, { transactionKey: 'txrd_5' }] });
    const days = { account: 'toss', from: seoulDate('2026-11-28'), to: seoulDate('2026-11-28') };
    expect(await lists.transactions(days)).toMatchObject({
      kind: 'success',
      value: {
        next: 'txrd_4',
        rows: [
          { actId: 'txrd_1', kind: 'payment', amount: 15_000, orderNo: 'order-1', transactionId: 'tshop1' },
          { actId: 'txrd_2', kind: 'refund', amount: 4_000 },
          { actId: 'txrd_3', kind: 'other', amount: 0 },
          { actId: 'txrd_4', kind: 'payment', amount: 0, currency: 'USD' },
        ],
      },
    });
    expect(await lists.transactions({ ...days, cursor: 'txrd_4' })).toMatchObject({ value: { rows: [], next: null } });
    expect(await lists.transactions(days)).toMatchObject({ kind: 'unknown', reason: 'unreadable-answer' });
  });

  it('lists settlements page by page', async () => {
    const [body] = [JSON.parse(sample('toss-settlement-cancel-row')) as unknown];
    const { lists, requests } = await ports({ body }, { body: [] });
    const days = { account: 'toss', from: seoulDate('2023-11-25'), to: seoulDate('2023-11-25') };
    expect(await lists.payouts(days)).toMatchObject({
      value: {
        next: '2',
        rows: [{ kind: 'refund', amount: -99_800, fee: -2_250, payOut: -97_550, paidOutOn: '2023-11-30' }],
      },
    });
    expect(await lists.payouts({ ...days, cursor: '2' })).toMatchObject({ value: { rows: [], next: null } });
    expect(requests[1]).toContain('page=2');
  });
});
