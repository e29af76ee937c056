import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { DomainError } from '../../kernel/errors';

/** How slow a sender may be: a body has this time for each of its bytes, and some to begin with. */
export interface UploadPace {
  graceMs: number;
  bytesPerSecond: number;
  checkMs: number;
}

/** The slowest honest line is faster by far; a gigabyte has a day. */
const UPLOAD_PACE: UploadPace = { graceMs: 60_000, bytesPerSecond: 12_000, checkMs: 1_000 };

/**
 * The body of an upload as a stream, cut off with an error once it is larger than allowed.
 *
 * @throws {DomainError} `unsupported-content-type` when the body is not one that is streamed; while reading,
 *   `payload-too-large` or `upload-too-slow`
 */
export function uploadBodyOf(
  request: FastifyRequest,
  maxBytes: number,
  contentType = 'text/plain',
  pace: UploadPace = UPLOAD_PACE,
): AsyncIterable<Buffer> {
  if (!(request.body instanceof Readable)) {
    throw new DomainError(
      'unsupported-content-type',
      `Send the file itself as the body, with Content-Type: ${contentType} (curl -T FILE -H "Content-Type: ${contentType}").`,
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return limited(request.body, maxBytes, pace);
}

async function* limited(body: Readable, maxBytes: number, pace: UploadPace): AsyncGenerator<Buffer> {
  let byteCount = 0;
  let readingSince = performance.now();
  let readingMs = 0;
  const sweep = setInterval(() => {
    const spentMs = readingMs + performance.now() - readingSince;
    if (spentMs > pace.graceMs + (byteCount / pace.bytesPerSecond) * 1000) body.destroy(tooSlow());
  }, pace.checkMs).unref();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      readingMs += performance.now() - readingSince;
      byteCount += chunk.length;
      if (byteCount > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
      // What we take to store a piece is not the sender's.
      readingSince = performance.now();
    }
  } finally {
    clearInterval(sweep);
  }
}

function tooSlow(): DomainError {
  return new DomainError('upload-too-slow', 'The file came in too slowly; nothing was stored. Send it again.');
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError('payload-too-large', `At most ${maxBytes} bytes (UPLOAD_MAX_MEGABYTES); nothing was stored.`);
}
