import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf, type DomainError } from '../../kernel/errors';
import { databaseTrouble } from '../database';
import type { Logger } from '../logging';
import { asDomainError, problemOf } from './problem';

/** How long a caller should leave us alone when a part of us is down; long enough for a database to fail over. */
const RETRY_AFTER_SECONDS = 5;

/** Answers every error as RFC 9457 problem+json, in the codes of the error catalogue. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}

/** Also for errors that never reach Nest, such as an address that can't be decoded. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const error = asDomainError(thrown);
  const problem = problemOf(error, request.id);
  logProblem(logger, error, problem.status, request.id);
  if (reply.sent || reply.raw.headersSent) {
    // Half an answer must not look like a whole one, such as a file that is cut off.
    reply.raw.destroy();
    return;
  }
  reply.header('x-request-id', request.id);
  addHeaders(reply, error);
  reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** What HTTP has a header for: how to authenticate, and when to come back. */
function addHeaders(reply: FastifyReply, { kind, details }: DomainError): void {
  if (kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (typeof details.scope === 'string') {
    reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${details.scope}"`);
  }
  const retryAfter = kind === 'unavailable' ? RETRY_AFTER_SECONDS : details.retryAfterSeconds;
  if (typeof retryAfter === 'number') reply.header('retry-after', retryAfter);
}

function logProblem(logger: Logger, error: DomainError, status: number, requestId: string): void {
  const known = { requestId, code: error.code };
  // Where the database is in trouble, a stack says nothing of it, and each request would bring one.
  const fields =
    databaseTrouble(error.cause) === undefined ? { ...known, error } : { ...known, reason: messageOf(error.cause) };
  if (error.kind === 'internal') logger.error('request failed', fields);
  else if (status >= 500) logger.warn('request failed', fields);
  else logger.debug('request refused', { requestId, code: error.code, reason: error.message });
}
