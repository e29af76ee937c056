import { BENCHMARKS, isBenchmark } from '../benchmarks';
import type { BenchmarkOptions, Measured } from '../measure';

/** Runs one benchmark at one size and sends what it measured. */
async function main(): Promise<void> {
  const [name = '', options = ''] = process.argv.slice(2);
  if (!isBenchmark(name)) throw new Error(`there is no benchmark ${name}`);
  const print = (line: string) => void process.stderr.write(`${line}\n`);
  const comparisons = await BENCHMARKS[name].run({ ...(JSON.parse(options) as BenchmarkOptions), print });
  const measured: Measured = { comparisons, peakRssMegabytes: process.resourceUsage().maxRSS / 1024 };
  process.send?.(measured, undefined, undefined, () => process.disconnect());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
