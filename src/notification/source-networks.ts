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
   * @param address as {@link plainAddress} makes it; an unknown one is in no network
   */
  allows(address: string | null): boolean {
    if (this.cidrs.length === 0) return true;
    return address !== null && this.networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/** What a sender's address may be wrapped in: the port some proxies add, the brackets IPv6 then needs. */
const WRAPPED = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/;

/**
 * An address without port, brackets and the zone of a link (`fe80::1%eth0`), as PostgreSQL's `inet` can hold it.
 *
 * @returns `null` for anything else: a proxy passes on what it was given, which need not be an address
 */
export function plainAddress(text: string): string | null {
  const [, ipv6, ipv4] = WRAPPED.exec(text) ?? [];
  const [address = ''] = (ipv6 ?? ipv4 ?? text).split('%', 1);
  return isIP(address) === 0 ? null : address;
}
