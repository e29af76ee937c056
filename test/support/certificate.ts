import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface CertificatePair {
  cert: string;
  key: string;
}

export type KeyKind = keyof typeof KINDS;

/** A self-signed certificate for `localhost` and 127.0.0.1, valid for a day. Node can read certificates but not make them. */
export function makeCertificate(commonName: string, kind: KeyKind = 'ec'): CertificatePair {
  const { makeKeys, algorithm } = KINDS[kind];
  const { publicKey, privateKey } = makeKeys();
  const name = sequence(set(sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
  const now = Date.now();
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid(ALTERNATIVE_NAME), der(0x04, sequence(dns('localhost'), ip(127, 0, 0, 1)))))),
  );
  const signature = sign('sha256', content, privateKey);
  const certificate = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature));
  const base64 = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const DAY_MS = 86_400_000;
const COMMON_NAME = '550403';
const ALTERNATIVE_NAME = '551d11';

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const set = (...parts: Buffer[]) => der(0x31, ...parts);
const integer = (value: Buffer) => der(0x02, value);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const dns = (host: string) => der(0x82, Buffer.from(host));
const ip = (...bytes: number[]) => der(0x87, Buffer.from(bytes));

function time(instant: number): Buffer {
  const text = new Date(instant).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}

const KINDS = {
  ec: {
    makeKeys: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    algorithm: sequence(oid('2a8648ce3d040302')),
  },
  rsa: {
    makeKeys: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    algorithm: sequence(oid('2a864886f70d01010b'), der(0x05)),
  },
};
