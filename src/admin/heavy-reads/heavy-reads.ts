import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminConfig, DatabaseConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { onConnectionsFor } from '../../platform/database';
import { callerOf } from '../access';

/** Long enough for a usual export to end. */
const RETRY_AFTER_SECONDS = 10;

/**
 * What reads much: exports, whole lists, reports. At most half of the connections for reading work on it, so that looking at
 * one thing takes no longer because others look at everything; and a key has few of them on their way.
 */
@Injectable()
export class HeavyReads {
  private readonly underWay = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(
    database: DatabaseConfig,
    private readonly admin: AdminConfig,
  ) {
    this.free = Math.max(1, Math.floor(database.keptPools.reading / 2));
  }

  /**
   * Counts an answer as one of its key's until the last byte is sent, or the connection lost.
   *
   * @throws {DomainError} `rate-limited` when the key has as many on their way as it may
   */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const key = callerOf(request).keyId ?? 'bootstrap';
    const count = this.underWay.get(key) ?? 0;
    if (count >= this.admin.exportsPerKey) {
      const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new DomainError(
        'rate-limited',
        `This key has ${count} exports on their way; wait for one to end.`,
        details,
      );
    }
    this.underWay.set(key, count + 1);
    reply.raw.once('close', () => this.end(key));
  }

  /** Runs a piece of a heavy read when it is its turn. A slow reader holds no connection between two pieces. */
  async piece<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free -= 1;
    try {
      return await onConnectionsFor('reading', work);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }

  private end(key: string): void {
    const left = (this.underWay.get(key) ?? 1) - 1;
    if (left === 0) this.underWay.delete(key);
    else this.underWay.set(key, left);
  }
}
