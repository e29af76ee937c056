import type { FoundTransaction } from '../../transaction-lookup';
import { suggestionOf, type Suggestion } from './discrepancy-suggestion';

const PAYMENT_ID = 'TS003_1';
const ASKED = {
  chargeId: '7',
  expected: { amount: 5_500, storeProductId: '0910024116' },
  found: { resultCode: '0000', transactionId: PAYMENT_ID },
  rivals: [],
};
const UNCLEAR = { ...ASKED, found: { resultCode: '0000 ', transactionId: PAYMENT_ID } };
const DECLINED = { ...ASKED, found: { resultCode: '3104', transactionId: PAYMENT_ID } };
const OTHER = { ...ASKED, found: { resultCode: '3104', transactionId: 'TS003_2' } };
const MISSING = { ...ASKED, found: null };
const FOREIGN = { ...ASKED, chargeId: null, expected: null };
const SHARED = { ...ASKED, rivals: ['B-2'] };
const PAYMENT = { amount: 5_500, status: 'SUCCEEDED', goods: [{ appId: 'OA1', productId: '0910024116' }] };

const found = (changes: object): { transactionId: string; answer: 'found'; found: FoundTransaction } => ({
  transactionId: PAYMENT_ID,
  answer: 'found',
  found: { ...PAYMENT, ...changes } as FoundTransaction,
});
const absent = { transactionId: PAYMENT_ID, answer: 'not-found', found: null } as const;
const refused = { transactionId: PAYMENT_ID, answer: 'refused', found: null } as const;
const unknown = { transactionId: PAYMENT_ID, answer: 'unknown', found: null } as const;

describe('what a lookup suggests', () => {
  it.each<[string, Parameters<typeof suggestionOf>[0], Parameters<typeof suggestionOf>[1], Suggestion]>([
    ['the payment as it was asked', ASKED, found({}), 'accept-as-paid'],
    ['the payment, and nothing said of goods', ASKED, found({ goods: [] }), 'accept-as-paid'],
    ['the payment as another order asked for it too', SHARED, found({}), 'ask-tstore'],
    ['another amount', ASKED, found({ amount: 5_000 }), 'ask-tstore'],
    ['another product', ASKED, found({ goods: [{ appId: 'OA1', productId: '0000000000' }] }), 'ask-tstore'],
    ['the payment, refunded', ASKED, found({ isRefunded: true }), 'ask-tstore'],
    ['the payment, in a state that nobody has named', ASKED, found({ isRefunded: null, isPaid: false }), 'ask-tstore'],
    ['no such payment, of a line that says paid', ASKED, absent, 'ask-tstore'],
    ['no such payment, of a line that says neither', UNCLEAR, absent, 'accept-as-declined'],
    ['no such payment, of a line that says declined', DECLINED, absent, 'accept-as-declined'],
    ['no such payment, which nobody can tell of a missing line', MISSING, absent, 'ask-tstore'],
    ['the payment of a missing line', MISSING, found({}), 'accept-as-paid'],
    ['the payment of a line that says declined', DECLINED, found({}), 'accept-as-paid'],
    ['no payment of another id than the line’s', OTHER, absent, 'another-question'],
    ['a payment of another id than the line’s', OTHER, found({}), 'another-question'],
    ['no answer', ASKED, unknown, 'look-up-later'],
    ['no other than that T store would not tell', DECLINED, refused, 'look-up-later'],
    ['a payment of none of our charges', FOREIGN, found({}), 'ask-tstore'],
    ['no such payment of none of our charges', FOREIGN, absent, 'close'],
    ['no answer of none of our charges', FOREIGN, unknown, 'look-up-later'],
  ])('%s', (_what, discrepancy, lookup, suggestion) => {
    expect(suggestionOf(discrepancy, lookup)).toBe(suggestion);
  });

  it('takes for paid what an earlier version kept, which did not say whether anybody has named its state', () => {
    expect(suggestionOf(ASKED, found({ status: 'REFUNDED', isRefunded: null }))).toBe('accept-as-paid');
  });
});
