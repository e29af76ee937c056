import { Clock } from '../platform/clock';

/** Real time; a move of the followed clock is seen this soon. */
const READ_EVERY_MS = 100;
const READ_WITHIN_MS = 2_000;

/** The clock as the simulator tells it, at the moment it was heard. */
interface Reading {
  atMs: number;
  /** How many of its milliseconds pass in a real one; 0 stands still. */
  factor: number;
  heardAtMs: number;
}

/**
 * The time of another process, which tells it over HTTP as `{"now": instant, "factor": speed}`: a simulator's, which can
 * be moved. Any number of replicas follow one clock and so live in one time. While it can't be read, time goes on from the
 * last reading.
 */
export class FollowedClock extends Clock {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly url: string,
    private reading: Reading,
  ) {
    super();
    this.plan();
  }

  /** @throws when the clock can't be read */
  static async follow(url: string): Promise<FollowedClock> {
    return new FollowedClock(url, await read(url));
  }

  now(): Date {
    const { atMs, factor, heardAtMs } = this.reading;
    return new Date(atMs + (performance.now() - heardAtMs) * factor);
  }

  /** Stops following. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private plan(): void {
    this.timer = setTimeout(() => void this.readAgain(), READ_EVERY_MS).unref();
  }

  private async readAgain(): Promise<void> {
    this.reading = await read(this.url).catch(() => this.reading);
    if (this.timer !== undefined) this.plan();
  }
}

async function read(url: string): Promise<Reading> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(READ_WITHIN_MS) });
  const { now, factor } = (await answer.json()) as { now: string; factor: number };
  const atMs = Date.parse(now);
  if (Number.isNaN(atMs) || typeof factor !== 'number') throw new Error(`${url} tells no time`);
  return { atMs, factor, heardAtMs: performance.now() };
}
