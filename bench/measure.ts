export interface Spread {
  min: number;
  median: number;
  max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

/** What one run of a side of a benchmark took. */
export interface Run {
  seconds: number;
  /** Processor seconds of the measuring process; those of PostgreSQL are not among them. */
  cpuSeconds: number;
}

export async function timed(work: () => Promise<unknown>): Promise<Run> {
  const stop = startWatch();
  await work();
  return stop();
}

/** Starts a watch. @returns what stops it */
export function startWatch(): () => Run {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
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
  /** What the ratio is asked to be. */
  bar: Bar;
  /** Rows of a round, where it is about rows. */
  rows?: number;
  /** Processor seconds of our process in a round, the median. */
  cpuSeconds?: number;
  /** The same duties done plainly, where the floor has fewer: whether the bar can be reached at all. */
  plainly?: Plain | undefined;
}

export interface Plain {
  is: string;
  figure: Spread;
}

export interface Bar {
  kind: 'at most' | 'at least';
  ratio: number;
}

export function holds({ ratio, bar }: Pick<Comparison, 'ratio' | 'bar'>): boolean {
  return bar.kind === 'at most' ? ratio <= bar.ratio : ratio >= bar.ratio;
}

/** Seconds of both sides in a round, and of the same duties done plainly where that is not the floor itself. */
export interface RoundRuns {
  ours: Run;
  floor: Run;
  plainly?: Run;
}

/** Seconds of both sides, a pair a round, as a comparison. */
export function compareSeconds(
  what: Pick<Comparison, 'name' | 'floorIs' | 'bar'> & { rows: number; plainlyIs?: string | undefined },
  rounds: readonly RoundRuns[],
): Comparison {
  const { plainlyIs, ...named } = what;
  const ours = spreadOf(rounds.map((round) => round.ours.seconds));
  const floor = spreadOf(rounds.map((round) => round.floor.seconds));
  const cpuSeconds = spreadOf(rounds.map((round) => round.ours.cpuSeconds)).median;
  const figure = spreadOf(rounds.flatMap((round) => round.plainly?.seconds ?? []));
  const plainly = plainlyIs === undefined ? undefined : { is: plainlyIs, figure };
  return { ...named, unit: 's', ours, floor, cpuSeconds, ratio: ours.median / floor.median, plainly };
}

export interface BenchmarkOptions {
  /** Lines of a file, or rows of a run. */
  lines: number;
  /** Counted rounds; one before them warms up. */
  rounds: number;
  /** The address of a PostgreSQL to make databases in. */
  adminUrl: string;
  print: (line: string) => void;
}

/** What a benchmark's process answers. */
export interface Measured {
  comparisons: Comparison[];
  /** The most memory the process ever had. */
  peakRssMegabytes: number;
}
