/**
 * What time it is, for everything that decides by time: due dates, expiries, leases, back-off.
 *
 * Injected everywhere so that tests move time instead of waiting for it.
 */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** An instant `seconds` after another; negative goes back. */
export function secondsAfter(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
