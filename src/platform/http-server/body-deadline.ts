import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';

/** A body that is read into memory is at most 1 MB; whoever needs longer for it is holding us up on purpose. */
const BODY_TIMEOUT_MS = 15_000;
const SWEEP_MS = 1_000;

const TIMEOUT_ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Ends requests whose body drips in too slowly. Node's own limit can't do it: it holds for the whole server, and an
 * upload of a gigabyte may take its time. Bodies passed on as a stream are past this hook at once and so not limited.
 */
export function limitBodyTime(fastify: FastifyInstance, timeoutMs = BODY_TIMEOUT_MS, sweepMs = SWEEP_MS): void {
  // In order of arrival, so the sweep can stop at the first young one.
  const receiving = new Map<IncomingMessage, number>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    receiving.set(request.raw, performance.now());
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    receiving.delete(request.raw);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    receiving.delete(request.raw);
    done();
  });
  const sweep = setInterval(() => endSlow(receiving, timeoutMs), sweepMs).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(sweep);
    done();
  });
}

function endSlow(receiving: Map<IncomingMessage, number>, timeoutMs: number): void {
  const startedBefore = performance.now() - timeoutMs;
  for (const [request, startedAt] of receiving) {
    if (startedAt > startedBefore) return;
    receiving.delete(request);
    request.socket.write(TIMEOUT_ANSWER);
    request.socket.destroySoon();
  }
}
