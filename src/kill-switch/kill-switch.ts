import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';

/** A position of the switch; who put it there, and why. */
export interface KillSwitchChange {
  engaged: boolean;
  reason: string | null;
  actor: string | null;
  changedAt: Date | null;
}

/** Whether all that moves money is stopped now. */
export interface KillSwitchState extends KillSwitchChange {
  /** Changes with it. */
  version: string;
}

const STATE_SQL = 'SELECT engaged, reason, actor, changed_at AS "changedAt", xmin::text AS version FROM kill_switch';

/**
 * Stops all that moves money, in either direction and in all replicas, at once: submissions, which collect it, and refunds,
 * which give it back (docs/decisions/0016).
 *
 * Whoever commits an intent to send shares a lock on the switch's row, and engaging takes it for itself. So when engaging
 * returns, every intent is either committed before, and that job or refund may be under way, or will not be committed.
 */
@Injectable()
export class KillSwitch {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async state(session: SqlSession = this.database): Promise<KillSwitchState> {
    const [state] = await session.rows<KillSwitchState>(STATE_SQL);
    if (!state) throw new DomainError('internal-error', 'the row of the kill switch is missing');
    return state;
  }

  /**
   * Engages or releases; doing so again changes nothing but is kept in the history.
   *
   * @param version the only one it may be changed from, when there is one
   * @returns the state it is in now
   * @throws {DomainError} `version-conflict`
   */
  async set(
    engaged: boolean,
    { reason, actor, version }: { reason: string; actor: string; version?: string | undefined },
  ): Promise<KillSwitchState> {
    return this.database.transaction(async (session) => {
      const change = [engaged, reason, actor, this.clock.now()];
      const changed = await session.execute(
        `UPDATE kill_switch SET engaged = $1, reason = $2, actor = $3, changed_at = $4
         WHERE $5::text IS NULL OR xmin::text = $5`,
        [...change, version ?? null],
      );
      if (changed === 0)
        throw new DomainError('version-conflict', 'Somebody changed the kill switch since you read it');
      await session.execute(
        'INSERT INTO kill_switch_history (engaged, reason, actor, at) VALUES ($1, $2, $3, $4)',
        change,
      );
      await wakeBilling(session);
      return this.state(session);
    });
  }

  /** Newest first. */
  history(limit: number): Promise<KillSwitchChange[]> {
    return this.database.rows(
      'SELECT engaged, reason, actor, at AS "changedAt" FROM kill_switch_history ORDER BY id DESC LIMIT $1',
      [limit],
    );
  }

  /**
   * Called in the transaction that commits an intent to send, before it.
   *
   * @throws {DomainError} `submissions-stopped`
   */
  async assertReleased(session: SqlSession): Promise<void> {
    const [state] = await session.rows<KillSwitchState>(`${STATE_SQL} FOR SHARE`);
    if (state?.engaged === false) return;
    throw new DomainError(
      'submissions-stopped',
      `the kill switch is engaged: ${state?.reason ?? 'its row is missing'}`,
    );
  }
}
