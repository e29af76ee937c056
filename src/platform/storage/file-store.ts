import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { StorageConfig } from '../../config';
import { KeyRing } from '../crypto';
import {
  CHUNK_BYTES,
  ChunkCodec,
  MAX_HEADER_BYTES,
  SEALED_CHUNK_BYTES,
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

export interface WriteOptions {
  /** Called behind the last byte and before the file gets its name; what it throws leaves nothing behind. */
  accept?: () => void;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/**
 * Request and result files on disk, encrypted because they hold billing tokens in clear. Memory stays flat whatever
 * their size. A file is there whole or not at all: it is written under another name, synced, and renamed.
 */
@Injectable()
export class FileStore {
  constructor(
    private readonly config: StorageConfig,
    private readonly keys: KeyRing,
  ) {}

  /** @param name relative, such as `request-files/job-1.pay`; an existing file is replaced */
  async write(name: string, source: AsyncIterable<Buffer>, options: WriteOptions = {}): Promise<StoredFile> {
    const path = this.pathOf(name);
    const partial = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      const stored = await this.writePartial(partial, name, source);
      options.accept?.();
      await rename(partial, path);
      await syncDirectory(dirname(path));
      return stored;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /**
   * The file's plain bytes. A fault in it ends the stream with `ciphertext-invalid`: whoever reads must not use what came
   * before the end as if it were all.
   */
  openRead(name: string): Readable {
    return Readable.from(this.plainChunks(name), { objectMode: false, highWaterMark: CHUNK_BYTES });
  }

  /** Plain bytes of the file, by its length on disk. */
  async size(name: string): Promise<number> {
    const file = await open(this.pathOf(name));
    try {
      const header = await headerOf(file);
      return plainByteCount((await file.stat()).size, header.bytes.length);
    } finally {
      await file.close();
    }
  }

  async exists(name: string): Promise<boolean> {
    return stat(this.pathOf(name)).then(
      () => true,
      () => false,
    );
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  /** Encrypts a file under the first key, whole or not at all. @returns whether it was under another one */
  async reencrypt(name: string): Promise<boolean> {
    if ((await this.keyIdOf(name)) === this.keys.firstKeyId) return false;
    await this.write(name, this.openRead(name));
    return true;
  }

  private async keyIdOf(name: string): Promise<string> {
    const file = await open(this.pathOf(name));
    try {
      return (await headerOf(file)).keyId;
    } finally {
      await file.close();
    }
  }

  private async writePartial(path: string, name: string, source: AsyncIterable<Buffer>): Promise<StoredFile> {
    const header = newHeader(this.keys.firstKeyId);
    const codec = new ChunkCodec(this.keys, header, name);
    const hash = createHash('sha256');
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(header.bytes);
      let byteCount = 0;
      // One chunk is held back, because the last one is sealed as the last.
      let held: Buffer | undefined;
      for await (const chunk of wholeChunks(source)) {
        if (held !== undefined) await file.writeFile(codec.seal(held, false));
        hash.update(chunk);
        byteCount += chunk.length;
        held = chunk;
      }
      await file.writeFile(codec.seal(held ?? Buffer.alloc(0), true));
      await file.sync();
      return { byteCount, sha256: hash.digest() };
    } finally {
      await file.close();
    }
  }

  private async *plainChunks(name: string): AsyncGenerator<Buffer> {
    const file = await open(this.pathOf(name));
    try {
      const header = await headerOf(file);
      const codec = new ChunkCodec(this.keys, header, name);
      const { size } = await file.stat();
      let position = header.bytes.length;
      do {
        const length = Math.min(SEALED_CHUNK_BYTES, size - position);
        const sealed = Buffer.allocUnsafe(length);
        await file.read(sealed, 0, length, position);
        position += length;
        yield codec.open(sealed, position >= size);
      } while (position < size);
    } finally {
      await file.close();
    }
  }

  private pathOf(name: string): string {
    if (!NAME.test(name) || name.includes('..')) throw new TypeError('not a name of a stored file');
    return join(this.config.directory, name);
  }
}

async function headerOf(file: FileHandle): Promise<SealedHeader> {
  const beginning = Buffer.alloc(MAX_HEADER_BYTES);
  const { bytesRead } = await file.read(beginning, 0, MAX_HEADER_BYTES, 0);
  return readHeader(beginning.subarray(0, bytesRead));
}

/** Cuts a source of any chunks into chunks of one size; only the last may be shorter. */
async function* wholeChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const piece of source) {
    pending.push(piece);
    pendingBytes += piece.length;
    if (pendingBytes < CHUNK_BYTES) continue;
    const joined = Buffer.concat(pending);
    let start = 0;
    for (; start + CHUNK_BYTES <= joined.length; start += CHUNK_BYTES)
      yield joined.subarray(start, start + CHUNK_BYTES);
    // Copied: the source may use its buffers again.
    pending = [Buffer.from(joined.subarray(start))];
    pendingBytes = joined.length - start;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}

/** A rename is durable once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
