import { referenceOf } from './message';

const of = (body: unknown) => referenceOf(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('what a message of Toss is about', () => {
  it.each([
    [
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { paymentKey: 'tshop1', status: 'DONE', orderId: 'order-1' } },
      { event: 'PAYMENT_STATUS_CHANGED', transactionId: 'tshop1', orderNo: 'order-1', status: 'DONE' },
    ],
    [
      {
        createdAt: '2026-11-28T15:20:31.123456',
        secret: 'ps_AbC',
        status: 'DONE',
        transactionKey: 't1',
        orderId: 'o1',
      },
      { event: 'DEPOSIT_CALLBACK', depositSecret: 'ps_AbC', orderNo: 'o1', actId: 't1', status: 'DONE' },
    ],
    [
      { eventType: 'CANCEL_STATUS_CHANGED', data: { transactionKey: 't1', cancelStatus: 'DONE' } },
      { event: 'CANCEL_STATUS_CHANGED', actId: 't1', status: 'DONE' },
    ],
    [
      { eventType: 'BILLING_DELETED', data: { billingKey: 'key=', reason: 'x' } },
      { event: 'BILLING_DELETED', methodKey: 'key=' },
    ],
    [
      { eventType: 'BILLING_DELETED', billingKey: 'key=', reason: 'x' },
      { event: 'BILLING_DELETED', methodKey: 'key=' },
    ],
    [
      { eventType: 'payout.changed', entityBody: { id: 'x' }, data: { paymentKey: 'x', billingKey: 'x' } },
      { event: 'payout.changed' },
    ],
    [{ eventType: 'PAYMENT_STATUS_CHANGED', data: null }, { event: 'PAYMENT_STATUS_CHANGED' }],
    [
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { paymentKey: {}, orderId: 7 } },
      { event: 'PAYMENT_STATUS_CHANGED', orderNo: '7' },
    ],
  ])('%j', (body, expected) => {
    expect(of(body)).toEqual(expected);
  });

  it('is the same after a byte order mark', () => {
    expect(of('\uFEFF{"eventType":"METHOD_UPDATED"}')).toEqual({ event: 'METHOD_UPDATED' });
  });

  it.each([
    '',
    'no JSON',
    '[]',
    'null',
    '"text"',
    '{}',
    '{"eventType":""}',
    '{"eventType":7}',
    '{"orderId":"o1"}',
    '{"secret":7',
  ])('is nothing where it is none of Toss: %s', (body) => {
    expect(of(body)).toBeUndefined();
  });

  it('cuts the name of an event that nobody knows', () => {
    expect(of({ eventType: 'x'.repeat(500) })?.event).toHaveLength(60);
  });
});
