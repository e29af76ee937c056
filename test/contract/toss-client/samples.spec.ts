import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foundOf, receiptOf } from '../../../src/gateways/toss/found-payment';
import { referenceOf } from '../../../src/gateways/toss/webhook/message';
import { seoulDate } from '../../../src/kernel/seoul-calendar';
import { won } from '../../../src/kernel/won';
import { Opened, SECRET_KEY, sample } from './fixture';

const CALL = { account: 'toss', secretKey: SECRET_KEY };
const DAYS = { from: seoulDate('2025-02-09'), to: seoulDate('2025-02-09') };

/** Each recorded payment: what of it is decided by. */
const PAYMENTS = {
  'toss-confirm-done-card': {
    ...{ transactionId: 'tshop202410162030373Ypeh', orderNo: 'MC4gPSeBtbvuuLUQsJxq', amount: 100, standing: 'paid' },
    ...{ description: '카드 21 53421200****018*', at: '2024-10-16T11:31:17.000Z' },
  },
  'toss-confirm-done-easypay-kakaopay': {
    ...{ transactionId: 'tgen_202503261644027J4oJ', orderNo: 'MC4m3VLQNCaTgnHAKu0N', amount: 50_000, standing: 'paid' },
    ...{ description: '간편결제 카카오페이', at: '2025-03-26T07:44:35.000Z' },
  },
  'toss-confirm-done-easypay-tosspay': {
    ...{ transactionId: 'tgen_20250528204823kcsDX', orderNo: 'MC4WYbYR90w1dDeeSeKB', amount: 50_000, standing: 'paid' },
    ...{ description: '간편결제 토스페이', at: '2025-05-28T11:48:46.000Z' },
  },
  'toss-confirm-done-easypay-version-2024-06-01': {
    ...{ transactionId: 'tshop20260519150253RuLnP', orderNo: 'd164c5e2-1c20-4052-a986-9a63b0022379' },
    ...{ amount: 10_000, standing: 'paid', description: '간편결제 카카오페이', at: '2026-05-19T06:03:23.000Z' },
  },
  'toss-lookup-done-foreign-card': {
    ...{ transactionId: 'jHZS7bN4UNwqXuog6BS5TX11oVpgKRTaWSFPDRFkP7XHy7jB', orderNo: '92236217252998779' },
    ...{ amount: 163_020, standing: 'paid', description: '카드 4V 42000000****117*', at: '2023-11-30T15:05:07.000Z' },
  },
  'toss-created-ready': {
    ...{ transactionId: 'tshop20250102170032PpDvm', orderNo: 'MC46CEj7orSonXLi3mSy', amount: 17_500 },
    ...{ standing: 'open', description: '', at: undefined },
  },
} as const;

/** Read by tests of their own, below. */
const OTHERS = [
  'toss-confirm-errors',
  'toss-expired',
  'toss-settlement-cancel-row',
  'toss-settlement-card-5-months',
  'toss-webhook-payment-status-changed-done',
];

describe('recorded answers, replayed byte for byte', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  it('are all here', () => {
    const files = readdirSync(join(__dirname, 'samples')).filter((file) => file.endsWith('.json'));
    expect(files.map((file) => file.replace('.json', '')).sort()).toEqual([...Object.keys(PAYMENTS), ...OTHERS].sort());
  });

  it.each(Object.entries(PAYMENTS))('%s', async (name, { at, description, ...decisive }) => {
    const { client } = await opened.answered('200 OK', sample(name), 'x-tosspayments-trace-id: 0123abcd\r\n');
    const { transactionId, orderNo, amount } = decisive;
    const request = { paymentKey: transactionId, orderId: orderNo, amount: won(amount) };
    for (const answer of [
      await client.confirm(request, CALL),
      await client.payment(transactionId, CALL),
      await client.order(orderNo, CALL),
    ]) {
      if (answer.kind !== 'success') throw new Error(JSON.stringify(answer));
      expect(answer.traceId).toBe('0123abcd');
      expect(receiptOf(answer.value)).toMatchObject({ ...decisive, currency: 'KRW' });
      const isPaid = decisive.standing === 'paid';
      expect(foundOf(answer.value)).toMatchObject({ ...decisive, isPaid, isRefunded: false, description, refunds: [] });
      expect(foundOf(answer.value).updatedAt?.toISOString()).toBe(at);
    }
  });

  it('toss-expired: millionths of a dollar are nobody’s won', async () => {
    const { client } = await opened.answered('200 OK', sample('toss-expired'));
    const answer = await client.payment('3shop20250828101631wgPkL', CALL);
    if (answer.kind !== 'success') throw new Error(JSON.stringify(answer));
    expect(receiptOf(answer.value)).toMatchObject({
      ...{ amount: 0, currency: 'MUSD', standing: 'over', resultCode: 'EXPIRED_PAYMENT' },
    });
    expect(foundOf(answer.value)).toMatchObject({ amount: 0, isPaid: false, isRefunded: false, status: 'EXPIRED' });
  });

  it('toss-confirm-errors: by their codes', async () => {
    const errors = JSON.parse(sample('toss-confirm-errors')) as { status: number; body: object }[];
    const answers = [];
    for (const { status, body } of errors) {
      const { client } = await opened.answered(`${status} No`, JSON.stringify(body));
      answers.push(await client.confirm({ paymentKey: 'key', orderId: 'order-1', amount: won(100) }, CALL));
    }
    expect(answers).toMatchObject([
      { kind: 'declined', resultCode: 'INVALID_REJECT_CARD', resultMessage: '카드 거절', retry: 'new-method' },
      { kind: 'refused', resultCode: 'INVALID_API_KEY', unauthorized: true },
      { kind: 'unknown', resultCode: 'FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING', mayHaveArrived: true },
    ]);
  });

  it('settlements, of a payment and of a cancel', async () => {
    const paid = await opened.answered('200 OK', sample('toss-settlement-card-5-months'));
    expect(await paid.client.settlements(DAYS, 1, CALL)).toMatchObject({
      kind: 'success',
      value: [
        {
          ...{ transactionKey: 'txrd_a01jkks4kdpez84myrt63nev7np', paymentKey: 'TS01020250209065811rv6CY' },
          ...{ amount: 64_601, fee: 1_492, payOutAmount: 63_109, isCancel: false },
          ...{ soldDate: '2025-02-09', paidOutDate: '2025-02-13', currency: 'KRW' },
        },
      ],
    });
    const canceled = await opened.answered('200 OK', sample('toss-settlement-cancel-row'));
    expect(await canceled.client.settlements(DAYS, 1, CALL)).toMatchObject({
      kind: 'success',
      value: [{ amount: -99_800, fee: -2_250, payOutAmount: -97_550, isCancel: true }],
    });
  });

  it('toss-webhook-payment-status-changed-done, with and without a byte order mark', () => {
    const body = Buffer.from(sample('toss-webhook-payment-status-changed-done'));
    const expected = {
      event: 'PAYMENT_STATUS_CHANGED',
      transactionId: 'tshop20260102144643VGYFJ',
      orderNo: 'shop_2313511',
      status: 'DONE',
    };
    expect(referenceOf(body)).toEqual(expected);
    expect(referenceOf(Buffer.concat([Buffer.from('\uFEFF'), body]))).toEqual(expected);
  });
});
