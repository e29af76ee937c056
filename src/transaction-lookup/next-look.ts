import { secondsAfter } from '../platform/clock';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/**
 * When a payment is looked up next: 1, 2, 4, 8 … hours after it was said not to be there, and once more at the end. Most of
 * what comes late comes soon; and looks that an outage has made impossible are not caught up.
 *
 * @param days how long it is watched
 * @returns `null` when that is over
 */
export function nextLook(since: Date, days: number, now = since): Date | null {
  const end = lastLook(since, days);
  if (end === null || now >= end) return null;
  let hours = 1;
  while (secondsAfter(since, hours * HOUR_SECONDS) <= now) hours *= 2;
  const at = secondsAfter(since, hours * HOUR_SECONDS);
  return at < end ? at : end;
}

/** When it is looked up for the last time; `null`: it is not watched. */
export function lastLook(since: Date, days: number): Date | null {
  return days === 0 ? null : secondsAfter(since, days * DAY_SECONDS);
}
