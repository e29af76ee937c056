import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import type { HttpConfig } from '../../config';
import type { Lifecycle } from '../health';
import type { RootLogger } from '../logging';
import type { Metrics } from '../metrics';
import { limitBodyTime } from './body-deadline';
import { makeRoom } from './crowd';
import { HTTP_LIMITS, type HttpLimits } from './http-limits';
import { headersFor, securityHeaders } from './security-headers';
import { networkTest } from './client-address';
import { boundManagement } from './management';
import { sendProblem } from './problem.filter';
import { recordRequests } from './request-log';
import { takeStrictly } from './strict-requests';
import { TlsFiles } from './tls-files';

/** JSON bodies of the admin API are small; files come as streams and are limited where they are read. */
const JSON_BODY_LIMIT_BYTES = 1024 * 1024;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** Longer than the 60 s load balancers keep idle connections, so that it is never us who closes one they are using. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** Silence on a connection, either way; the answer to a large upload comes minutes after its last byte. */
const SOCKET_SILENCE_MS = 600_000;

export interface HttpServerParts {
  config: HttpConfig;
  log: RootLogger;
  metrics: Metrics;
  lifecycle: Lifecycle;
  limits?: HttpLimits;
  /** How often certificate files are looked at, for tests. */
  tlsPollMs?: number;
}

/**
 * The HTTP or HTTPS server as Nest wants it: limits on everything a stranger can make us hold, one log line and one
 * observation a request, and problem+json for what goes wrong before Nest sees it.
 */
export async function createHttpAdapter(parts: HttpServerParts): Promise<FastifyAdapter> {
  const { config, log, limits = HTTP_LIMITS } = parts;
  const tlsFiles = config.tls && new TlsFiles(config.tls, log.logger, parts.tlsPollMs);
  const nodeOptions = { connectionsCheckingInterval: limits.checkMs };
  const tls = await tlsFiles?.load();
  const adapter = new FastifyAdapter({
    loggerInstance: log.pino,
    logController: new LogController({ disableRequestLogging: true }),
    // Our lines carry the request id themselves; a logger for each request would cost more than the line it writes.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
    trustProxy: config.trustedProxyCidrs.length > 0 ? [...config.trustedProxyCidrs] : false,
    genReqId: requestIds(config.trustedProxyCidrs),
    bodyLimit: JSON_BODY_LIMIT_BYTES,
    connectionTimeout: SOCKET_SILENCE_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // The listener answers to the end: whoever still reaches us while we drain is served, and told to reconnect.
    return503OnClosing: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply, log.logger),
    ...(tls
      ? { https: { ...nodeOptions, ...tls, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS } }
      : { http: nodeOptions }),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  limitSenders(fastify, limits, parts.metrics);
  addHooks(fastify, parts);
  if (tlsFiles) watchWhileOpen(fastify, tlsFiles);
  return adapter;
}

function limitSenders(fastify: FastifyInstance, limits: HttpLimits, metrics: Metrics): void {
  const ended = metrics.counter({
    name: 'http_connections_ended_total',
    help: 'Connections ended because they kept us waiting: for a body, or while new ones wanted in',
    labelNames: ['why'],
  });
  fastify.server.headersTimeout = limits.headMs;
  limitBodyTime(fastify, limits, () => ended.inc({ why: 'slow-body' }));
  makeRoom(fastify, limits, () => ended.inc({ why: 'crowded' }));
}

function addHooks(fastify: FastifyInstance, { config, log, metrics, lifecycle }: HttpServerParts): void {
  recordRequests(fastify, log.logger, metrics);
  const headers = securityHeaders(config.publicBaseUrl.startsWith('https:'));
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // PNS reads none of them, and each costs the listener.
    if (!request.url.startsWith('/noti_listener')) reply.headers(headersFor(request.url, headers));
    done();
  });
  takeStrictly(fastify);
  boundManagement(fastify, config);
  // As late as the answer: also those who asked before the signal must not send another request on this connection.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (lifecycle.shuttingDown) reply.header('connection', 'close');
    done(null, payload);
  });
}

function watchWhileOpen(fastify: FastifyInstance, tlsFiles: TlsFiles): void {
  tlsFiles.watch(fastify.server as never as TlsServer);
  fastify.addHook('onClose', (_instance, done) => {
    tlsFiles.stop();
    done();
  });
}

/** A trusted proxy's id is taken over when it looks like one, so that its log and ours can be read together. */
const REQUEST_ID = /^[\w-]{8,64}$/;

/** @returns ids that no other process or start of ours has made */
function requestIds(
  trustedProxyCidrs: readonly string[],
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string {
  const isProxy = networkTest(trustedProxyCidrs);
  const process = randomBytes(4).toString('hex');
  let count = 0;
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    if (given !== undefined && isProxy(socket.remoteAddress ?? '') && REQUEST_ID.test(String(given)))
      return String(given);
    count += 1;
    return `${process}-${count}`;
  };
}
