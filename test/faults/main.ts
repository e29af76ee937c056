import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/kernel/errors';
import type { ScheduleTold } from './block';

const USAGE = `npm run faults -- [OPTIONS]

Random schedules of faults: gateway faults, kills, database crashes, connection cuts and clock jumps strike one to three
replicas with several jobs, and the promises of docs/reliability.md are checked after each.

  --seeds A..B   schedules to run (1..1000)
  --seed N       one schedule; the same seed makes the same schedule
  --at-once N    schedules that run at the same time (as many as there are processors)
  --verbose      tells what happens, line by line, one schedule at a time
  --help         this text
`;
const PROGRESS_EVERY = 100;
/** Schedules a process runs at most: its memory stays under a gigabyte. */
const BLOCK = 200;

interface Seeds {
  first: number;
  last: number;
}

async function main(): Promise<void> {
  const { seeds, atOnce, verbose } = readArguments(process.argv.slice(2));
  const count = seeds.last - seeds.first + 1;
  const startedAt = performance.now();
  const events: Record<string, number> = {};
  let failed = 0;
  let done = 0;
  const hear = ({ seed, broken, events: happened }: ScheduleTold): void => {
    for (const [kind, count] of Object.entries(happened)) events[kind] = (events[kind] ?? 0) + count;
    if (broken.length > 0) {
      failed += 1;
      say(`✘ seed ${seed}\n${broken.map((sentence) => `  ${sentence}`).join('\n')}`);
      say(`  again, with all that happens: npm run faults -- --seed ${seed} --verbose`);
    }
    done += 1;
    if (done % PROGRESS_EVERY === 0 && done < count) {
      say(`${done} of ${count} schedules, ${failed} failed, ${secondsSince(startedAt)} s`);
    }
  };
  const blocks = blocksOf(seeds, Math.min(BLOCK, Math.ceil(count / atOnce)));
  const runNext = async (): Promise<void> => {
    for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) await runBlock(block, verbose, hear);
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  if (done !== count) throw new Error(`only ${done} of ${count} schedules were run`);
  say(`${failed === 0 ? '✔' : '✘'} ${count} schedules, ${failed} failed, ${secondsSince(startedAt)} s`);
  say(
    Object.entries(events)
      .map(([kind, times]) => `  ${kind}: ${times}`)
      .join('\n'),
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

function blocksOf({ first, last }: Seeds, size: number): Seeds[] {
  return Array.from({ length: Math.ceil((last - first + 1) / size) }, (_, index) => {
    const begin = first + index * size;
    return { first: begin, last: Math.min(last, begin + size - 1) };
  });
}

/** @throws {Error} when the process ended otherwise than well; it has said why */
async function runBlock({ first, last }: Seeds, verbose: boolean, hear: (told: ScheduleTold) => void): Promise<void> {
  const options = verbose ? ['verbose'] : [];
  const block = fork(join(__dirname, 'block.js'), [String(first), String(last), ...options], {
    // The harness makes and drops thousands of small things a schedule: fewer collections of young ones are a tenth less.
    execArgv: ['--max-semi-space-size=64'],
  });
  block.on('message', hear);
  const [code, signal] = (await once(block, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`the schedules from ${first} to ${last} ended with ${code ?? signal}`);
}

function readArguments(args: string[]): { seeds: Seeds; atOnce: number; verbose: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1..1000' },
      seed: { type: 'string' },
      'at-once': { type: 'string', default: String(availableParallelism()) },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(values.seed ? `${values.seed}..${values.seed}` : values.seeds) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw new Error(`--seeds takes a range such as 1..1000\n\n${USAGE}`);
  }
  const atOnce = Number(values['at-once']);
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new Error(`--at-once takes a number from 1\n\n${USAGE}`);
  return {
    seeds: { first: Number(first), last: Number(last) },
    atOnce: values.verbose ? 1 : atOnce,
    verbose: values.verbose,
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1000);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  // Schedules that still run clean up when nobody is there any more to hear of them.
  process.exit(1);
});
