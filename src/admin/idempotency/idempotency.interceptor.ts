import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { AdminConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { asDomainError, problemOf } from '../../platform/http-server';
import { Logger } from '../../platform/logging';
import { callerOf } from '../access';
import {
  IdempotencyRepository,
  LEASE_SECONDS,
  type Earlier,
  type IdempotencyKey,
  type Reservation,
  type StoredAnswer,
} from './idempotency.repository';
import { hashOf, type RequestHash } from './request-hash';
import { SHOWN_ONCE } from './shown-once.decorator';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;
const RETRY_AFTER_SECONDS = 1;

/**
 * A POST with an `Idempotency-Key` is answered once: who sends it again gets the same answer, marked
 * `Idempotent-Replayed: true`. An answer that says `retryable`, or an upload that was not read to its end, is not kept, so
 * that sending it again can do better. The acts themselves are safe to repeat without it; this is for the caller's peace.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly requests: IdempotencyRepository,
    private readonly config: AdminConfig,
    private readonly logger: Logger,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const given = request.headers[HEADER];
    if (request.method !== 'POST' || given === undefined) return next.handle();
    const shownOnce = this.reflector.get<string[] | undefined>(SHOWN_ONCE, context.getHandler()) ?? [];
    const reply = http.getResponse<FastifyReply>();
    return defer(() => this.answerOnce(request, reply, next, { key: keyOf(request, given), shownOnce }));
  }

  private async answerOnce(
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
    { key, shownOnce }: { key: IdempotencyKey; shownOnce: readonly string[] },
  ): Promise<unknown> {
    const hash = hashOf(request);
    const reservation = await this.requests.reserve(key, hash.known);
    if (reservation === undefined) return this.replay(key, hash, reply);
    const heartbeat = this.keepAlive(reservation);
    try {
      const result: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      await this.keep(reservation, hash, {
        status: reply.statusCode,
        body: JSON.stringify(withoutSecrets(result ?? null, shownOnce)),
      });
      return result;
    } catch (thrown) {
      const error = asDomainError(thrown);
      const problem = problemOf(error, request.id);
      const answer = { status: problem.status, body: JSON.stringify(problem) };
      if (error.retryable) await this.giveBack(reservation);
      else await this.keep(reservation, hash, answer);
      throw thrown;
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** @returns the first answer, which gets what headers follow from it, such as its ETag, as it did then */
  private async replay(key: IdempotencyKey, hash: RequestHash, reply: FastifyReply): Promise<unknown> {
    const earlier = await this.requests.find(key);
    if (earlier?.answer === undefined) throw earlier && isOther(earlier, hash.known) ? reused() : stillRunning();
    const sha256 = await hash.readOut(this.config.uploadMaxBytes);
    if (isOther(earlier, sha256)) throw reused();
    const { status, body } = earlier.answer;
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    reply.status(status).header('idempotent-replayed', 'true').type(`${type}; charset=utf-8`);
    return JSON.parse(body) as unknown;
  }

  /** What was done is done: that its answer could not be kept must not change the answer. */
  private async keep(reservation: Reservation, hash: RequestHash, answer: StoredAnswer): Promise<void> {
    const sha256 = hash.afterwards();
    if (sha256 === null) return this.giveBack(reservation);
    await this.requests.answer(reservation, sha256, answer).catch((error: unknown) => {
      this.logger.error('answer under an Idempotency-Key not kept', { id: reservation.id, error });
    });
  }

  private async giveBack(reservation: Reservation): Promise<void> {
    await this.requests.giveBack(reservation).catch((error: unknown) => {
      // Then the lease runs out.
      this.logger.warn('Idempotency-Key not given back', { id: reservation.id, error });
    });
  }

  /** In real time, because what it proves is that this process lives. */
  private keepAlive(reservation: Reservation): NodeJS.Timeout {
    const renew = (): void => {
      this.requests.renew(reservation).catch((error: unknown) => {
        this.logger.warn('lease of an Idempotency-Key not renewed', { id: reservation.id, error });
      });
    };
    return setInterval(renew, (LEASE_SECONDS * 1000) / 3).unref();
  }
}

/** Members that are shown once are `null` in the answer that is kept: no store of ours holds them, encrypted or not. */
function withoutSecrets(result: unknown, shownOnce: readonly string[]): unknown {
  if (shownOnce.length === 0 || result === null || typeof result !== 'object') return result;
  return { ...result, ...Object.fromEntries(shownOnce.map((member) => [member, null])) };
}

function keyOf(request: FastifyRequest, given: string | string[]): IdempotencyKey {
  if (typeof given === 'string' && KEY.test(given)) {
    return { owner: callerOf(request).keyId ?? 'bootstrap', key: given };
  }
  throw new DomainError('invalid-request', 'The Idempotency-Key can’t be used', {
    faults: [{ field: 'Idempotency-Key', expected: '1 to 255 printable characters without spaces' }],
  });
}

/** Of an upload that is still being read nothing is known to compare. */
function isOther({ requestSha256 }: Earlier, sha256: Buffer | null): boolean {
  return requestSha256 !== null && sha256 !== null && !requestSha256.equals(sha256);
}

function reused(): DomainError {
  return new DomainError(
    'idempotency-key-reused',
    'Another request was sent with this key; use a new one for each act.',
  );
}

function stillRunning(): DomainError {
  return new DomainError('idempotency-key-in-use', 'Ask again for its answer.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
