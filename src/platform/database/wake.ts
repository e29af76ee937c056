import type { SqlSession } from './database';

/**
 * The channel on which whoever makes work due wakes the scheduler, with the name of the step it is due for or without one
 * for every step. A missed call costs one tick, nothing else.
 */
export const BILLING_WAKE_CHANNEL = 'billing_wake';

/** Wakes every step of the schedulers of all replicas when the session's transaction commits. */
export async function wakeBilling(session: SqlSession): Promise<void> {
  await session.rows('SELECT pg_notify($1, $2)', [BILLING_WAKE_CHANNEL, '']);
}
