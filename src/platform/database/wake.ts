import type { SqlSession } from './database';

/** The channel on which whoever makes work due wakes the scheduler. A missed call costs one tick, nothing else. */
export const BILLING_WAKE_CHANNEL = 'billing_wake';

/** Wakes the schedulers of all replicas when the session's transaction commits. */
export async function wakeBilling(session: SqlSession): Promise<void> {
  await session.rows('SELECT pg_notify($1, $2)', [BILLING_WAKE_CHANNEL, '']);
}
