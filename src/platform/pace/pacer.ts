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
  async take({ name, perMinute, burst }: Pace, session: SqlSession = this.database): Promise<Date | undefined> {
    const now = this.clock.now();
    const spacingSeconds = 60 / perMinute;
    const ahead = (burst - 1) * spacingSeconds;
    const taken = await session.execute(
      `INSERT INTO pace (name, next_at) VALUES ($1, $2::timestamptz + make_interval(secs => $3))
       ON CONFLICT (name) DO UPDATE SET next_at = make_interval(secs => $3)
         + CASE WHEN pace.next_at > $5 THEN $2 ELSE greatest(pace.next_at, $2) END
       WHERE pace.next_at <= $2::timestamptz + make_interval(secs => $4) OR pace.next_at > $5`,
      [name, now, spacingSeconds, ahead, secondsAfter(now, ahead + spacingSeconds + MOST_SKEW_SECONDS)],
    );
    if (taken === 1) return undefined;
    const [row] = await session.rows<{ next_at: Date }>('SELECT next_at FROM pace WHERE name = $1', [name]);
    if (row === undefined) throw new DomainError('internal-error', `the pace ${name} has no row`);
    return secondsAfter(row.next_at, -ahead);
  }
}
