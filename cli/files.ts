import { createWriteStream, openAsBlob } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
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

/**
 * Secrets from a file, a line each as `name=value`: among the arguments everybody who lists the processes would see them.
 *
 * @throws {UsageError} when it can't be read, without telling what stands in it
 */
export async function secretsOf(file: string): Promise<Record<string, string>> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch(() => {
    throw new UsageError(`${file} can’t be read.`);
  });
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const pairs = lines.map((line) => /^(\w+)=(.+)$/.exec(line)?.slice(1) as [string, string] | undefined);
  if (pairs.length === 0 || pairs.includes(undefined))
    throw new UsageError(`${file} has a line that is not name=value.`);
  return Object.fromEntries(pairs as [string, string][]);
}

/** A file that is read while it is sent. */
export async function contentOf(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch {
    throw new UsageError(`${file} can’t be read.`);
  }
}
