import { won } from '../../../kernel/won';
import { parseJsonObject } from '../../reading';
import { readRefund, writeRefund, type RefundOrder } from './refund';
import { readTransaction } from './transaction';

const TID = 'TSTORE0004_20150731175443000000000000001';

describe('readTransaction', () => {
  const found = {
    status: 'complite',
    reason: '1',
    message: '',
    lastestUpdate: '20150731175443',
    tid: TID,
    amount: 1000,
    description: '동영상',
    goods: [{ appId: 'OA00000000', productId: '0910024116' }],
    paymentMethods: [
      { paymentMethod: '11', amount: 700 },
      { paymentMethod: 12, amount: '300' },
    ],
  };
  const read = (changes: Record<string, unknown> = {}, payer: unknown = { authKey: 'key' }) =>
    readTransaction({ resultCode: '0000', payer, paymentTransactionInfo: { ...found, ...changes } }, TID);

  it('reads a payment in our words, numbers as strings and strings as numbers included', () => {
    expect(read({ unknown: 1 })).toEqual({
      transactionId: TID,
      amount: 1000,
      status: 'complite',
      reason: '1',
      message: '',
      description: '동영상',
      updatedAt: new Date('2015-07-31T08:54:43.000Z'),
      paymentParts: [
        { method: '11', amount: 700 },
        { method: '12', amount: 300 },
      ],
      goods: [{ appId: 'OA00000000', productId: '0910024116' }],
      payerAuthKey: 'key',
    });
  });

  it('does without what it can do without', () => {
    const sparse = { goods: undefined, paymentMethods: null, lastestUpdate: 'yesterday', message: undefined };
    expect(read(sparse, null)).toMatchObject({ goods: [], paymentParts: [], updatedAt: null, payerAuthKey: null });
  });

  it('reads an amount that is written as a decimal number', () => {
    const answer = JSON.stringify({ resultCode: '0000', paymentTransactionInfo: found }).replace('1000', '1000.0');
    expect(readTransaction(parseJsonObject(Buffer.from(answer)) ?? {}, TID)).toMatchObject({ amount: 1000 });
  });

  it.each([
    { tid: 'TSTORE0004_of_another_payment' },
    { tid: undefined },
    { amount: undefined },
    { amount: -1 },
    { amount: 1000.5 },
    { amount: 'much' },
    { paymentMethods: {} },
    { paymentMethods: [null] },
    { paymentMethods: [{ paymentMethod: '11', amount: null }] },
  ])('can’t read a payment with %j', (changes) => {
    expect(read(changes)).toBeUndefined();
  });
});

describe('writeRefund', () => {
  const order: RefundOrder = {
    transactionId: TID,
    amount: won(1000),
    isFull: false,
    payerAuthKey: null,
    refundTransactionId: null,
    note: null,
    paymentParts: null,
    link: null,
  };

  it('writes the sample’s shortest form', () => {
    expect(writeRefund(order)).toEqual({
      payer: null,
      refundTransactionRequest: {
        refundTid: null,
        tid: TID,
        fullRefund: false,
        amount: 1000,
        note: null,
        paymentMethods: null,
      },
      links: null,
    });
  });

  it('writes every member', () => {
    const full: RefundOrder = {
      ...order,
      isFull: true,
      payerAuthKey: 'key',
      refundTransactionId: 'r1',
      note: '고객 요청',
      paymentParts: [{ method: '11', amount: won(1000) }],
      link: { name: 'refundurl', url: 'https://merchant.example/refund' },
    };
    expect(writeRefund(full)).toEqual({
      payer: { authKey: 'key' },
      refundTransactionRequest: {
        refundTid: 'r1',
        tid: TID,
        fullRefund: true,
        amount: 1000,
        note: '고객 요청',
        paymentMethods: [{ paymentMethod: '11', amount: 1000 }],
      },
      links: { name: 'refundurl', url: 'https://merchant.example/refund' },
    });
  });
});

describe('readRefund', () => {
  const refund = { refundTid: 'R1', tid: TID, amount: 400, paymentMethods: [{ paymentMethod: '11', amount: 400 }] };
  const read = (changes: Record<string, unknown> = {}) =>
    readRefund({ resultCode: '0000', refundTransactionResponse: { ...refund, ...changes } }, TID);

  it('reads what was refunded', () => {
    expect(read()).toEqual({
      transactionId: TID,
      amount: 400,
      refundTransactionId: 'R1',
      paymentParts: [{ method: '11', amount: 400 }],
    });
    expect(read({ refundTid: null })).toMatchObject({ refundTransactionId: null });
  });

  it.each([{ tid: 'another' }, { amount: null }, { paymentMethods: 'none' }])('can’t read %j', (changes) => {
    expect(read(changes)).toBeUndefined();
  });

  it('does not take 0000 alone for a refund', () => {
    expect(readRefund({ resultCode: '0000' }, TID)).toBeUndefined();
  });
});
