import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
/** Far longer than anything takes on a machine that has much else to do, and shorter than a test may take (`jest.config.js`). */
const GIVE_UP_AFTER_MS = 480_000;

/** Looks again and again until there is an answer: as fast as the thing itself, and an error with its name if it never is. */
export async function until<Result>(what: string, look: () => Promise<Result | undefined>): Promise<Result> {
  const endAt = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() > endAt) throw new Error(`gave up waiting until ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
