import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { DomainError } from '../kernel/errors';

/**
 * The body of an upload as a stream, cut off with an error once it is larger than allowed.
 *
 * @throws {DomainError} `unsupported-content-type` when the body is not one that is streamed; while reading,
 *   `payload-too-large`
 */
export function uploadBodyOf(
  request: FastifyRequest,
  maxBytes: number,
  contentType = 'text/plain',
): AsyncIterable<Buffer> {
  if (!(request.body instanceof Readable)) {
    throw new DomainError(
      'unsupported-content-type',
      `Send the file itself as the body, with Content-Type: ${contentType} (curl -T FILE -H "Content-Type: ${contentType}").`,
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return limited(request.body, maxBytes);
}

async function* limited(body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let byteCount = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError('payload-too-large', `At most ${maxBytes} bytes (UPLOAD_MAX_MEGABYTES); nothing was stored.`);
}
