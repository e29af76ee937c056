import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres';
import { benchmarkListener } from './listener';
import type { BenchmarkOptions, Comparison, Spread } from './measure';
import { benchmarkJob } from './job';

const BENCHMARKS: Readonly<Record<string, (options: BenchmarkOptions) => Promise<Comparison[]>>> = {
  listener: benchmarkListener,
  job: benchmarkJob,
};

const HELP = `npm run bench [-- NAME] [OPTIONS]

Measures the product beside its floor in the same run, in turn, and prints the ratio of the medians.
Benchmarks: ${Object.keys(BENCHMARKS).join(', ')}; without a name all of them.

  --lines N    lines of a result file (default 100000)
  --rounds N   counted rounds after one warm-up (default 5)
  --json       print JSON instead of a table
  --help       this text
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      lines: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  const unknown = names.filter((name) => BENCHMARKS[name] === undefined);
  if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; see --help`);
  const postgres = await startEmbeddedPostgres({ directory: '.data/bench-postgres' });
  try {
    const options: BenchmarkOptions = {
      lines: whole(values.lines),
      rounds: whole(values.rounds),
      adminUrl: postgres.adminUrl,
      print: (line) => process.stderr.write(`${line}\n`),
    };
    const comparisons: Comparison[] = [];
    for (const name of names) comparisons.push(...((await BENCHMARKS[name]?.(options)) ?? []));
    process.stdout.write(values.json ? `${JSON.stringify(comparisons, null, 2)}\n` : table(comparisons));
  } finally {
    await postgres.stop();
  }
}

function table(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(
    (one) =>
      `| ${one.name} | ${spread(one.ours)} ${one.unit} | ${spread(one.floor)} ${one.unit} (${one.floorIs}) ` +
      `| ${one.ratio.toFixed(2)} | ${one.bar} ${one.holds ? '✔' : '✘'} |`,
  );
  const notes = comparisons.flatMap((one) => (one.note === undefined ? [] : [`${one.name}: ${one.note}`]));
  const head = '| | ours: median (min-max) | floor: median (min-max) | ratio | bar |\n|---|---|---|---|---|';
  return `${[head, ...rows, '', ...notes].join('\n')}\n`;
}

function spread({ min, median, max }: Spread): string {
  const text = (value: number) => (value >= 100 ? Math.round(value).toString() : value.toPrecision(3));
  return `${text(median)} (${text(min)}-${text(max)})`;
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error('--lines and --rounds are whole numbers; see --help');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
