import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync, timingSafeEqual } from 'node:crypto';
import { EncryptionConfig } from '../../config';
import { DomainError } from '../../kernel/errors';

/** Proof that what is stored is as we wrote it: which key, and the HMAC-SHA256. */
export interface Mac {
  keyId: string;
  mac: Buffer;
}

/** A secret as it is stored: which key, and the bytes. */
export interface Sealed {
  keyId: string;
  /** Version byte, nonce (12), tag (16), then the text encrypted. */
  ciphertext: Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * The keys of `ENCRYPTION_KEYS`: the first encrypts, all decrypt. AES-256-GCM with a random nonce.
 *
 * Every ciphertext is bound to an identity, the place it is stored in, as additional data: moved to another row it
 * does not open.
 */
@Injectable()
export class KeyRing {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly nonces = new Nonces();
  readonly firstKeyId: string;

  constructor(config: EncryptionConfig) {
    this.keys = new Map(config.keys.map(({ keyId, key }) => [keyId, key]));
    this.firstKeyId = config.keys[0].keyId;
  }

  get keyIds(): string[] {
    return [...this.keys.keys()];
  }

  /**
   * @param identity such as `billing_token:<hash>`; decryption must name the same
   * @throws {DomainError} `encryption-key-unknown`
   */
  encrypt(plaintext: string | Buffer, identity: string, keyId = this.firstKeyId): Sealed {
    const nonce = this.nonces.next();
    const cipher = createCipheriv('aes-256-gcm', this.key(keyId), nonce);
    cipher.setAAD(additionalData(keyId, identity));
    const body = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
    cipher.final();
    return { keyId, ciphertext: Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]) };
  }

  /**
   * @throws {DomainError} `encryption-key-unknown` when the key is not configured; `ciphertext-invalid` when the bytes
   *   were altered, moved to another place, or encrypted under another key of that name
   */
  decrypt({ keyId, ciphertext }: Sealed, identity: string): Buffer {
    const key = this.key(keyId);
    if (ciphertext.length < HEAD_BYTES || ciphertext[0] !== VERSION) throw invalid(keyId);
    const nonce = ciphertext.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(additionalData(keyId, identity));
    decipher.setAuthTag(ciphertext.subarray(1 + NONCE_BYTES, HEAD_BYTES));
    const plaintext = decipher.update(ciphertext.subarray(HEAD_BYTES));
    try {
      decipher.final();
    } catch {
      throw invalid(keyId);
    }
    return plaintext;
  }

  /**
   * A key of its own for one thing with many nonces, such as a file: whatever is encrypted under it, its nonces can't
   * meet those used elsewhere.
   *
   * @param salt random, stored beside what is encrypted
   * @throws {DomainError} `encryption-key-unknown`
   */
  derive(keyId: string, salt: Buffer, purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key(keyId), salt, purpose, KEY_BYTES));
  }

  /** @param identity of what the text is about, such as `api_key`; the same text proves nothing elsewhere */
  sign(text: string, identity: string, keyId = this.firstKeyId): Mac {
    const key = this.derive(keyId, Buffer.alloc(0), `mac|${identity}`);
    return { keyId, mac: createHmac('sha256', key).update(text, 'utf8').digest() };
  }

  /** @returns whether we signed the text; not under a key that is not configured */
  isSigned(text: string, identity: string, { keyId, mac }: Mac): boolean {
    if (!this.keys.has(keyId)) return false;
    const { mac: expected } = this.sign(text, identity, keyId);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  }

  /** @throws {DomainError} `encryption-key-unknown` */
  assertKnown(keyId: string): void {
    this.key(keyId);
  }

  private key(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (key === undefined) {
      throw new DomainError(
        'encryption-key-unknown',
        `ENCRYPTION_KEYS lacks the key "${keyId}" that stored secrets are encrypted under: add it again`,
      );
    }
    return key;
  }
}

/** Random nonces, drawn from the system hundreds at a time: asking it for each takes half as long as encrypting does. */
class Nonces {
  private readonly pool = Buffer.alloc(NONCE_BYTES * 500);
  private used = this.pool.length;

  next(): Buffer {
    if (this.used === this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const nonce = Buffer.from(this.pool.subarray(this.used, this.used + NONCE_BYTES));
    this.used += NONCE_BYTES;
    return nonce;
  }
}

function additionalData(keyId: string, identity: string): Buffer {
  return Buffer.from(`${VERSION}|${keyId}|${identity}`, 'utf8');
}

function invalid(keyId: string): DomainError {
  return new DomainError(
    'ciphertext-invalid',
    `A stored secret does not open under the key "${keyId}": it was altered or moved, or the key is another one`,
  );
}
