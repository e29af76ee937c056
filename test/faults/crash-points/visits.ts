import type { CrashPoint } from '../../../src/platform/crash-points';
import type { FaultOrder } from '../../../simulator/tstore/faults/armed-faults';
import type { CrashWorld } from './crash-world';

/** What brings a process to a point; done again after the crash, as whoever got no answer would. */
export type Work = (world: CrashWorld, name: string) => Promise<unknown>;

/** How a process comes to a point, and what is left when the next one has gone on. */
export interface Visit {
  readonly work: Work;
  /** What T store must do wrong for a process to come to the point at all. */
  readonly faults?: readonly FaultOrder[];
  /** Where the next processes die too: on the way of making good what the one before left behind. */
  readonly then?: readonly CrashPoint[];
  /** A file may have left, and nobody ever hears of it: a person must decide. */
  readonly leavesInDoubt?: boolean;
  /** Told but not noted yet: the next process tells again. An alarm that is noted is never told again. */
  readonly isToldAgain?: boolean;
}

export type Visits = Readonly<Partial<Record<CrashPoint, Visit>>>;

/** @returns every point that processes of these visits die at */
export function pointsOf(visits: Visits): CrashPoint[] {
  return Object.entries(visits).flatMap(([point, { then = [] }]) => [point as CrashPoint, ...then]);
}
