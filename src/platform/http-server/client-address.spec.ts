import { isPrivateAddress, plainAddress, senderOf } from './client-address';

describe('the plain address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['', null],
    ['unknown', null],
    ['_hidden', null],
    ['203.0.113', null],
    ['203.0.113.7:', null],
    ['203.0.113.7:99999999', null],
    ['203.0.113.7, 198.51.100.1', null],
    ['[203.0.113.7', null],
    ['%', null],
  ])('of %p is %p', (text, expected) => {
    expect(plainAddress(text)).toBe(expected);
  });
});

describe('the sender', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:5:6::1', '2001:db8:5:6::/64'],
    ['2001:0DB8:0005:0006:ffff:ffff:ffff:ffff', '2001:db8:5:6::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %p is %p', (address, expected) => {
    expect(senderOf(address)).toBe(expected);
  });

  it.each([
    ['127.0.0.1', true],
    ['::ffff:10.1.2.3', true],
    ['172.31.0.1', true],
    ['fd00::1', true],
    ['::1', true],
    ['172.32.0.1', false],
    ['203.0.113.7', false],
    ['2001:db8::1', false],
  ])('%p is private: %p', (address, expected) => {
    expect(isPrivateAddress(address)).toBe(expected);
  });
});
