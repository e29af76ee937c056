import { DomainError, codeOf } from '../../kernel/errors';

/** What the system says of a disk or a share. None of them is said of a connection, so a source's faults are not mistaken. */
const DISK_FAULTS = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EACCES',
  'EPERM',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ESTALE',
  'ENODEV',
  'ENXIO',
  'EMFILE',
  'ENFILE',
  'EFBIG',
]);

/** The disk's fault as `storage-unavailable`, which may pass; anything else as it is. */
export function storageFault(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !DISK_FAULTS.has(code)) return error;
  const message = `Files can’t be stored or read now (${code}); nothing was changed. Try again when that is mended.`;
  return new DomainError('storage-unavailable', message, {}, { cause: error });
}

/** The same, for what is read piece by piece. */
export async function* passStorageFaults<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* source;
  } catch (error) {
    throw storageFault(error);
  }
}
