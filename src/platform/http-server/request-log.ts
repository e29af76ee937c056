import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Histogram } from 'prom-client';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';
import { clientAddress } from './client-address';

/** Routes that machines ask every few seconds. */
const QUIET_ROUTES = /^\/(?:health\/|metrics$)/;

/** One line and one observation for each request, by the route's template: an address may hold a token or an id. */
export function recordRequests(fastify: FastifyInstance, logger: Logger, metrics: Metrics): void {
  const durations = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of the request to the last byte of the answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
  });
  const observers = new Map<string, Histogram.Internal<string>>();
  // Kept, because looking a combination of labels up costs more than observing.
  const observerOf = (method: string, route: string, status: number): Histogram.Internal<string> => {
    const key = `${method} ${status} ${route}`;
    let observer = observers.get(key);
    if (observer === undefined) observers.set(key, (observer = durations.labels(method, route, String(status))));
    return observer;
  };
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    observerOf(request.method, route, reply.statusCode).observe(reply.elapsedTime / 1000);
    const line = lineOf(request, reply);
    if (QUIET_ROUTES.test(route)) logger.debug('request', line);
    else logger.info('request', line);
    done();
  });
}

const names = new WeakMap<FastifyRequest, Record<string, string>>();

/** Adds who asks to the line of a request: also of one that only reads, or is refused. */
export function nameInLog(request: FastifyRequest, fields: Record<string, string>): void {
  names.set(request, fields);
}

function lineOf(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  return {
    requestId: request.id,
    method: request.method,
    // Without the query, which may hold anything.
    path: request.url.split('?', 1)[0],
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    source: clientAddress(request),
    ...names.get(request),
  };
}
