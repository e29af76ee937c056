import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { KeyRing } from '../crypto';
import {
  CHUNK_BYTES,
  ChunkCodec,
  MAX_HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  altered,
  newHeader,
  plainByteCount,
  readHeader,
  type SealedHeader,
} from './sealed-stream';

/** What was stored, in plain bytes. */
export interface StoredFile {
  byteCount: number;
  sha256: Buffer;
}

/** Read at once: asking the disk for each chunk by itself takes longer than opening it. */
const CHUNKS_A_READ = 8;

/** Where a file is, and the name its content is bound to. */
interface SealedFile {
  path: string;
  name: string;
}

/** Writes a new file under the first key, chunk by chunk as the disk takes them, and syncs it. */
export async function writeSealedFile(
  keys: KeyRing,
  { path, name }: SealedFile,
  source: AsyncIterable<Buffer>,
): Promise<StoredFile> {
  const header = newHeader(keys.firstKeyId);
  const codec = new ChunkCodec(keys, header, name);
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(header.bytes);
    const sealed = Buffer.allocUnsafe(SEALED_CHUNK_BYTES);
    let byteCount = 0;
    // One chunk is held back, because the last one is sealed as the last.
    let held: Buffer | undefined;
    for await (const chunk of wholeChunks(source)) {
      if (held !== undefined) await file.writeFile(codec.seal(held, false, sealed));
      hash.update(chunk);
      byteCount += chunk.length;
      held = chunk;
    }
    await file.writeFile(codec.seal(held ?? Buffer.alloc(0), true, sealed));
    await file.sync();
    return { byteCount, sha256: hash.digest() };
  } finally {
    await file.close();
  }
}

/** The plain bytes, chunk by chunk. @throws {DomainError} `ciphertext-invalid`, `encryption-key-unknown` */
export async function* readSealedFile(keys: KeyRing, { path, name }: SealedFile): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const header = await headerOf(file);
    const codec = new ChunkCodec(keys, header, name);
    const { size } = await file.stat();
    const block = Buffer.allocUnsafe(SEALED_CHUNK_BYTES * CHUNKS_A_READ);
    let position = header.bytes.length;
    do {
      const read = block.subarray(0, Math.min(block.length, size - position));
      await readFully(file, read, position);
      position += read.length;
      for (let at = 0; at === 0 || at < read.length; at += SEALED_CHUNK_BYTES) {
        const sealed = read.subarray(at, at + SEALED_CHUNK_BYTES);
        yield codec.open(sealed, position >= size && at + sealed.length === read.length);
      }
    } while (position < size);
  } finally {
    await file.close();
  }
}

/** What can be told without the key. @throws {DomainError} `ciphertext-invalid` */
export async function inspectSealedFile(path: string): Promise<{ keyId: string; byteCount: number }> {
  const file = await open(path);
  try {
    const { keyId, bytes } = await headerOf(file);
    return { keyId, byteCount: plainByteCount((await file.stat()).size, bytes.length) };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle): Promise<SealedHeader> {
  const beginning = Buffer.alloc(MAX_HEADER_BYTES);
  const { bytesRead } = await file.read(beginning, 0, MAX_HEADER_BYTES, 0);
  return readHeader(beginning.subarray(0, bytesRead));
}

/** A read may give less than was asked for. */
async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < into.length;) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) throw altered();
    filled += bytesRead;
  }
}

/**
 * Cuts a source of any pieces into chunks of one size; only the last may be shorter. Copied, because a source may use its
 * buffers again.
 *
 * Two buffers take turns: a chunk is good until the one after the next is asked for. New ones for each would be hundreds
 * of megabytes for a large file, which the collector only gets to know of as they are many.
 */
async function* wholeChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let other = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  for await (const piece of source) {
    for (let taken = 0; taken < piece.length;) {
      const copied = piece.copy(chunk, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      [chunk, other] = [other, chunk];
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
