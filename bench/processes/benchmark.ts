import { collectEagerly } from '../../src/platform/memory';
import type { Benchmark } from '../benchmarks';
import type { BenchmarkOptions, Measured } from '../measure';
import { answerOnce } from './exchange';

/** Runs one benchmark at one size and sends what it measured. */
answerOnce<Measured>(async (name, options) => {
  // Before the service is loaded, as it is deployed (main.ts): what loading leaves behind sets when V8 collects next.
  collectEagerly();
  const { BENCHMARKS, isBenchmark } = await import('../benchmarks.js');
  if (!isBenchmark(name)) throw new Error(`there is no benchmark ${name}`);
  const print = (line: string) => void process.stderr.write(`${line}\n`);
  const { run, isApart }: Benchmark = BENCHMARKS[name];
  const comparisons = await run({ ...(JSON.parse(options) as BenchmarkOptions), print });
  return isApart ? { comparisons } : { comparisons, peakRssMegabytes: process.resourceUsage().maxRSS / 1024 };
});
