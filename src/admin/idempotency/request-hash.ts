import { createHash, type Hash } from 'node:crypto';
import { Readable, Transform, pipeline } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { uploadBodyOf } from '../frame/upload-body';

/** What makes two requests the same: method, address with its query, and every byte of the body. */
export interface RequestHash {
  /** At once, or `null` for an upload that has not been read. */
  known: Buffer | null;
  /** After the handler: `null` when it did not read its upload to the end. */
  afterwards(): Buffer | null;
  /** Reads what is left of an upload, for whoever compares without handling it. */
  readOut(maxBytes: number): Promise<Buffer>;
}

export function hashOf(request: FastifyRequest): RequestHash {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  if (request.body instanceof Readable) return hashOfUpload(request, request.body, hash);
  const digest = hash.update(JSON.stringify(request.body ?? null)).digest();
  return { known: digest, afterwards: () => digest, readOut: () => Promise.resolve(digest) };
}

/** Puts a stream in the place of the body that counts every byte in on its way to the handler. */
function hashOfUpload(request: FastifyRequest, body: Readable, hash: Hash): RequestHash {
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // Whoever reads `counted` learns of a failure; nobody else needs to.
  pipeline(body, counted, () => undefined);
  request.body = counted;
  return {
    known: null,
    afterwards: () => (counted.readableEnded ? hash.digest() : null),
    readOut: async (maxBytes) => {
      for await (const chunk of uploadBodyOf(request, maxBytes)) void chunk;
      return hash.digest();
    },
  };
}
