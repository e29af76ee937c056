import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import { Clock, secondsAfter } from '../clock';
import { Database, type SqlSession } from '../database';

/** How often something may happen, over all replicas together. */
export interface Pace {
  /** Names what is paced; whoever names the same shares it. */
  name: string;
  /** 1 or more. */
  perMinute: number;
  /** How many may come at once after a pause; 1 or more. */
  burst: number;
}

/** Turns that were taken together, and when the next one is free. */
export interface TakenTurns {
  readonly taken: number;
  readonly freeAt: Date;
}

/** A pace of which no minute ever sees more than so many: what may come at once is taken off what comes over the minute. */
export function paceWithin(name: string, perMinute: number): Pace {
  const burst = Math.max(1, Math.floor(perMinute / 60));
  return { name, perMinute: perMinute - (burst - 1), burst };
}

/** A turn further ahead than this was taken by a clock that is wrong, and nobody waits for it to be right. */
const MOST_SKEW_SECONDS = 60;

/**
 * Keeps a pace that all replicas share, by one row that says when the next turn is free (the generic cell rate
 * algorithm). It goes by the service's clock, and a turn is taken by one statement, so PostgreSQL counts.
 */
@Injectable()
export class Pacer {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a turn, if one is free; in the session's transaction, if one is given.
   *
   * @returns when one will be, `undefined` when it was taken
   */
  async take(pace: Pace, session: SqlSession = this.database): Promise<Date | undefined> {
    const { taken, freeAt } = await this.takeUpTo(pace, 1, session);
    return taken === 0 ? freeAt : undefined;
  }

  /** Takes as many turns as are free, up to a number, which is 1 or more. */
  async takeUpTo(
    { name, perMinute, burst }: Pace,
    most: number,
    session: SqlSession = this.database,
  ): Promise<TakenTurns> {
    const now = this.clock.now();
    const spacingSeconds = 60 / perMinute;
    const ahead = (burst - 1) * spacingSeconds;
    const tooFar = secondsAfter(now, ahead + spacingSeconds + MOST_SKEW_SECONDS);
    const [turns] = await session.rows<{ next_at: Date; taken: number }>(
      `INSERT INTO pace (name, next_at, taken)
       VALUES ($1, $2::timestamptz + make_interval(secs => $3::float8 * least($6, $7::int)), least($6, $7::int))
       ON CONFLICT (name) DO UPDATE SET (next_at, taken) = (
         SELECT free.at + make_interval(secs => $3::float8 * turns.taken), turns.taken
         FROM (SELECT CASE WHEN pace.next_at > $5 THEN $2 ELSE greatest(pace.next_at, $2) END AS at) AS free
         CROSS JOIN LATERAL (
           SELECT least($6, 1 + floor(extract(epoch FROM $2::timestamptz + make_interval(secs => $4) - free.at)
             / $3::float8)::int) AS taken) AS turns)
       WHERE pace.next_at <= $2::timestamptz + make_interval(secs => $4) OR pace.next_at > $5
       RETURNING next_at, taken`,
      [name, now, spacingSeconds, ahead, tooFar, most, burst],
    );
    if (turns !== undefined) return { taken: turns.taken, freeAt: secondsAfter(turns.next_at, -ahead) };
    const [row] = await session.rows<{ next_at: Date }>('SELECT next_at FROM pace WHERE name = $1', [name]);
    if (row === undefined) throw new DomainError('internal-error', `the pace ${name} has no row`);
    return { taken: 0, freeAt: secondsAfter(row.next_at, -ahead) };
  }
}
