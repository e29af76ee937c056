import type { SeededRandom } from '../../shared/seeded';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A message nobody verifies within 30 minutes comes again, for up to 48 hours (docs/protocol/tstore.md, section 6). */
export const VERIFICATION_DUE_MS = 30 * MINUTE_MS;
export const RESEND_LIMIT_MS = 48 * HOUR_MS;

/** How the intervals vary is not published: these, each stretched or shrunk by up to a fifth. */
const LATER_GAPS_MS = [30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS];
const VARIATION = 0.2;

export interface ResendCause {
  firstSentAt: number;
  nowAt: number;
  /** Deliveries so far that got no good answer, since the last that did. */
  failuresInARow: number;
  /** Deliveries so far that were answered well. */
  delivered: number;
}

/** When to send the same message again; null when 48 hours are over. */
export function nextResendAt(cause: ResendCause, afterFailureMs: number, random: SeededRandom): number | null {
  const dueAt = cause.nowAt + gapMs(cause, afterFailureMs, random);
  return dueAt - cause.firstSentAt > RESEND_LIMIT_MS ? null : dueAt;
}

function gapMs(cause: ResendCause, afterFailureMs: number, random: SeededRandom): number {
  if (cause.failuresInARow > 0) {
    return Math.min(afterFailureMs * 2 ** Math.min(cause.failuresInARow - 1, 20), VERIFICATION_DUE_MS);
  }
  if (cause.delivered <= 1) return VERIFICATION_DUE_MS;
  const gap = LATER_GAPS_MS[Math.min(cause.delivered - 2, LATER_GAPS_MS.length - 1)] as number;
  return Math.round(gap * (1 - VARIATION + random.next() * 2 * VARIATION));
}
