import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '../config';
import { messageOf } from '../kernel/errors';
import { SystemClock, type Clock } from '../platform/clock';
import { FollowedClock } from './followed-clock';
import type { Logger } from '../platform/logging';
import { StartError } from './start-error';

/** A simulator that is started beside the service needs a moment. */
const ATTEMPTS = 30;
const ATTEMPT_EVERY_MS = 1_000;

export interface OpenedClock {
  clock: Clock;
  close(): void;
}

/**
 * The clock the service lives by: this machine's, the simulator's, or the one given by a test or the demo. Time that can
 * be moved bills days that have not come, so it is refused wherever a real T store might be told of them.
 *
 * @throws {StartError}
 */
export async function openClock(
  { clock: { followedUrl }, deployment }: Configuration,
  given: Clock | undefined,
  logger: Logger,
  shutdown: AbortSignal,
): Promise<OpenedClock> {
  if (given === undefined && followedUrl === undefined) return unowned(new SystemClock());
  if (deployment.environment !== 'simulator') {
    throw new StartError('CLOCK: time can be moved only with ENVIRONMENT=simulator');
  }
  if (given !== undefined) return unowned(given);
  const clock = await follow(followedUrl ?? '', logger, shutdown);
  logger.warn('time is the simulator’s', { now: clock.now() });
  return { clock, close: () => clock.close() };
}

function unowned(clock: Clock): OpenedClock {
  return { clock, close: () => undefined };
}

async function follow(url: string, logger: Logger, shutdown: AbortSignal): Promise<FollowedClock> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await FollowedClock.follow(url);
    } catch (error) {
      const reason = messageOf(error);
      if (attempt === ATTEMPTS) throw new StartError(`CLOCK: the simulator tells no time: ${reason}`, { cause: error });
      if (shutdown.aborted) throw new StartError('asked to end while waiting for the simulator’s clock');
      logger.warn('the simulator tells no time yet', { attempt, of: ATTEMPTS, reason });
      await delay(ATTEMPT_EVERY_MS);
    }
  }
}
