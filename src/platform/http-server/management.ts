import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from '../../kernel/errors';
import type { HttpConfig } from '../../config';

/** What orchestrators, Prometheus and developers ask, and no customer of the service. */
const MANAGEMENT = /^\/(?:metrics|health|docs)(?:[/?-]|$)/;
/** Of these the answers that are large. Whether a process lives is told however many ask. */
const LARGE = /^\/(?:metrics|docs)(?:[/?-]|$)/;
/** The same for the life of a process, and long to write. */
const KEPT = /^\/docs(?:-json|-yaml|\/swagger-ui-init\.js)$/;
/** Prometheus and a developer or two. */
const LARGE_AT_ONCE = 8;

/**
 * Keeps who asks for metrics and pages from holding up who brings notifications: few large answers are on their way at a
 * time, what never changes is written once, and with a port of its own none of it is served on the public one.
 */
export function boundManagement(
  fastify: FastifyInstance,
  { managementPort }: Pick<HttpConfig, 'managementPort'>,
): void {
  const kept = new Map<string, { type: string; body: Buffer }>();
  let large = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    const isManagement = MANAGEMENT.test(request.url);
    if (managementPort !== undefined && isManagement !== isOnManagementPort(request)) {
      reply.callNotFound();
      return;
    }
    if (!isManagement || !LARGE.test(request.url)) return done();
    if (large >= LARGE_AT_ONCE) {
      done(new DomainError('rate-limited', 'Too many ask for this at once; try again.', { retryAfterSeconds: 1 }));
      return;
    }
    large += 1;
    reply.raw.once('close', () => (large -= 1));
    const answer = kept.get(request.url);
    if (answer === undefined) return done();
    void reply.type(answer.type).send(answer.body);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (KEPT.test(request.url) && reply.statusCode === 200 && !kept.has(request.url)) keep(request, reply, payload);
    done(null, payload);
  });
  const keep = ({ url }: FastifyRequest, reply: FastifyReply, payload: unknown): void => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return;
    kept.set(url, { type: String(reply.getHeader('content-type')), body: Buffer.from(payload) });
  };
  const isOnManagementPort = ({ socket }: FastifyRequest): boolean => managementSockets.has(socket);
}

const managementSockets = new WeakSet<object>();

/** A second door to the same application. */
export interface ManagementServer {
  /** Which the system chose if it was left to it. */
  port: number;
  close(): void;
}

/** Serves what {@link boundManagement} takes off the public port, over plain HTTP: it is for the inner network. */
export async function serveManagement(fastify: FastifyInstance, host: string, port: number): Promise<ManagementServer> {
  const server = createServer((request, response) => fastify.routing(request, response));
  server.on('connection', (socket) => managementSockets.add(socket));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
