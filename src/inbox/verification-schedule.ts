import { secondsAfter } from '../platform/clock';

/**
 * Waits between attempts to reach PNS, by how many have failed. The last one repeats. All stay far under the 30 minutes
 * after which PNS sends a message again, so that an outage of a few minutes costs no second sending.
 */
const WAITS_SECONDS = [2, 5, 15, 30, 60, 120, 300, 600] as const;
const LONGEST_WAIT_SECONDS = 600;

/**
 * How long after it was last sent a message is tried, as PostgreSQL reads it: PNS itself sends a message no longer than
 * this (docs/protocol/tstore.md, section 6).
 */
export const GIVE_UP_AFTER = '48 hours';

/** @param failedAttempts at least 1 */
export function nextVerificationAt(now: Date, failedAttempts: number): Date {
  return secondsAfter(now, WAITS_SECONDS[failedAttempts - 1] ?? LONGEST_WAIT_SECONDS);
}
