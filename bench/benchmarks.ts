import { benchmarkBusyListener } from './busy';
import { benchmarkLive } from './live';
import { benchmarkLists } from './lists';
import { benchmarkListener } from './listener';
import type { BenchmarkOptions, Comparison } from './measure';
import { benchmarkMonth } from './month';
import { benchmarkOrders } from './orders';
import { benchmarkPayments } from './payments';
import { benchmarkDemo, benchmarkStart } from './start';
import { benchmarkTieOut } from './tie-out';
import { benchmarkUpload } from './upload';

export interface Benchmark {
  what: string;
  /** At which of the sizes asked for it is run; the first stands for none. */
  at: 'every' | 'largest' | 'first';
  /** What it measures is in other processes, whose memory nobody sees here. */
  isApart?: true;
  run: (options: BenchmarkOptions) => Promise<Comparison[]>;
}

export const BENCHMARKS = {
  month: {
    what: 'a month of subscriptions: plan, write the request file, fetch, load, reconcile and settle the result',
    at: 'every',
    run: benchmarkMonth,
  },
  upload: { what: 'taking in a merchant’s .pay file', at: 'every', run: benchmarkUpload },
  payments: {
    what: 'charging a month’s cards at Toss Payments, answered at once and after 300 ms',
    at: 'first',
    run: benchmarkPayments,
  },
  orders: {
    what: 'orders paid in Toss Payments’ window: from the return to Paid, and from a webhook',
    at: 'first',
    run: benchmarkOrders,
  },
  live: {
    what: '5,000 live streams of orders in one process: its memory, and how late they are told of a change',
    at: 'first',
    isApart: true,
    run: benchmarkLive,
  },
  'tie-out': { what: 'holding a day against what Toss Payments lists of it', at: 'every', run: benchmarkTieOut },
  lists: { what: 'pages of the admin API’s lists over ten million charges', at: 'first', run: benchmarkLists },
  listener: { what: 'answering notifications', at: 'first', run: benchmarkListener },
  busy: {
    what: 'answering notifications while a result is processed in the same process, and under attack',
    at: 'largest',
    run: benchmarkBusyListener,
  },
  start: { what: 'from the start of the process to ready', at: 'first', isApart: true, run: benchmarkStart },
  demo: { what: 'the demo, from nothing to its result', at: 'first', isApart: true, run: benchmarkDemo },
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

export function isBenchmark(name: string): name is BenchmarkName {
  return Object.hasOwn(BENCHMARKS, name);
}
