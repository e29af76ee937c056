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

  /** IPv4 addresses written as IPv6 (`::ffff:203.0.113.7`) count as what they are. */
  allows(address: string): boolean {
    if (this.cidrs.length === 0) return true;
    const version = isIP(address);
    return version !== 0 && this.networks.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}
