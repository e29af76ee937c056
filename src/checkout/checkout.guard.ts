import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CheckoutConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { plainAddress } from '../platform/http-server';

const MINUTE_SECONDS = 60;

/** How much an address may ask, and that any page may ask: what opens an order is its token, and no cookie. */
@Injectable()
export class CheckoutGuard implements CanActivate {
  private readonly requests: RateLimiterMemory | undefined;

  /** A customer needs a handful; each process counts for itself. */
  constructor({ requestsPerMinute: points }: CheckoutConfig) {
    this.requests = points === 0 ? undefined : new RateLimiterMemory({ points, duration: MINUTE_SECONDS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type, last-event-id',
      'cache-control': 'no-store',
    });
    await this.requests?.consume(plainAddress(request.ip) ?? 'unknown').catch((refused: unknown) => {
      throw refused instanceof RateLimiterRes ? tooMany(refused) : refused;
    });
    return true;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  const message = `Too many requests from this address; try again in ${retryAfterSeconds} s.`;
  return new DomainError('rate-limited', message, { retryAfterSeconds });
}
