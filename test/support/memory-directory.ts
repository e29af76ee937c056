import { accessSync, constants, statfsSync } from 'node:fs';

/** The file system in memory that Linux has. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * Where databases lie that tests throw away: in memory where there is enough of it. Tests make and drop hundreds of databases of
 * hundreds of files each; on a disk's file system that was more than a tenth of all they take.
 *
 * @returns a folder anyone may write to, or `undefined`
 */
export function memoryDirectory(): string | undefined {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? MEMORY : undefined;
  } catch {
    return undefined;
  }
}
