export interface Spread {
  min: number;
  median: number;
  max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const last = sorted.length - 1;
  return { min: at(0), median: (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2, max: at(last) };
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

export interface Bar {
  kind: 'at most' | 'at least';
  ratio: number;
}

/** What a figure of ours stands beside, taken in the same round. */
export interface Side {
  is: string;
  figure: Spread;
  /** Processor seconds of its process, the median. */
  cpuSeconds?: number | undefined;
  /** Of the medians: ours by the limit, or how many times faster than the peer we are. */
  ratio: number;
  bar: Bar;
}

/** A figure of ours and what it is asked to be. */
export interface Comparison {
  name: string;
  unit: 's' | 'ms' | 'MB' | 'answers/s' | 'charges/s';
  ours: Spread;
  /** Rows of a round, where it is about rows. */
  rows?: number;
  /** Processor seconds of our process in a round, the median. */
  cpuSeconds?: number;
  /** The same duties done plainly, by the best statement we know. */
  limit?: Side;
  /** The same work as a good team usually writes it. */
  peer?: Side | undefined;
  /** What the figure itself may be. */
  atMost?: number;
}

export function holds({ ratio, bar }: Pick<Side, 'ratio' | 'bar'>): boolean {
  return bar.kind === 'at most' ? ratio <= bar.ratio : ratio >= bar.ratio;
}

/** The limit of a figure. */
export function limitOf(ours: Spread, limit: Omit<Side, 'ratio'>): Side {
  return { ...limit, ratio: ours.median / limit.figure.median };
}

/** What a round of each side took; the peer is not in every round. */
export interface RoundRuns {
  ours: Run;
  limit: Run;
  peer?: Run | undefined;
}

/** A round, for reading while it runs. */
export function textOf({ ours, limit, peer }: RoundRuns): string {
  const beside = [limit, ...(peer === undefined ? [] : [peer])].map(({ seconds }) => seconds.toFixed(2));
  return `${ours.seconds.toFixed(2)} s (${beside.join(', ')})`;
}

/** What seconds of ours are asked to be. */
export interface SecondsAsked {
  name: string;
  rows: number;
  limitIs: string;
  /** By the limit. */
  atMost: number;
  peerIs?: string;
  /** Times faster than the peer. */
  atLeast?: number;
}

/** Seconds of the sides, round by round, as a comparison. */
export function compareSeconds(asked: SecondsAsked, rounds: readonly RoundRuns[]): Comparison {
  const ours = rounds.map((round) => round.ours);
  const limit = rounds.map((round) => round.limit);
  const peers = rounds.flatMap((round) => round.peer ?? []);
  const median = (runs: readonly Run[]) => secondsOf(runs).median;
  const { name, rows, limitIs, peerIs, atMost, atLeast } = asked;
  return {
    name,
    unit: 's',
    ours: secondsOf(ours),
    rows,
    cpuSeconds: cpuSecondsOf(ours),
    limit: limitOf(secondsOf(ours), {
      is: limitIs,
      figure: secondsOf(limit),
      cpuSeconds: cpuSecondsOf(limit),
      bar: { kind: 'at most', ratio: atMost },
    }),
    peer:
      peerIs === undefined || atLeast === undefined || peers.length === 0
        ? undefined
        : {
            is: peerIs,
            figure: secondsOf(peers),
            cpuSeconds: cpuSecondsOf(peers),
            ratio: median(peers) / median(ours),
            bar: { kind: 'at least', ratio: atLeast },
          },
  };
}

function secondsOf(runs: readonly Run[]): Spread {
  return spreadOf(runs.map(({ seconds }) => seconds));
}

function cpuSecondsOf(runs: readonly Run[]): number {
  return spreadOf(runs.map(({ cpuSeconds }) => cpuSeconds)).median;
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
  /** The most memory the process ever had, where the service is in it. */
  peakRssMegabytes?: number;
}
