import { SourceNetworks } from './source-networks';

describe('networks notifications may come from', () => {
  it('are all when none is named', () => {
    for (const address of ['203.0.113.7', null]) expect(new SourceNetworks([]).allows(address)).toBe(true);
  });

  it.each([
    ['203.0.113.7', true],
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['::ffff:203.0.113.7', true],
    ['::ffff:203.0.114.1', false],
    ['198.51.100.1', true],
    ['198.51.100.2', false],
    ['2001:db8:1::5', true],
    ['2001:db8:2::5', false],
    [null, false],
  ])('decide about %s', (address, allowed) => {
    const networks = new SourceNetworks(['203.0.113.0/24', '198.51.100.1', '2001:db8:1::/48']);
    expect(networks.allows(address)).toBe(allowed);
  });

  it('may be written as IPv6 that holds IPv4, and be all of one kind', () => {
    const mapped = new SourceNetworks(['::ffff:203.0.113.0/120']);
    expect(['203.0.113.7', '::ffff:203.0.113.7', '203.0.114.1'].map((address) => mapped.allows(address))).toEqual([
      true,
      true,
      false,
    ]);
    expect(new SourceNetworks(['0.0.0.0/0']).allows('198.51.100.1')).toBe(true);
    expect(new SourceNetworks(['0.0.0.0/0']).allows('2001:db8::1')).toBe(false);
  });
});
