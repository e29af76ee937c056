import { checkoutSecretOf, checkoutSecretText } from './checkout-secret';

describe('what a payment of a window is asked for with', () => {
  it.each([
    [{ reference: 'tshop1' }],
    [{ reference: '{"reference":"x"' }],
    [{ reference: '{"reference":"x"}' }],
    [{ reference: 'null' }],
    [{ reference: 'T1', proof: 'adcdaf8f', customerKey: 'c-1' }],
  ])('is read as it was sealed: %j', (secret) => {
    expect(checkoutSecretOf(checkoutSecretText(secret))).toEqual(secret);
  });

  it('is the gateway’s key alone where that says all, as it was sealed before there was more', () => {
    expect(checkoutSecretText({ reference: 'tshop1', customerKey: 'c-1' })).toBe('tshop1');
  });
});
