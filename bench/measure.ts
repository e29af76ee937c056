/** What one run of a side of a benchmark took. */
export interface Run {
  seconds: number;
  /** Processor seconds of this process; those of PostgreSQL are not among them. */
  cpuSeconds: number;
}

export interface Spread {
  min: number;
  median: number;
  max: number;
}

export async function timed(work: () => Promise<unknown>): Promise<Run> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

/** A benchmark's answer: a figure of ours beside the same figure of its floor, from one and the same run. */
export interface Comparison {
  name: string;
  unit: string;
  ours: Spread;
  floor: Spread;
  floorIs: string;
  /** Ours by floor, of the medians. */
  ratio: number;
  /** What the ratio is asked to be, in words. */
  bar: string;
  holds: boolean;
  note?: string;
}

export interface BenchmarkOptions {
  /** Lines of a file. */
  lines: number;
  rounds: number;
  /** The address of a PostgreSQL to make databases in. */
  adminUrl: string;
  print: (line: string) => void;
}

/**
 * Runs floor and ours in turn, after one warm-up of each, so that a machine that slows down slows both.
 *
 * @param sides each resolves with the figure that is compared
 */
export async function interleaved(
  rounds: number,
  sides: { floor: () => Promise<number>; ours: () => Promise<number> },
): Promise<{ floor: Spread; ours: Spread }> {
  await sides.floor();
  await sides.ours();
  const floor: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floor.push(await sides.floor());
    ours.push(await sides.ours());
  }
  return { floor: spreadOf(floor), ours: spreadOf(ours) };
}
