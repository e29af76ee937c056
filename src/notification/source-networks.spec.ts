import { SourceNetworks } from './source-networks';

describe('networks notifications may come from', () => {
  it('are all when none is named', () => {
    expect(new SourceNetworks([]).allows('203.0.113.7')).toBe(true);
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
    ['', false],
    ['unknown', false],
  ])('decide about %s', (address, allowed) => {
    const networks = new SourceNetworks(['203.0.113.0/24', '198.51.100.1', '2001:db8:1::/48']);
    expect(networks.allows(address)).toBe(allowed);
  });
});
