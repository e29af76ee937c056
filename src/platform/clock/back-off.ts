import { secondsAfter } from './clock';

/** Delays double from the first to the longest. */
export interface BackOff {
  firstSeconds: number;
  longestSeconds: number;
}

/**
 * When to try again after `attempts` failures in a row. Without jitter: what is retried is claimed by one replica at a
 * time anyway.
 */
export function retryAt(now: Date, attempts: number, backOff: BackOff): Date {
  const doublings = Math.min(Math.max(attempts - 1, 0), 30);
  return secondsAfter(now, Math.min(backOff.firstSeconds * 2 ** doublings, backOff.longestSeconds));
}
