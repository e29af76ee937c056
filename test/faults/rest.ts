import { setTimeout as delay } from 'node:timers/promises';
import { dueSteps } from './due-steps';
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
/** Real time after which a step hangs that nobody holds up: far more than one takes on a machine that is busy. */
const STEP_LIMIT_MS = 600_000;
/** Every so many schedules go on until the next morning, which takes as long as all else of coming to rest. */
const MORNING_EVERY = 3;
/** By then all has come to its end but what only the morning tells. */
const TOLD_BY_ROUND = 12;
/** What comes step by step is gone through at once, as far as it goes. */
const MOST_STEPS = 12;
/** More rounds than any work of a schedule takes. */
const MOST_PIECES = 50;

/**
 * Takes every fault away and lets the service do its work, moving time, until all has come to its end.
 *
 * @returns the promises that are broken even then
 */
export async function comeToRest(world: FaultWorld, work: readonly Work[], operator: Operator): Promise<string[]> {
  world.simulator.control.disarmAllFaults();
  world.simulator.toss.disarmAllFaults();
  world.simulator.kakaopay.disarmAllFaults();
  for (const { database } of world.replicas) database.restore();
  let broken: string[] = [];
  let isQuiet = false;
  // The day is over then, and the next morning compares it with the gateway's own lists.
  // Nobody tells of what was given back in the console of KakaoPay: the morning finds it.
  const hasMorning = world.hasKakaopay || world.seed % MORNING_EVERY === 0;
  let isMorning = !hasMorning;
  for (let round = 0; round < ROUNDS; round++) {
    world.clock.advanceSeconds(ROUND_SECONDS);
    const hangs = await inTime('bringing work in', bringIn(world, work, operator));
    const schedulers = world.having('scheduler');
    const replica = schedulers[round % schedulers.length];
    if (replica !== undefined) hangs.push(...(await inTime(replica.name, runAll(world, replica, isQuiet))));
    if (hangs.length > 0) return hangs;
    await world.simulator.control.advance(GATEWAY_ROUND_MS);
    const left = work.filter(({ isDone }) => !isDone).map(({ name }) => `${name} can’t be brought in`);
    const tiedOut = hasMorning && isMorning ? await world.brokenTieOutPromises() : [];
    broken = [...left, ...(await world.brokenPromises()), ...tiedOut];
    // Once more with every step, whether it could do anything or not, when everything has come to its end.
    if (broken.length === 0 && isQuiet && isMorning) break;
    isQuiet = broken.length === 0;
    const mayBeTold = world.hasKakaopay && round >= TOLD_BY_ROUND;
    if (isMorning || !(isQuiet || mayBeTold)) continue;
    await world.passToMorning();
    isMorning = true;
  }
  return broken;
}

async function bringIn(world: FaultWorld, work: readonly Work[], operator: Operator): Promise<void> {
  const [replica] = world.having('admin');
  if (replica === undefined) return;
  await operator.clearDesk(replica);
  for (const one of work.filter(({ isDone }) => !isDone)) {
    for (let steps = 0; !one.isDone && steps < MOST_STEPS; steps++) await one.attempt(replica).catch(() => undefined);
  }
}

/** Runs the steps until none finds anything, as their loops would; at first every one of them when that is wanted. */
export async function runAll(world: FaultWorld, replica: Replica, isFull = false): Promise<void> {
  for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
    const steps = isFull && pieces === 0 ? replica.steps : await dueSteps(world, replica.steps);
    let isAny = false;
    for (const step of steps) isAny = (await replica.run(step).catch(() => false)) || isAny;
    if (!isAny) break;
  }
}

async function inTime(what: string, work: Promise<void>): Promise<string[]> {
  const limit = new AbortController();
  const late = delay(STEP_LIMIT_MS, [`${what} hangs`], { signal: limit.signal }).catch(() => []);
  const inTime = work.then((): string[] => []);
  return Promise.race([inTime, late]).finally(() => limit.abort());
}
