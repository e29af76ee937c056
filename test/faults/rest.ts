import { setTimeout as delay } from 'node:timers/promises';
import type { FaultWorld } from './fault-world';
import type { Operator } from './operator';
import type { Replica } from './replica';
import type { Work } from './schedule';

/** Rounds until everything must have ended, most of a day by the service's clock. */
const ROUNDS = 40;
/** Past every lease and every back-off of the service. */
const ROUND_SECONDS = 700;
/** Past the time after which PNS sends what nobody verified again. */
const GATEWAY_ROUND_MS = 40 * 60_000;
/** Real time in which a step must end when nobody holds it up. */
const STEP_LIMIT_MS = 20_000;
/** More pieces of work than any schedule makes for one step. */
const MOST_PIECES = 50;

/**
 * Takes every fault away and lets the service do its work, moving time, until all has come to its end.
 *
 * @returns the promises that are broken even then
 */
export async function comeToRest(world: FaultWorld, work: readonly Work[], operator: Operator): Promise<string[]> {
  world.simulator.control.disarmAllFaults();
  for (const { database } of world.replicas) database.restore();
  let broken: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    world.clock.advanceSeconds(ROUND_SECONDS);
    const hangs = await inTime('bringing work in', bringIn(world, work, operator));
    const schedulers = world.having('scheduler');
    const replica = schedulers[round % schedulers.length];
    if (replica !== undefined) hangs.push(...(await inTime(replica.name, runAll(replica))));
    if (hangs.length > 0) return hangs;
    await world.simulator.control.advance(GATEWAY_ROUND_MS);
    const left = work.filter(({ isDone }) => !isDone).map(({ name }) => `${name} can’t be brought in`);
    broken = [...left, ...(await world.brokenPromises())];
    if (broken.length === 0 && round > 0) break;
  }
  return broken;
}

async function bringIn(world: FaultWorld, work: readonly Work[], operator: Operator): Promise<void> {
  const [replica] = world.having('admin');
  if (replica === undefined) return;
  await operator.clearDesk(replica);
  for (const one of work.filter(({ isDone }) => !isDone)) await one.attempt(replica).catch(() => undefined);
}

/** Runs each step until nothing is due, as its loop would. */
async function runAll(replica: Replica): Promise<void> {
  for (const step of replica.steps) {
    for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
      const isDone = await replica.run(step).catch(() => false);
      if (!isDone) break;
    }
  }
}

async function inTime(what: string, work: Promise<void>): Promise<string[]> {
  const limit = new AbortController();
  const late = delay(STEP_LIMIT_MS, [`${what} hangs`], { signal: limit.signal }).catch(() => []);
  const inTime = work.then((): string[] => []);
  return Promise.race([inTime, late]).finally(() => limit.abort());
}
