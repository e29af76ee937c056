import { benchmarkLists } from './lists';
import { benchmarkListener } from './listener';
import type { BenchmarkOptions, Comparison } from './measure';
import { benchmarkMonth } from './month';
import { benchmarkUpload } from './upload';

export interface Benchmark {
  what: string;
  /** Whether it is about so many lines. */
  sized: boolean;
  run: (options: BenchmarkOptions) => Promise<Comparison[]>;
}

export const BENCHMARKS = {
  month: {
    what: 'a month of subscriptions: plan, write the request file, fetch, load, reconcile and settle the result',
    sized: true,
    run: benchmarkMonth,
  },
  upload: { what: 'taking in a merchant’s .pay file', sized: true, run: benchmarkUpload },
  lists: { what: 'pages of the admin API’s lists over ten million charges', sized: false, run: benchmarkLists },
  listener: { what: 'answering notifications', sized: false, run: benchmarkListener },
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

export function isBenchmark(name: string): name is BenchmarkName {
  return Object.hasOwn(BENCHMARKS, name);
}
