import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DomainError } from '../../kernel/errors';
import type { KeyRing } from '../crypto';

const MAGIC = Buffer.from('MBF1', 'latin1');
const SALT_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Plain bytes of a chunk; each is authenticated by itself, so memory stays flat and reading can stop at the first fault. */
export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/**
 * What a stored file begins with: magic, key id, and the salt its own key is derived with. Under that key the nonces are
 * a counter and whether the chunk is the last (the STREAM construction), so chunks can't be reordered, dropped or appended
 * unnoticed.
 */
export interface SealedHeader {
  keyId: string;
  bytes: Buffer;
}

export function newHeader(keyId: string): SealedHeader {
  const name = Buffer.from(keyId, 'utf8');
  return { keyId, bytes: Buffer.concat([MAGIC, Buffer.of(name.length), name, randomBytes(SALT_BYTES)]) };
}

/** Longest possible header. */
export const MAX_HEADER_BYTES = MAGIC.length + 1 + 255 + SALT_BYTES;

/** @throws {DomainError} `ciphertext-invalid` when these bytes begin no stored file */
export function readHeader(beginning: Buffer): SealedHeader {
  const nameLength = beginning[MAGIC.length];
  const nameStart = MAGIC.length + 1;
  if (nameLength === undefined || !beginning.subarray(0, MAGIC.length).equals(MAGIC)) throw altered();
  const end = nameStart + nameLength + SALT_BYTES;
  if (beginning.length < end) throw altered();
  const keyId = beginning.toString('utf8', nameStart, nameStart + nameLength);
  return { keyId, bytes: Buffer.from(beginning.subarray(0, end)) };
}

/** Seals or opens the chunks of one file, in order. */
export class ChunkCodec {
  private counter = 0;
  private readonly key: Buffer;
  private readonly additionalData: Buffer;

  /** @param name where the file is stored: it opens nowhere else */
  constructor(keys: KeyRing, header: SealedHeader, name: string) {
    const salt = header.bytes.subarray(header.bytes.length - SALT_BYTES);
    this.key = keys.derive(header.keyId, salt, 'stored-file');
    this.additionalData = Buffer.concat([header.bytes, Buffer.from(name, 'utf8')]);
  }

  /** @param into where the sealed chunk is put, {@link SEALED_CHUNK_BYTES} long. @returns as much of it as is used */
  seal(chunk: Buffer, isLast: boolean, into: Buffer): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, this.nextNonce(isLast)).setAAD(this.additionalData);
    const body = cipher.update(chunk);
    cipher.final();
    body.copy(into);
    cipher.getAuthTag().copy(into, body.length);
    return into.subarray(0, body.length + TAG_BYTES);
  }

  /** @throws {DomainError} `ciphertext-invalid` */
  open(sealed: Buffer, isLast: boolean): Buffer {
    if (sealed.length < TAG_BYTES) throw altered();
    const bodyBytes = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', this.key, this.nextNonce(isLast)).setAAD(this.additionalData);
    decipher.setAuthTag(sealed.subarray(bodyBytes));
    const body = decipher.update(sealed.subarray(0, bodyBytes));
    try {
      decipher.final();
    } catch {
      throw altered();
    }
    return body;
  }

  private nextNonce(isLast: boolean): Buffer {
    const nonce = Buffer.alloc(NONCE_BYTES);
    // Throws after 2^32 chunks, which is 256 TB.
    nonce.writeUInt32BE(this.counter, NONCE_BYTES - 5);
    nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
    this.counter += 1;
    return nonce;
  }
}

/**
 * Plain bytes behind so many stored ones. An empty file is one empty last chunk.
 *
 * @throws {DomainError} `ciphertext-invalid` when no file of ours is that long
 */
export function plainByteCount(storedBytes: number, headerBytes: number): number {
  const sealedBytes = storedBytes - headerBytes;
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);
  const lastChunkBytes = sealedBytes - (chunks - 1) * SEALED_CHUNK_BYTES;
  if (chunks < 1 || lastChunkBytes < TAG_BYTES) throw altered();
  return sealedBytes - chunks * TAG_BYTES;
}

/** What is said of any file that does not open. */
export function altered(): DomainError {
  return new DomainError('ciphertext-invalid', 'A stored file was altered, cut off or moved; it is not used');
}
