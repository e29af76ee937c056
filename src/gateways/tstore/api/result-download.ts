import { Readable } from 'node:stream';
import { BodyInterruptedError, type Answered, type Unanswered } from '../../../platform/http-client';

/** A result file that has begun to arrive. */
export interface ResultDownload {
  /**
   * The file's bytes. Must be read to its end or destroyed. Fails with {@link BodyInterruptedError} when the gateway
   * falls silent or the connection breaks.
   */
  content: Readable;
  /** What the gateway announced; `null` where it did not. */
  byteCount: number | null;
}

/** What the body of an answer turned out to be. */
export type Peeked =
  | { kind: 'file'; download: ResultDownload }
  /** JSON or a web page where the file was expected: still whole, to be read as any other answer. */
  | { kind: 'message'; answer: Answered<Readable> }
  | { kind: 'empty' }
  | { kind: 'interrupted'; outcome: Unanswered };

/** What no line of a result file begins with, and JSON and HTML do. */
const MESSAGE_BEGINNINGS = new Set(['{', '[', '<']);

/** White space, or a byte order mark, read one character a byte. */
const LEADING_NOISE = /^(?:\u00ef\u00bb\u00bf)?\s*/;

/** More white space than this is no file, and must not be collected. */
const MAX_NOISE_BYTES = 4_096;

/**
 * Looks at the first bytes of an answer with status 200: a gateway that has no file to give may say so in JSON with that
 * same status, and that text must not be taken for a file.
 */
export async function peek(answer: Answered<Readable>): Promise<Peeked> {
  const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await firstBytes(chunks);
    if (first === undefined) return { kind: 'empty' };
    const content = replayed(first.bytes, chunks, answer.body);
    if (MESSAGE_BEGINNINGS.has(first.character)) return { kind: 'message', answer: { ...answer, body: content } };
    return { kind: 'file', download: { content, byteCount: announced(answer.headers['content-length']) } };
  } catch (error) {
    const reason = error instanceof BodyInterruptedError ? error.reason : 'connection-lost';
    return { kind: 'interrupted', outcome: { kind: 'unanswered', reason, code: undefined, mayHaveArrived: true } };
  }
}

/** @returns what was read so far and its first character that means something; `undefined` when nothing does */
async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<{ bytes: Buffer; character: string } | undefined> {
  let bytes = Buffer.alloc(0);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    bytes = Buffer.concat([bytes, next.value]);
    const text = bytes.toString('latin1', 0, MAX_NOISE_BYTES + 1).replace(LEADING_NOISE, '');
    if (text !== '' || bytes.length > MAX_NOISE_BYTES) return { bytes, character: text.slice(0, 1) };
  }
  return undefined;
}

function replayed(first: Buffer, rest: AsyncIterator<Buffer>, body: Readable): Readable {
  async function* all(): AsyncGenerator<Buffer> {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  const content = Readable.from(all(), { objectMode: false });
  content.once('close', () => body.destroy());
  return content;
}

function announced(contentLength: string | undefined): number | null {
  return contentLength !== undefined && /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : null;
}
