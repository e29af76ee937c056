import { BlockList, isIP } from 'node:net';

/** The networks notifications may come from. */
export class SourceNetworks {
  private readonly networks = new BlockList();

  /** @param cidrs such as `203.0.113.0/24` or a single address; none allows everybody */
  constructor(private readonly cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const [address = '', prefix] = cidr.split('/');
      const ipv6 = isIP(address) === 6;
      this.networks.addSubnet(address, Number(prefix ?? (ipv6 ? 128 : 32)), ipv6 ? 'ipv6' : 'ipv4');
    }
  }

  /**
   * IPv4 addresses written as IPv6 (`::ffff:203.0.113.7`) count as what they are.
   *
   * @param address without port or zone; an unknown one is in no network
   */
  allows(address: string | null): boolean {
    if (this.cidrs.length === 0) return true;
    return address !== null && this.networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}
