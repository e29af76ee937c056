import { cpus, totalmem } from 'node:os';
import type { BenchmarkName } from './benchmarks';
import { holds, type Bar, type Comparison, type Measured, type Side, type Spread } from './measure';

/** What one benchmark measured at one size. */
export interface Result extends Measured {
  name: BenchmarkName;
  lines: number;
}

/** Of the service's process; and how much more the largest size may take than the smallest. */
const MEMORY: Bar = { kind: 'at most', ratio: 200 };
const MEMORY_GROWTH: Bar = { kind: 'at most', ratio: 1.1 };

const HEAD = [
  '| | rows | ours: median (min-max) | rows/s | CPU s | beside | median (min-max) | CPU s | ratio | bar |',
  '|---|---|---|---|---|---|---|---|---|---|',
];

export function tableOf(results: readonly Result[]): string {
  const rows = results.flatMap((result) => result.comparisons.flatMap(rowsOf));
  return `${[...HEAD, ...rows, ...memoryOf(results), ...growthOf(results)].join('\n')}\n`;
}

/** A row for each thing that a figure stands beside. */
function rowsOf({ name, rows, unit, ours, cpuSeconds, limit, peer, atMost }: Comparison): string[] {
  const figure = [
    name,
    rows === undefined ? '' : grouped(rows),
    `${spread(ours)} ${unit}`,
    rows === undefined ? '' : grouped(rows / ours.median),
    cpu(cpuSeconds),
  ];
  const row = (...cells: string[]) => `| ${[...figure, ...cells].join(' | ')} |`;
  const beside = (who: string, side: Side) =>
    row(
      `${who}: ${side.is}`,
      `${spread(side.figure)} ${unit}`,
      cpu(side.cpuSeconds),
      side.ratio.toFixed(2),
      verdictOf(side.ratio, side.bar),
    );
  return [
    ...(limit === undefined ? [] : [beside('limit', limit)]),
    ...(peer === undefined ? [] : [beside('peer', peer)]),
    ...(atMost === undefined
      ? []
      : [row('', '', '', '', verdictOf(ours.median, { kind: 'at most', ratio: atMost }, ` ${unit}`))]),
  ];
}

/** The measuring process is the service and the benchmark around it; simulator, peers and PostgreSQL are others. */
function memoryOf(results: readonly Result[]): string[] {
  const rows = results.flatMap(({ name, lines, peakRssMegabytes }) => {
    if (peakRssMegabytes === undefined) return [];
    return [
      `| ${name} | ${grouped(lines)} | ${Math.round(peakRssMegabytes)} | ${verdictOf(peakRssMegabytes, MEMORY)} |`,
    ];
  });
  return rows.length === 0
    ? []
    : ['', '| peak memory of the process | rows | MB | bar |', '|---|---|---|---|', ...rows];
}

/** How time and memory grow from the smallest size to the largest. */
function growthOf(results: readonly Result[]): string[] {
  const rows = [...new Set(results.map((result) => result.name))].flatMap((name) => {
    const sizes = results.filter((result) => result.name === name).sort((one, other) => one.lines - other.lines);
    const [small, large] = [sizes[0], sizes.at(-1)];
    if (small === undefined || large === undefined || small === large) return [];
    const times = `${large.lines / small.lines} × the rows`;
    const grown = (large.peakRssMegabytes ?? Number.NaN) / (small.peakRssMegabytes ?? Number.NaN);
    const memory = `| ${name}: memory | ${times} | ${grown.toFixed(2)} × | ${verdictOf(grown, MEMORY_GROWTH)} |`;
    const steps = large.comparisons.flatMap((one, index) => {
      const other = small.comparisons[index];
      if (other === undefined) return [];
      return [`| ${one.name}: time | ${times} | ${(one.ours.median / other.ours.median).toFixed(1)} × | |`];
    });
    return [...steps, memory];
  });
  return rows.length === 0 ? [] : ['', '| growth | | | bar |', '|---|---|---|---|', ...rows];
}

/** @param rounds as asked for; by themselves they are as many as fit the size */
export function documentOf(results: readonly Result[], rounds: string): string {
  const table = tableOf(results);
  const count = (mark: string) => table.split(mark).length - 1;
  const held = count(HOLDS);
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. Every figure stands beside its limit, the same duties done plainly, and some beside
a peer, the same work as a good team usually writes it; taken in the same rounds.
Rounds: ${rounds}. The ratio is ours by the limit, or how many times
faster than the peer. Only ratios can be compared between machines. CPU seconds are the process's own, without PostgreSQL's.
What is measured, and against what, is in [bench/](../bench/README.md).

Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB,
Node ${process.versions.node}. ${held} of ${held + count(FAILS)} bars hold.

${table}`;
}

const HOLDS = '✔';
const FAILS = '✘';

function verdictOf(ratio: number, bar: Bar, unit = ''): string {
  const text = `${bar.kind === 'at most' ? '≤' : '≥'} ${bar.ratio}${unit}`;
  return `${text} ${holds({ ratio, bar }) ? HOLDS : FAILS}`;
}

function cpu(seconds: number | undefined): string {
  return seconds === undefined ? '' : seconds.toPrecision(3);
}

function spread({ min, median, max }: Spread): string {
  const text = (value: number) => (value >= 100 ? grouped(value) : value.toPrecision(3));
  return `${text(median)} (${text(min)}-${text(max)})`;
}

function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
