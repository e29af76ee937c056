import { parseArgs } from 'node:util';
import { messageOf } from '../../src/kernel/errors';
import { FaultServer } from './fault-server';
import { tieTimersToReplicas } from './replica';
import { Schedule } from './schedule';

const USAGE = `npm run faults -- [OPTIONS]

Random schedules of faults: gateway faults, kills, database crashes, connection cuts and clock jumps strike one to three
replicas with several jobs, and the promises of DESIGN section 2 are checked after each.

  --seeds A..B   schedules to run (1..1000)
  --seed N       one schedule; the same seed makes the same schedule
  --verbose      tells what happens, line by line
  --help         this text
`;
const PROGRESS_EVERY = 100;

async function main(): Promise<void> {
  const { seeds, verbose } = readArguments(process.argv.slice(2));
  const untie = tieTimersToReplicas();
  const server = await FaultServer.start();
  const startedAt = performance.now();
  const events: Record<string, number> = {};
  let failed = 0;
  try {
    for (let seed = seeds.first; seed <= seeds.last; seed++) {
      const end = await Schedule.run(server, seed, verbose ? say : () => undefined).catch((error: Error) => {
        throw new Error(`seed ${seed} could not be run to its end`, { cause: error });
      });
      for (const [kind, count] of Object.entries(end.events)) events[kind] = (events[kind] ?? 0) + count;
      if (end.broken.length > 0) {
        failed += 1;
        say(`✘ seed ${seed}\n${end.broken.map((sentence) => `  ${sentence}`).join('\n')}`);
        say(`  again, with all that happens: npm run faults -- --seed ${seed} --verbose`);
      }
      const done = seed - seeds.first + 1;
      if (done % PROGRESS_EVERY === 0 && seed < seeds.last) {
        say(`${done} of ${seeds.last - seeds.first + 1} schedules, ${failed} failed, ${secondsSince(startedAt)} s`);
      }
    }
  } finally {
    untie();
    await server.close();
  }
  const count = seeds.last - seeds.first + 1;
  say(`${failed === 0 ? '✔' : '✘'} ${count} schedules, ${failed} failed, ${secondsSince(startedAt)} s`);
  say(
    Object.entries(events)
      .map(([kind, times]) => `  ${kind}: ${times}`)
      .join('\n'),
  );
  process.exit(failed === 0 ? 0 : 1);
}

function readArguments(args: string[]): { seeds: { first: number; last: number }; verbose: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1..1000' },
      seed: { type: 'string' },
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
  return { seeds: { first: Number(first), last: Number(last) }, verbose: values.verbose };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1000);
}

main().catch((error: unknown) => {
  // Of a schedule that broke off, where it did; a fault in the arguments is its message.
  const cause = error instanceof Error ? error.cause : undefined;
  process.stderr.write(`${messageOf(error)}\n${cause instanceof Error ? `${cause.stack}\n` : ''}`);
  process.exit(1);
});
