import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AdminConfig } from '../../config';
import { DomainError } from '../../kernel/errors';

const MINUTE_SECONDS = 60;

/** How much a key may ask, and how often an address may be wrong. Each process counts for itself. */
@Injectable()
export class RateLimits {
  private readonly requests: RateLimiterMemory | undefined;
  private readonly failures: RateLimiterMemory | undefined;

  constructor({ requestsPerMinute, failedKeysPerMinute }: AdminConfig) {
    this.requests = limiter(requestsPerMinute);
    this.failures = limiter(failedKeysPerMinute);
  }

  /** Counts a request. @throws {DomainError} `rate-limited` */
  async countRequest(key: string): Promise<void> {
    await this.requests?.consume(key).catch((refused: unknown) => {
      throw refused instanceof RateLimiterRes ? tooMany('This key asks too often', refused) : refused;
    });
  }

  /**
   * Counts a wrong key for each of its sources: where it came from, and the key it pretends to be.
   *
   * @throws {DomainError} `rate-limited` when one of them was wrong too often. Only who is wrong is ever told so.
   */
  async countFailure(sources: readonly string[]): Promise<void> {
    if (this.failures === undefined) return;
    const { failures } = this;
    const counted = await Promise.all(sources.map((source) => failures.penalty(source)));
    const beyond = counted.find(({ consumedPoints }) => consumedPoints > failures.points);
    if (beyond !== undefined) throw tooMany('Too many attempts with a wrong key', beyond);
  }

  /** Whether a source was wrong too often of late. */
  async isSuspect(source: string): Promise<boolean> {
    const counted = await this.failures?.get(source);
    return counted ? counted.remainingPoints <= 0 : false;
  }
}

function limiter(points: number): RateLimiterMemory | undefined {
  return points === 0 ? undefined : new RateLimiterMemory({ points, duration: MINUTE_SECONDS });
}

function tooMany(what: string, { msBeforeNext }: RateLimiterRes): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new DomainError('rate-limited', `${what}; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}
