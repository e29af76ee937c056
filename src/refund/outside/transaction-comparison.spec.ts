import { seoulDate } from '../../kernel/seoul-calendar';
import { won } from '../../kernel/won';
import type { FoundTransaction } from '../../transaction-lookup';
import type { ChargeRecord } from '../../charge';
import { compareWithTransaction } from './transaction-comparison';

const charge = {
  transactionId: 'TS003_1',
  amount: won(5_500),
  storeProductId: '0910024116',
  billingTokenHash: 'a1'.repeat(32),
  refundedAmount: won(0),
  periodStartOn: seoulDate('2027-01-31'),
} as ChargeRecord;

const found: FoundTransaction = {
  transactionId: 'TS003_1',
  amount: won(5_500),
  status: 'complite',
  isPaid: true,
  reason: '1',
  message: '',
  description: '',
  updatedAt: null,
  paymentParts: [
    { method: '11', amount: won(5_000) },
    { method: '31', amount: won(500) },
  ],
  goods: [{ appId: 'OA', productId: '0910024116' }],
};

describe('a charge held against T store’s transaction', () => {
  it('agrees when amount, parts and product do', () => {
    expect(compareWithTransaction(charge, { answer: 'found', found }).agrees).toBe(true);
    expect(compareWithTransaction(charge, { answer: 'found', found: { ...found, goods: [] } }).agrees).toBe(true);
  });

  it.each<[string, Partial<FoundTransaction>]>([
    ['transactionId', { transactionId: 'TS003_2' }],
    ['amount', { amount: won(5_501) }],
    ['sumOfParts', { paymentParts: [{ method: '11', amount: won(5_000) }] }],
    ['refunded', { isRefunded: true }],
    ['billingToken', { billingTokenHash: 'b2'.repeat(32) }],
    ['storeProductId', { goods: [{ appId: 'OA', productId: '0910024117' }] }],
  ])('marks %s, and nothing else', (field, change) => {
    const { agrees, fields } = compareWithTransaction(charge, { answer: 'found', found: { ...found, ...change } });
    expect(agrees).toBe(false);
    expect(fields.filter((one) => !one.same).map((one) => one.field)).toEqual([field]);
  });

  it('shows the beginning of both tokens’ hashes where T store names the token', () => {
    const named = { ...found, billingTokenHash: 'a1'.repeat(32) };
    const { agrees, fields } = compareWithTransaction(charge, { answer: 'found', found: named });
    expect(agrees).toBe(true);
    expect(fields).toContainEqual({ field: 'billingToken', ours: 'a1a1a1a1', gateway: 'a1a1a1a1', same: true });
  });

  it.each<[boolean | null, string, boolean | null]>([
    [true, 'complite', true],
    [false, 'partiallyRefunded', false],
    [false, 'chargeback', false],
  ])('named as paid: %p, as %s: agrees %p, whether or not the words for refunded are set', (isPaid, status, agrees) => {
    for (const isRefunded of [null, false]) {
      const shown = { ...found, status, isRefunded, isPaid: isPaid === true };
      expect(compareWithTransaction(charge, { answer: 'found', found: shown }).agrees).toBe(agrees);
    }
  });

  it('says neither of what we gave back, nor of what earlier versions kept, where nobody has named the state', () => {
    const refunded = { ...charge, refundedAmount: won(500) };
    const shown = { ...found, status: 'partiallyRefunded', isRefunded: null, isPaid: false };
    expect(compareWithTransaction(refunded, { answer: 'found', found: shown }).agrees).toBeNull();
    const { isPaid: _, ...earlier } = found;
    expect(compareWithTransaction(charge, { answer: 'found', found: earlier }).agrees).toBeNull();
  });

  it('says neither when T store could not be asked', () => {
    expect(compareWithTransaction(charge, { answer: 'unknown', found: null })).toEqual({
      agrees: null,
      fields: [],
    });
  });
});
