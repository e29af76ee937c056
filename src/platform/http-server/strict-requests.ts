import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../kernel/errors';
import { assertLabelledUtf8, assertUtf8, notUtf8, valuesOf } from './content-labels';
import { parseJsonBody } from './json-body';

/** Types whose bodies are handed to the controller as a stream, unread. */
const STREAMED_TYPES = ['text/plain', 'text/csv', 'application/octet-stream'];

/** Where two are one too many, and Node would take the first: a proxy may have judged the other. */
const SINGLE_HEADERS = ['host', 'authorization'];

/**
 * Takes in what requests bring: JSON strictly, files as streams, and text in UTF-8 only. What two parties on the way could
 * read differently is refused.
 */
export function takeStrictly(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser(['text/plain', 'application/json']);
  // Async, because what a parser throws otherwise nobody catches.
  fastify.addContentTypeParser(STREAMED_TYPES, async (request: FastifyRequest, payload: IncomingMessage) => {
    assertLabelledUtf8(request.raw);
    return payload;
  });
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => readJson(request, body),
  );
  fastify.addHook('onRequest', (request, _reply, done) => {
    assertSingleHeaders(request);
    assertReadableQuery(request);
    done();
  });
}

function readJson({ raw }: FastifyRequest, body: Buffer): unknown {
  assertLabelledUtf8(raw);
  assertUtf8(body);
  return parseJsonBody(body);
}

function assertSingleHeaders({ raw }: FastifyRequest): void {
  const twice = SINGLE_HEADERS.find((name) => valuesOf(raw.rawHeaders, name).length > 1);
  if (twice === undefined) return;
  throw new DomainError('invalid-request', `The header ${twice} stands more than once.`, {
    faults: [{ field: twice, expected: 'once' }],
  });
}

/** What is not UTF-8 would else be looked for as it stands, and found nowhere. The path is the router's to refuse. */
function assertReadableQuery({ raw }: FastifyRequest): void {
  const [, ...query] = (raw.url ?? '').split('?');
  if (query.length === 0) return;
  try {
    // Bytes that are not escaped come as characters of Latin-1.
    if (/[^!-~]/.test(query.join('?'))) throw new URIError('not escaped');
    decodeURIComponent(query.join('?'));
  } catch {
    throw notUtf8('query');
  }
}
