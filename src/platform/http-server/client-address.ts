import type { FastifyRequest } from 'fastify';
import { BlockList, isIP } from 'node:net';

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

/**
 * Who sent a request, as an address that can be compared: what trusted proxies say, without the port some of them add; else
 * the other end of the connection.
 */
export function clientAddress({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return plainAddress(ip) ?? plainAddress(socket.remoteAddress ?? '') ?? 'unknown';
}

/** @returns whether an address is in one of the networks, such as `10.0.0.0/8` or an address alone */
export function networkTest(cidrs: readonly string[]): (address: string) => boolean {
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    const isV6 = isIP(network) === 6;
    networks.addSubnet(network, Number(prefix ?? (isV6 ? 128 : 32)), isV6 ? 'ipv6' : 'ipv4');
  }
  return (address) => isIP(address) !== 0 && networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const IN_PRIVATE_NETWORK = networkTest([
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]);

/** Whether an address is of this machine or a private network: a program of ours, or a proxy that nobody named. */
export function isPrivateAddress(address: string): boolean {
  return IN_PRIVATE_NETWORK(address);
}

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Groups of 16 bits that name a network of IPv6; whoever has one has all 2^64 addresses in it. */
const NETWORK_GROUPS = 4;

/**
 * Who counts as one sender: an IPv4 address, however it is written, or a /64 of IPv6.
 *
 * @param address as {@link plainAddress} makes it
 */
export function senderOf(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const isShortened = address.includes('::');
  const rest = tail === '' ? [] : tail.split(':');
  const zeros = isShortened ? Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0') : [];
  const network = [...groups, ...zeros, ...rest].slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
