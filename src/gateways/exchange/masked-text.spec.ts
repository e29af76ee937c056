import { maskedBody, maskedPath } from './masked-text';

const BILLING_KEY = 'MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8=';

describe('what is kept of a body', () => {
  it('is all that says what was asked and answered, and no secret', () => {
    const body = {
      ...{
        paymentKey: 'tshop1',
        orderId: 'order-1',
        totalAmount: 15_000,
        status: 'DONE',
        lastTransactionKey: 'txrd_1',
      },
      ...{ secret: 'ps_AbC', customerKey: 'c1b0', billingKey: BILLING_KEY, authKey: 'bln_9x' },
      card: { number: '53421200****018*', approveNo: '00000000', issuerCode: '11' },
      virtualAccount: { accountNumber: 'X6505831718354', bankCode: '20', customerName: '김토스' },
      transfers: [{ bankAccountNumber: 1_234, bankName: '국민' }],
    };
    expect(JSON.parse(maskedBody(JSON.stringify(body), []))).toEqual({
      ...{
        paymentKey: 'tshop1',
        orderId: 'order-1',
        totalAmount: 15_000,
        status: 'DONE',
        lastTransactionKey: 'txrd_1',
      },
      ...{ secret: '***', customerKey: '***', billingKey: '***', authKey: '***' },
      card: { number: '***', approveNo: '00000000', issuerCode: '11' },
      virtualAccount: { accountNumber: '***', bankCode: '20', customerName: '***' },
      transfers: [{ bankAccountNumber: '***', bankName: '국민' }],
    });
  });

  it('is without what it was sent with, wherever the other side repeats that', () => {
    const message = `no key ${BILLING_KEY} and no "quoted\\" one`;
    const secrets = [BILLING_KEY, '"quoted\\"', ''];
    expect(maskedBody(JSON.stringify({ message }), secrets)).toBe('{"message":"no key *** and no *** one"}');
    expect(maskedPath(`/v1/billing/${encodeURIComponent(BILLING_KEY)}`, secrets)).toBe('/v1/billing/***');
  });

  it.each([
    ['<p>Authorization: Basic dGVzdF9nc2s6</p>', 'dGVzdF9nc2s6'],
    ['{"accountNumber":"6505831718354","cut', '6505831718354'],
    ['card 5342-1200-1111-0181 declined', '5342-1200-1111-0181'],
    ['billingKey=MTfgQa5X&x=1', 'MTfgQa5X'],
  ])('that is no JSON has no secret either: %p', (body, secret) => {
    expect(maskedBody(body, [])).not.toContain(secret);
  });

  it.each([
    ['long', JSON.stringify({ note: 'x'.repeat(40_000), accountNumber: '6505831718354' })],
    ['longer than is read', JSON.stringify({ accountNumber: '6505831718354', note: 'x'.repeat(4_000_000) })],
    ['deep', `${'[{"a":'.repeat(100_000)}1`],
    ['deep and whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('that is %s is cut', (_, body) => {
    const kept = maskedBody(body, []);
    expect(kept.length).toBeLessThan(16_500);
    expect(kept).not.toContain('6505831718354');
  });
});
