import type { SqlSession } from '../platform/database';

/** Any constant nobody else locks. */
const CHANGES_LOCK = 7_261_543_008;

/**
 * Shared by all who change a subscription, taken before anything else is locked: who sends charges takes it for itself for a
 * moment, so that a change is made before an intent to send is committed, and seen, or after it.
 */
export async function shareChanges(session: SqlSession): Promise<void> {
  await session.rows('SELECT pg_advisory_xact_lock_shared($1)', [CHANGES_LOCK]);
}

/** Waits for the changes that are being made, and keeps others waiting until the transaction ends. */
export async function holdChanges(session: SqlSession): Promise<void> {
  await session.rows('SELECT pg_advisory_xact_lock($1)', [CHANGES_LOCK]);
}
