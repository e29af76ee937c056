import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BulkPaymentJobs } from '../src/bulk-payment';
import { billingDateAfter, type SeoulDate } from '../src/kernel/seoul-calendar';
import type { RunningService } from '../src/service';
import { BillingRunPlanning } from '../src/billing-run';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { Load, UPDATE_TIME, type LoadResult } from './load';
import { spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import { onlyJobOf, startBenchService } from './service';
import { startBenchSimulator } from './simulator';
import { FIRST_BILLING_DATE } from './subscriptions';

const LOADED = { connections: 64, requests: 2_000 };
const UNDER_ATTACK = { connections: 4, requests: 100 };
const ATTACK = { connections: 64, requests: 10_000 };
/** As long as the slowest hundredth may wait. */
const P99_MS = 800;

interface Round {
  /** One figure for each load that ended while the result was processed. */
  besideJob: LoadResult[];
  underAttack: LoadResult[];
}

/**
 * The listener of a process that has every role, while that process fetches, loads, reconciles and settles a result of
 * `lines`; then while an attacker floods it.
 */
export async function benchmarkBusyListener(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-busy-'));
  const simulator = await startBenchSimulator('--processing-delay', '0', '--notification-delay', '0');
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, simulatorUrl: simulator.baseUrl });
      const client = new Connection(url);
      await client.connect();
      const bench = new Bench(service, client);
      try {
        await answerOf(startProcess('subscriptions', url, String(options.lines)));
        return comparisonsOf(await bench.rounds(options));
      } finally {
        bench.stop();
        await client.end();
        await service.close();
      }
    });
  } finally {
    simulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

class Bench {
  private readonly pns = new Load();
  private readonly attacker = new Load();
  private readonly listener: string;
  private sent = 0;

  constructor(
    private readonly service: RunningService,
    private readonly client: Connection,
  ) {
    this.listener = `${service.url}/noti_listener`;
  }

  /** No result warms up: it is long, and many loads are sent beside each. */
  async rounds({ rounds, lines, print }: BenchmarkOptions): Promise<Round[]> {
    await this.send(LOADED);
    const measured: Round[] = [];
    let date = FIRST_BILLING_DATE;
    for (let round = 1; round <= rounds; round++) {
      const figures = { besideJob: await this.besideJob(date), underAttack: await this.underAttack() };
      if (figures.besideJob.length === 0)
        throw new Error('the result was processed before a load had ended; it needs more lines');
      print(`busy ${round}/${rounds} of ${lines}: ${textOf(figures)}`);
      measured.push(figures);
      date = billingDateAfter(date, 1, Number(FIRST_BILLING_DATE.slice(-2)));
    }
    await this.expectStored();
    return measured;
  }

  stop(): void {
    this.pns.stop();
    this.attacker.stop();
  }

  private async besideJob(date: SeoulDate): Promise<LoadResult[]> {
    await this.service.app.get(BillingRunPlanning).plan(date);
    const jobId = await onlyJobOf(this.client, date);
    const jobs = this.service.app.get(BulkPaymentJobs);
    const results: LoadResult[] = [];
    for (;;) {
      const { verifiedAt, settledAt, lastError } = await jobs.get(jobId);
      if (lastError !== null) throw new Error(lastError);
      if (settledAt !== null) return results;
      const result = await this.send(LOADED);
      const isDone = (await jobs.get(jobId)).settledAt !== null;
      if (verifiedAt !== null && !isDone) results.push(result);
    }
  }

  private async underAttack(): Promise<LoadResult[]> {
    let isOver = false;
    const attack = this.attacker.attack(this.listener, ATTACK).finally(() => (isOver = true));
    const results: LoadResult[] = [];
    while (!isOver) results.push(await this.send(UNDER_ATTACK));
    await attack;
    return results;
  }

  private send(load: typeof LOADED): Promise<LoadResult> {
    this.sent += load.requests;
    return this.pns.send(this.listener, load);
  }

  /** None of what was answered is lost. */
  private async expectStored(): Promise<void> {
    const { rows } = await this.client.query<{ stored: number }>(
      'SELECT count(*)::int AS stored FROM notification WHERE update_time = $1',
      [UPDATE_TIME],
    );
    if (rows[0]?.stored !== this.sent) throw new Error(`${rows[0]?.stored} of ${this.sent} messages are stored`);
  }
}

function comparisonsOf(rounds: readonly Round[]): Comparison[] {
  const p99 = (name: string, results: readonly LoadResult[]): Comparison => ({
    name: `${name}, p99`,
    unit: 'ms',
    ours: spreadOf(results.map(({ p99Ms }) => p99Ms)),
    atMost: P99_MS,
  });
  return [
    p99(
      'listener beside a job',
      rounds.flatMap(({ besideJob }) => besideJob),
    ),
    p99(
      'listener under attack',
      rounds.flatMap(({ underAttack }) => underAttack),
    ),
  ];
}

function textOf({ besideJob, underAttack }: Round): string {
  const median = (results: readonly LoadResult[], of: (one: LoadResult) => number) =>
    Math.round(spreadOf(results.map(of)).median);
  return [
    `beside the job ${median(besideJob, ({ perSecond }) => perSecond)} answers/s, p99 ${median(besideJob, ({ p99Ms }) => p99Ms)} ms`,
    `under attack p99 ${median(underAttack, ({ p99Ms }) => p99Ms)} ms`,
  ].join('; ');
}
