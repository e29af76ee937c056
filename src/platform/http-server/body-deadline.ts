import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { HttpLimits } from './http-limits';

const TIMEOUT_ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

interface Receiving {
  since: number;
  /** The answer is out, and the sender goes on sending: to close at once could cost it the answer. */
  isAnswered: boolean;
}

/**
 * Ends requests whose body drips in too slowly, whether anybody reads it or it was answered without (a wrong address, a
 * source that is not allowed). Node's own limit can't do it: it holds for the whole server, and an upload of a gigabyte
 * may take its time. Bodies passed on as a stream are past this hook at once and so not limited.
 *
 * @param ended called once for each connection that was ended
 */
export function limitBodyTime(
  fastify: FastifyInstance,
  { bodyMs, checkMs }: Pick<HttpLimits, 'bodyMs' | 'checkMs'>,
  ended: () => void = () => undefined,
): void {
  // In order of time, so the sweep can stop at the first young one.
  const receiving = new Map<IncomingMessage, Receiving>();
  const note = (request: IncomingMessage, isAnswered: boolean): void => {
    receiving.delete(request);
    receiving.set(request, { since: performance.now(), isAnswered });
  };
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    note(raw, false);
    done();
  });
  fastify.addHook('preValidation', ({ raw }, _reply, done) => {
    receiving.delete(raw);
    done();
  });
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (raw.complete || raw.destroyed) receiving.delete(raw);
    else if (receiving.get(raw)?.isAnswered !== true) {
      note(raw, true);
      raw.once('close', () => receiving.delete(raw));
    }
    done();
  });
  const sweep = setInterval(() => endSlow(receiving, bodyMs, ended), checkMs).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(sweep);
    done();
  });
}

function endSlow(receiving: Map<IncomingMessage, Receiving>, timeoutMs: number, ended: () => void): void {
  const startedBefore = performance.now() - timeoutMs;
  for (const [request, { since, isAnswered }] of receiving) {
    if (since > startedBefore) return;
    receiving.delete(request);
    if (!isAnswered) request.socket.write(TIMEOUT_ANSWER);
    request.socket.destroySoon();
    ended();
  }
}
