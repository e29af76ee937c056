import { BlockList, isIP } from 'node:net';
import type { InputFault } from '../kernel/errors';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY } from './demo-secrets';
import { commaSeparated, type Environment } from './environment';

const ADDRESSES = ['PUBLIC_BASE_URL', 'TSTORE_AUTH_BASE_URL', 'TSTORE_API_BASE_URL', 'TSTORE_PNS_BASE_URL'] as const;

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6');
}

/** What `live` refuses although each setting is well-formed: plain HTTP, a simulator, secrets that are public. */
export function liveFaults(environment: Environment): InputFault[] {
  const faults: InputFault[] = [];
  for (const field of ADDRESSES) {
    const address = environment[field];
    if (address !== undefined && !isPublicHttps(address)) {
      faults.push({ field, expected: 'an https address that is not local, private or a simulator’s, in live' });
    }
  }
  const keys = commaSeparated(environment.ENCRYPTION_KEYS).map((entry) => entry.split(':')[1]);
  if (keys.includes(DEMO_ENCRYPTION_KEY)) {
    faults.push({ field: 'ENCRYPTION_KEYS', expected: 'keys of your own: the demo’s key is public, in live' });
  }
  if (environment.ADMIN_BOOTSTRAP_KEY === DEMO_ADMIN_KEY) {
    faults.push({ field: 'ADMIN_BOOTSTRAP_KEY', expected: 'a key of your own: the demo’s key is public, in live' });
  }
  return faults;
}

function isPublicHttps(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'https:') return false;
  const host = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  if (version !== 0) return !privateNetworks.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return host.includes('.') && !/(^|\.)(localhost|local|internal|test)$/.test(host) && !host.includes('simulator');
}
