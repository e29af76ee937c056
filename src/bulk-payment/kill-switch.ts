import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';

/** Whether all submissions are stopped; who changed it last, and why. */
export interface KillSwitchState {
  engaged: boolean;
  reason: string | null;
  actor: string | null;
  changedAt: Date | null;
}

const STATE_SQL = 'SELECT engaged, reason, actor, changed_at AS "changedAt" FROM kill_switch';

/**
 * Stops all submissions of all replicas at once.
 *
 * Whoever commits an intent to send shares a lock on the switch's row, and engaging takes it for itself. So when engaging
 * returns, every intent is either committed before, and that job may be under way, or will not be committed.
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

  /** Engages or releases; doing so again changes nothing but is kept in the history. @returns the state it is in now */
  async set(engaged: boolean, { reason, actor }: { reason: string; actor: string }): Promise<KillSwitchState> {
    return this.database.transaction(async (session) => {
      const change = [engaged, reason, actor, this.clock.now()];
      await session.execute('UPDATE kill_switch SET engaged = $1, reason = $2, actor = $3, changed_at = $4', change);
      await session.execute(
        'INSERT INTO kill_switch_history (engaged, reason, actor, at) VALUES ($1, $2, $3, $4)',
        change,
      );
      await wakeBilling(session);
      return this.state(session);
    });
  }

  /** Newest first. */
  history(limit: number): Promise<KillSwitchState[]> {
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
