import { BlockList, isIP } from 'node:net';
import type { InputFault } from '../kernel/errors';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY } from './demo-secrets';
import { commaSeparated, type Environment } from './environment';

const ADDRESSES = ['PUBLIC_BASE_URL', 'TSTORE_AUTH_BASE_URL', 'TSTORE_API_BASE_URL', 'TSTORE_PNS_BASE_URL'] as const;

/** Whoever is sent the secret key can take money and give it back. */
const TOSS_HOST = 'api.tosspayments.com';

/** The same of KakaoPay's two generations. */
const KAKAOPAY_HOSTS = {
  KAKAOPAY_API_BASE_URL: 'open-api.kakaopay.com',
  KAKAOPAY_LEGACY_API_BASE_URL: 'kapi.kakao.com',
} as const;

/** The same of PortOne. */
const PORTONE_HOST = 'api.portone.io';

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
  const hosts = { TOSS_API_BASE_URL: TOSS_HOST, ...KAKAOPAY_HOSTS, PORTONE_API_BASE_URL: PORTONE_HOST };
  for (const [field, host] of Object.entries(hosts)) {
    const address = environment[field as keyof typeof hosts];
    if (address !== undefined && !(isPublicHttps(address) && new URL(address).host === host)) {
      faults.push({ field, expected: `https://${host}, or nothing, in live` });
    }
  }
  const keys = commaSeparated(environment.ENCRYPTION_KEYS).map((entry) => entry.split(':')[1]);
  if (keys.includes(DEMO_ENCRYPTION_KEY)) {
    faults.push({ field: 'ENCRYPTION_KEYS', expected: 'keys of your own: the demo’s key is public, in live' });
  } else if (keys.some((key) => key !== undefined && isGuessable(Buffer.from(key, 'base64'), LEAST_KEY_BYTES))) {
    faults.push({ field: 'ENCRYPTION_KEYS', expected: 'random keys (openssl rand -base64 32), in live' });
  }
  const bootstrapKey = environment.ADMIN_BOOTSTRAP_KEY;
  if (bootstrapKey === DEMO_ADMIN_KEY) {
    faults.push({ field: 'ADMIN_BOOTSTRAP_KEY', expected: 'a key of your own: the demo’s key is public, in live' });
  } else if (bootstrapKey !== undefined && isGuessable(bootstrapKey, LEAST_CHARACTERS)) {
    faults.push({ field: 'ADMIN_BOOTSTRAP_KEY', expected: 'a random key (openssl rand -hex 32), in live' });
  }
  faults.push(...databaseFaults(environment.DATABASE_URL), ...networkFaults(environment));
  return faults;
}

/** Of 32 random bytes 30 differ; fewer than 16 happen to nobody. */
const LEAST_KEY_BYTES = 16;
/** 48 random hexadecimal digits use 15 of 16; fewer than 8 kinds of characters happen to nobody. */
const LEAST_CHARACTERS = 8;

/** Whether a secret is made of few different pieces, or of one piece again and again. */
function isGuessable(secret: string | Buffer, least: number): boolean {
  const text = typeof secret === 'string' ? secret : secret.toString('latin1');
  const repeats = (text + text).indexOf(text, 1) < text.length;
  return new Set(text).size < least || repeats;
}

function databaseFaults(url: string | undefined): InputFault[] {
  if (url === undefined) {
    return [
      { field: 'DATABASE_URL', expected: 'a PostgreSQL of its own; the embedded one is for trying out, in live' },
    ];
  }
  // As the driver reads it, which takes an address without a host, and of a parameter that stands twice the last.
  const readable = URL.canParse(url) ? url : url.replace('@/', '@localhost/');
  if (!URL.canParse(readable)) return [{ field: 'DATABASE_URL', expected: 'an address that can be read' }];
  const { hostname, searchParams } = new URL(readable);
  const given = (name: string): string => searchParams.getAll(name).at(-1) ?? '';
  const host = given('host') || hostname.replace(/^\[|\]$/g, '');
  const isHere = host === '' || /^(?:\/|%2f)/i.test(host) || host === 'localhost' || isLoopback(host);
  if (isHere || holdsCertificate(given('sslmode'), given('uselibpqcompat'))) return [];
  const expected = 'sslmode=verify-full to another machine (sslrootcert=FILE for an authority of your own), in live';
  return [{ field: 'DATABASE_URL', expected }];
}

/** Whether the driver asks for TLS and holds the server's certificate against what it trusts; unasked it speaks plainly. */
function holdsCertificate(sslmode: string, libpqCompat: string): boolean {
  return /^verify-(?:full|ca)$/.test(sslmode) || (sslmode === 'require' && libpqCompat !== 'true');
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Half of all addresses, or more of them, are everybody. */
function networkFaults(environment: Environment): InputFault[] {
  const faults: InputFault[] = [];
  for (const field of ['TRUSTED_PROXY_CIDRS', 'PNS_ALLOWED_CIDRS'] as const) {
    if (commaSeparated(environment[field]).some((cidr) => prefixBits(cidr) < LEAST_PREFIX_BITS)) {
      faults.push({ field, expected: `networks of at least ${LEAST_PREFIX_BITS} bits, in live` });
    }
  }
  const { HOST, TLS_CERT_FILE, TRUSTED_PROXY_CIDRS } = environment;
  const isLocal = HOST === 'localhost' || isPrivateHost(HOST);
  if (!isLocal && TLS_CERT_FILE === undefined && TRUSTED_PROXY_CIDRS === '') {
    const expected = 'TLS_CERT_FILE and TLS_KEY_FILE, or TRUSTED_PROXY_CIDRS of the proxy that speaks HTTPS, in live';
    faults.push({ field: 'TLS_CERT_FILE', expected });
  }
  return faults;
}

const LEAST_PREFIX_BITS = 8;

/** IPv4 written as IPv6 has 96 bits before its own. */
function prefixBits(cidr: string): number {
  const bits = Number(cidr.split('/')[1] ?? 128);
  return /^::ffff:/i.test(cidr) ? bits - 96 : bits;
}

/** An address strangers can't reach; all addresses (`0.0.0.0`, `::`) are not one. */
function isPrivateHost(host: string): boolean {
  const version = isIP(host);
  return (
    version !== 0 &&
    host !== '::' &&
    !host.startsWith('0.') &&
    privateNetworks.check(host, version === 4 ? 'ipv4' : 'ipv6')
  );
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
