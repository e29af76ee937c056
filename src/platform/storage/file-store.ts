import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { StorageConfig } from '../../config';
import { KeyRing } from '../crypto';
import { passStorageFaults, storageFault } from './storage-fault';
import { inspectSealedFile, readSealedFile, writeSealedFile, type StoredFile } from './sealed-file';
import { CHUNK_BYTES } from './sealed-stream';

export interface WriteOptions {
  /** Called behind the last byte and before the file gets its name; what it throws leaves nothing behind. */
  accept?: () => void;
}

/** A folder and a file: nothing that climbs, nothing hidden, and everything where `cleanUp` looks. */
const NAME = /^[a-z][a-z-]{0,31}\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const PARTIAL = /\.[0-9a-f-]{36}\.part$/;
/** Files that serve one piece of work; left over when that was killed. */
const TEMPORARY = '.tmp';

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

  /** @param name folder and file, such as `request-files/job-1.pay`; an existing file is replaced */
  async write(name: string, source: AsyncIterable<Buffer>, options: WriteOptions = {}): Promise<StoredFile> {
    const path = this.pathOf(name);
    const partial = `${path}.${randomUUID()}.part`;
    try {
      await this.makeFolder(dirname(path));
      const stored = await writeSealedFile(this.keys, { path: partial, name }, source);
      options.accept?.();
      await rename(partial, path);
      await syncDirectory(dirname(path));
      return stored;
    } catch (error) {
      // One that was never read from would keep its connection.
      if (source instanceof Readable) source.destroy();
      // What went wrong is the answer; on a disk that takes nothing any more, clearing up may fail as well.
      await rm(partial, { force: true }).catch(() => undefined);
      throw storageFault(error);
    }
  }

  /**
   * The file's plain bytes. A fault in it ends the stream with `ciphertext-invalid`: whoever reads must not use what came
   * before the end as if it were all.
   */
  openRead(name: string): Readable {
    return Readable.from(passStorageFaults(readSealedFile(this.keys, { path: this.pathOf(name), name })), {
      objectMode: false,
      highWaterMark: CHUNK_BYTES,
    });
  }

  /** Plain bytes of the file, by its length on disk. */
  async size(name: string): Promise<number> {
    return (await inspectSealedFile(this.pathOf(name))).byteCount;
  }

  async exists(name: string): Promise<boolean> {
    return stat(this.pathOf(name)).then(
      () => true,
      (error: unknown) => {
        if (isAbsent(error)) return false;
        throw error;
      },
    );
  }

  /** Stores a file and removes it again. @throws {DomainError} `storage-unavailable` */
  async probe(): Promise<void> {
    const name = `probe/${randomUUID()}${TEMPORARY}`;
    await this.write(name, Readable.from([Buffer.alloc(CHUNK_BYTES)]));
    await this.remove(name);
  }

  /** No error when there is none. */
  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  /**
   * Removes what was left behind by work that died before its end: files half written, and temporary ones (`*.tmp`).
   *
   * @param olderThan spares those who are still writing, in other replicas too: by when the file was last written to
   * @returns how many were removed
   */
  async cleanUp(olderThan: Date): Promise<number> {
    let removed = 0;
    for (const path of await this.leftOverFiles()) {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || found.mtime >= olderThan) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  /** Encrypts a file under the first key, whole or not at all. @returns whether it was under another one */
  async reencrypt(name: string): Promise<boolean> {
    const { keyId } = await inspectSealedFile(this.pathOf(name));
    if (keyId === this.keys.firstKeyId) return false;
    await this.write(name, this.openRead(name));
    return true;
  }

  private async leftOverFiles(): Promise<string[]> {
    const entries = await readdir(this.config.directory, { withFileTypes: true }).catch(noneIfAbsent);
    const paths: string[] = [];
    for (const folder of entries.filter((entry) => entry.isDirectory())) {
      const path = join(this.config.directory, folder.name);
      const names = await readdir(path).catch(noneIfAbsent);
      const leftOver = names.filter((name) => PARTIAL.test(name) || name.endsWith(TEMPORARY));
      paths.push(...leftOver.map((name) => join(path, name)));
    }
    return paths;
  }

  private async makeFolder(path: string): Promise<void> {
    const created = await mkdir(path, { recursive: true, mode: 0o700 });
    if (created !== undefined) await syncDirectory(dirname(path));
  }

  private pathOf(name: string): string {
    if (!NAME.test(name) || PARTIAL.test(name)) throw new TypeError('not a name of a stored file');
    return join(this.config.directory, name);
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function noneIfAbsent(error: unknown): never[] {
  if (isAbsent(error)) return [];
  throw error;
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
