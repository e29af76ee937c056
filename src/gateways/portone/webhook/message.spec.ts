import { referenceOf } from './message';

const of = (body: object | string): ReturnType<typeof referenceOf> =>
  referenceOf(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

const NOTHING = { event: null, status: null, orderNo: null };

describe('what a message of PortOne is about', () => {
  it('is the payment, in the version with a type', () => {
    const data = { storeId: 'store-4b0c', paymentId: 'O1-1-00ff', transactionId: 't-1', cancellationId: 'c-1' };
    expect(of({ type: 'Transaction.Cancelled', timestamp: '2026-11-28T07:26:52.300Z', data })).toEqual({
      ...{ event: 'Transaction.Cancelled', status: null, orderNo: 'O1-1-00ff' },
      ...{ transactionId: 't-1', cancellationId: 'c-1', storeId: 'store-4b0c' },
    });
  });

  it('is the payment, in the first version, as JSON and as a form', () => {
    const first = { event: '2024-01-01', status: 'Paid', orderNo: 'O1-1-00ff', transactionId: 't-1' };
    expect(of({ payment_id: 'O1-1-00ff', tx_id: 't-1', status: 'Paid' })).toEqual(first);
    expect(of('payment_id=O1-1-00ff&tx_id=t-1&status=Paid')).toEqual(first);
  });

  it('is a payment method where that is gone, and not where anything else is said of one', () => {
    const data = { storeId: 'store-4b0c', billingKey: 'billing-key-75ae' };
    expect(of({ type: 'BillingKey.Deleted', data })).toMatchObject({ methodKey: 'billing-key-75ae', orderNo: null });
    for (const type of ['BillingKey.Issued', 'BillingKey.Updated', 'BillingKey.Failed', 'BillingKey.Ready']) {
      expect(of({ type, data })).not.toHaveProperty('methodKey');
    }
  });

  it.each(['{}', '[]', '', 'null', '<html>', 'no json', '\uFFFF', '{"type":7}', '{"data":[]}', '{"type":""}'])(
    'is nothing, and a message all the same: %p',
    (body) => expect(of(body)).toEqual(NOTHING),
  );

  it.each(['../payments', 'a', 'x'.repeat(65), '주문', 7, null])('names no payment by %p', (paymentId) => {
    expect(of({ type: 'Transaction.Paid', data: { paymentId } }).orderNo).toBeNull();
    expect(of({ payment_id: paymentId, status: 'Paid' }).orderNo).toBeNull();
  });

  it('is of an event that nobody knows', () => {
    expect(of({ type: 'Something.New', data: { paymentId: 'O1-1-00ff' } })).toMatchObject({ event: 'Something.New' });
  });
});
