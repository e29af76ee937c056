import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDatabase } from './database';
import { spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { benchSettings } from './service';
import { freePort, readyAt, startProgram } from './service-process';
import { startBenchSimulator } from './simulator';

const READY_WITHIN_S = 2;
const DEMO_WITHIN_S = 30;

/** From the start of the process to ready, with every role, on a migrated database. */
export async function benchmarkStart(options: BenchmarkOptions): Promise<Comparison[]> {
  const simulator = await startBenchSimulator();
  try {
    return await withDatabase(options.adminUrl, (url) =>
      roundsOf('start to ready', READY_WITHIN_S, options, async (directory) => {
        const port = await freePort();
        const settings = { ...benchSettings({ url, directory, simulatorUrl: simulator.baseUrl }), PORT: String(port) };
        const startedAt = performance.now();
        const service = startProgram('src/main.js', [], settings);
        await readyAt(`http://127.0.0.1:${port}/health/ready`, service);
        const seconds = secondsSince(startedAt);
        const ended = once(service, 'exit');
        service.kill();
        await ended;
        return seconds;
      }),
    );
  } finally {
    simulator.stop();
  }
}

/** `npm run demo -- --exit` of what is installed and built, in a folder without data: from nothing to a reconciled result. */
export function benchmarkDemo(options: BenchmarkOptions): Promise<Comparison[]> {
  return roundsOf('the demo', DEMO_WITHIN_S, options, async (directory) => {
    const startedAt = performance.now();
    const demo = startProgram('demo/main.js', ['--exit', '--port', '0'], { DATA_DIR: directory });
    const [code] = (await once(demo, 'exit')) as [number | null];
    if (code !== 0) throw new Error('the demo did not add up');
    return secondsSince(startedAt);
  });
}

/** The first warms up and does not count. */
async function roundsOf(
  name: string,
  atMost: number,
  { rounds, print }: BenchmarkOptions,
  secondsIn: (directory: string) => Promise<number>,
): Promise<Comparison[]> {
  const measured: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const directory = await mkdtemp(join(tmpdir(), 'bench-start-'));
    try {
      const seconds = await secondsIn(directory);
      print(`${name} ${round}/${rounds}: ${seconds.toFixed(2)} s`);
      if (round > 0) measured.push(seconds);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return [{ name, unit: 's', ours: spreadOf(measured), atMost }];
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
