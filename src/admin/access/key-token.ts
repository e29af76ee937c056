import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Deployment } from '../../config';

/**
 * A key as its holder has it: `tmb_<environment>_<id>_<secret><checksum>`, so that scanners of code and logs find it, and a
 * mistyped one is refused without a look at the database. The secret is 256 random bits: no slow hash makes it safer.
 */
export interface KeyToken {
  id: string;
  /** SHA-256 of the secret; the secret itself is nowhere stored. */
  secretSha256: Buffer;
}

const TOKEN = /^(tmb_([a-z]+)_([1-9]\d{0,17})_([0-9a-f]{64}))([0-9a-f]{8})$/;
const SECRET_BYTES = 32;

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

export function sha256Of(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function writeToken(environment: Deployment, id: string, secret: string): string {
  const body = `tmb_${environment}_${id}_${secret}`;
  return body + checksumOf(body);
}

/** @returns `undefined` for what is no key of this environment */
export function readToken(environment: Deployment, text: string): KeyToken | undefined {
  const [, body = '', ofEnvironment, id = '', secret = '', checksum] = TOKEN.exec(text) ?? [];
  if (ofEnvironment !== environment || checksum !== checksumOf(body)) return undefined;
  return { id, secretSha256: sha256Of(secret) };
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
