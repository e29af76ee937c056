import { createWriteStream, openAsBlob } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { UsageError } from './exit';
import type { Operation } from './operations';
import type { CallParts, Session } from './session';

export interface SaveOptions {
  output?: string;
}

/** Lists come in the form that a file’s name says. */
const FORMATS: Record<string, string> = { '.csv': 'csv', '.xlsx': 'xlsx' };

/** Saves a whole list as a spreadsheet. @throws {UsageError} for a file that is to be neither CSV nor XLSX */
export async function saveTo(session: Session, file: string, operation: Operation, parts: CallParts): Promise<void> {
  const format = FORMATS[extname(file).toLowerCase()];
  if (format === undefined) throw new UsageError(`${file} ends in neither .xlsx nor .csv.`);
  await saveBytes(session, file, operation, { ...parts, query: { ...parts.query, format } });
}

/** Saves what an operation answers. The file is there when it is whole, and never in part. */
export async function saveBytes(session: Session, file: string, operation: Operation, parts: CallParts): Promise<void> {
  const content = await session.download(operation, parts);
  const partial = `${file}.part`;
  try {
    // Readable by its owner alone: it may hold customers, or billing tokens.
    await pipeline(Readable.fromWeb(content as ReadableStream), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') throw new UsageError(`${file} can’t be written.`);
    throw error;
  }
  session.note(`saved as ${file}`);
}

/** A file that is read while it is sent. */
export async function contentOf(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch {
    throw new UsageError(`${file} can’t be read.`);
  }
}
