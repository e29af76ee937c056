import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres';
import { BENCHMARKS, isBenchmark, type BenchmarkName } from './benchmarks';
import type { BenchmarkOptions, Measured } from './measure';
import { answerOf } from './processes';
import { documentOf, tableOf, type Result } from './report';

/** What docs/operations.md recommends, for both sides; durability is PostgreSQL's default. */
const POSTGRES_SETTINGS = {
  shared_buffers: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`,
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
};
/** A round of more lines than these is long. */
const SHORT_LINES = 100_000;
const LONG_LINES = 1_000_000;
const SHORT_ROUNDS = 5;
const LONG_ROUNDS = 2;
const ROUNDS_TEXT = `${SHORT_ROUNDS} after one that warms up, ${LONG_ROUNDS} where they are long or a peer's`;
const DOCUMENT = join('docs', 'benchmarks.md');

const HELP = `npm run bench [-- NAME ...] [OPTIONS]

Measures the product beside the limit, and beside a peer, in the same rounds, and prints the ratios of the medians. Each
benchmark and size runs in a process of its own, whose peak memory is printed. Without a name all of them run, in half an
hour, and the figures are written to ${DOCUMENT}; one by its name takes three minutes.

${Object.entries(BENCHMARKS)
  .map(([name, { what }]) => `  ${name.padEnd(13)}${what}`)
  .join('\n')}

  --lines N,M  lines of a file or rows of a run (default 100000,1000000; by name 100000); peers do up to 100000
  --rounds N   counted rounds after one that warms up (default 5, and 2 of more than 100000 lines)
  --json       print JSON instead of tables
  --help       this text
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      lines: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const names = namesOf(positionals);
  const sizes =
    values.lines?.split(',').map(whole) ?? (positionals.length > 0 ? [SHORT_LINES] : [SHORT_LINES, LONG_LINES]);
  const rounds = values.rounds === undefined ? undefined : whole(values.rounds);
  const results = await measured(names, sizes, rounds);
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results));
  if (positionals.length > 0) return;
  await writeFile(
    DOCUMENT,
    documentOf(results, rounds === undefined ? ROUNDS_TEXT : `${rounds} after one that warms up`),
  );
  process.stderr.write(`${DOCUMENT} written\n`);
}

async function measured(names: readonly BenchmarkName[], sizes: readonly number[], asked?: number): Promise<Result[]> {
  const postgres = await startEmbeddedPostgres({ directory: '.data/bench-postgres', settings: POSTGRES_SETTINGS });
  try {
    const results: Result[] = [];
    for (const name of names) {
      for (const lines of sizesOf(name, sizes)) {
        const rounds = asked ?? (lines > SHORT_LINES ? LONG_ROUNDS : SHORT_ROUNDS);
        results.push({ name, lines, ...(await inProcess(name, { lines, rounds, adminUrl: postgres.adminUrl })) });
      }
    }
    return results;
  } finally {
    await postgres.stop();
  }
}

function sizesOf(name: BenchmarkName, sizes: readonly number[]): readonly number[] {
  switch (BENCHMARKS[name].at) {
    case 'every':
      return sizes;
    case 'largest':
      return [Math.max(...sizes)];
    case 'first':
      return sizes.slice(0, 1);
  }
}

/** A process for each, so that the memory of one does not count as another's. */
async function inProcess(name: BenchmarkName, options: Omit<BenchmarkOptions, 'print'>): Promise<Measured> {
  const child = fork(join(__dirname, 'processes', 'benchmark.js'), [name, JSON.stringify(options)]);
  try {
    return await answerOf<Measured>(child);
  } finally {
    child.kill();
  }
}

function namesOf(given: readonly string[]): BenchmarkName[] {
  const names = given.length > 0 ? given : Object.keys(BENCHMARKS);
  return names.map((name) => {
    if (isBenchmark(name)) return name;
    throw new Error(`there is no benchmark ${name}; see --help`);
  });
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error('--lines and --rounds are whole numbers; see --help');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
