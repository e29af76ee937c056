import type { FoundTransaction } from '../transaction-lookup';
import { suggestionOf, type Suggestion } from './discrepancy-suggestion';

const ASKED = { chargeId: '7', expected: { amount: 5_500, storeProductId: '0910024116' } };
const FOREIGN = { chargeId: null, expected: null };
const PAYMENT = { amount: 5_500, status: 'SUCCEEDED', goods: [{ appId: 'OA1', productId: '0910024116' }] };

const found = (changes: object): { answer: 'found'; found: FoundTransaction } => ({
  answer: 'found',
  found: { ...PAYMENT, ...changes } as FoundTransaction,
});
const refused = { answer: 'refused', found: null } as const;
const unknown = { answer: 'unknown', found: null } as const;

describe('what a lookup suggests', () => {
  it.each<[string, typeof ASKED | typeof FOREIGN, Parameters<typeof suggestionOf>[1], Suggestion]>([
    ['the payment as it was asked', ASKED, found({}), 'accept-as-paid'],
    ['the payment, and nothing said of goods', ASKED, found({ goods: [] }), 'accept-as-paid'],
    ['another amount', ASKED, found({ amount: 5_000 }), 'ask-tstore'],
    ['another product', ASKED, found({ goods: [{ appId: 'OA1', productId: '0000000000' }] }), 'ask-tstore'],
    ['the payment, refunded', ASKED, found({ status: 'REFUNDED' }), 'ask-tstore'],
    ['no such payment', ASKED, refused, 'accept-as-declined'],
    ['no answer', ASKED, unknown, 'look-up-later'],
    ['a payment of none of our charges', FOREIGN, found({}), 'ask-tstore'],
    ['no such payment of none of our charges', FOREIGN, refused, 'close'],
    ['no answer of none of our charges', FOREIGN, unknown, 'look-up-later'],
  ])('%s', (_what, discrepancy, lookup, suggestion) => {
    expect(suggestionOf(discrepancy, lookup, ['REFUNDED', 'PARTLY_REFUNDED'])).toBe(suggestion);
  });

  it('takes a refunded payment for paid where nobody has set T store’s words for it', () => {
    expect(suggestionOf(ASKED, found({ status: 'REFUNDED' }), [])).toBe('accept-as-paid');
  });
});
