import { cpus, totalmem } from 'node:os';
import type { BenchmarkName } from './benchmarks';
import { holds, type Bar, type Comparison, type Measured, type Spread } from './measure';

/** What one benchmark measured at one size. */
export interface Result extends Measured {
  name: BenchmarkName;
  lines: number;
}

const HEAD = [
  '| | rows | ours: median (min-max) | rows/s | CPU s | floor: median (min-max) | ratio | bar |',
  '|---|---|---|---|---|---|---|---|',
];

export function tableOf(results: readonly Result[]): string {
  const rows = results.flatMap((result) => result.comparisons.map(rowOf));
  return `${[...HEAD, ...rows, '', ...plainOf(results), '', ...memoryOf(results), '', ...growthOf(results)].join('\n')}\n`;
}

/** The same duties done plainly, against the same floors: what those statements miss is asked of no one on such a machine. */
function plainOf(results: readonly Result[]): string[] {
  const rows = results.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ name, rows, unit, floor, bar, plainly }) => {
      if (plainly === undefined) return [];
      const ratio = plainly.figure.median / floor.median;
      const mark = holds({ ratio, bar }) ? '✔' : '✘';
      const size = rows === undefined ? '' : grouped(rows);
      return [
        `| ${name} | ${size} | ${spread(plainly.figure)} ${unit} (${plainly.is}) | ${ratio.toFixed(2)} | ${barOf(bar)} ${mark} |`,
      ];
    }),
  );
  return rows.length === 0
    ? []
    : ['| the same done plainly | rows | median (min-max) | by the floor | bar |', '|---|---|---|---|---|', ...rows];
}

function rowOf(one: Comparison): string {
  const perSecond = one.rows === undefined ? '' : grouped(one.rows / one.ours.median);
  const cells = [
    one.name,
    one.rows === undefined ? '' : grouped(one.rows),
    `${spread(one.ours)} ${one.unit}`,
    perSecond,
    one.cpuSeconds === undefined ? '' : one.cpuSeconds.toPrecision(3),
    `${spread(one.floor)} ${one.unit} (${one.floorIs})`,
    one.ratio.toFixed(2),
    `${barOf(one.bar)} ${holds(one) ? '✔' : '✘'}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The measuring process is the service and the benchmark around it; the simulator and PostgreSQL are others. */
function memoryOf(results: readonly Result[]): string[] {
  return [
    '| peak memory of the process | rows | MB |',
    '|---|---|---|',
    ...results.map(
      (result) => `| ${result.name} | ${grouped(result.lines)} | ${Math.round(result.peakRssMegabytes)} |`,
    ),
  ];
}

/** How time and memory grow from the smallest size to the largest. */
function growthOf(results: readonly Result[]): string[] {
  const rows = [...new Set(results.map((result) => result.name))].flatMap((name) => {
    const sizes = results.filter((result) => result.name === name).sort((one, other) => one.lines - other.lines);
    const [small, large] = [sizes[0], sizes.at(-1)];
    if (small === undefined || large === undefined || small === large) return [];
    const times = `${large.lines / small.lines} × the rows`;
    const memory = `| ${name}: memory | ${times} | ${(large.peakRssMegabytes / small.peakRssMegabytes).toFixed(2)} × |`;
    return [
      ...large.comparisons.map((one, index) => {
        const before = small.comparisons[index]?.ours.median ?? Number.NaN;
        return `| ${one.name}: time | ${times} | ${(one.ours.median / before).toFixed(1)} × |`;
      }),
      memory,
    ];
  });
  return rows.length === 0 ? [] : ['| growth | | |', '|---|---|---|', ...rows];
}

export function documentOf(results: readonly Result[], rounds: number): string {
  const all = results.flatMap((result) => result.comparisons);
  const missed = all.filter((one) => !holds(one)).length;
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. Every figure stands beside its floor, taken in the same run and in turn:
${rounds} rounds after one that warms up. Only the ratios can be compared between machines. What is measured, and against
what, is in [bench/](../bench/README.md).

Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB,
Node ${process.versions.node}. ${all.length - missed} of ${all.length} bars hold.

${tableOf(results)}`;
}

function barOf({ kind, ratio }: Bar): string {
  return `${kind === 'at most' ? '≤' : '≥'} ${ratio}`;
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
