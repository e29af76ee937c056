import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BulkPaymentJobs } from '../src/bulk-payment';
import { billingDateAfter, type SeoulDate } from '../src/kernel/seoul-calendar';
import type { RunningService } from '../src/service';
import { BillingRunPlanning } from '../src/billing-run';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { EACH, FLOOR_TABLE } from './listener';
import { Load } from './load';
import { spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import type { LoadResult } from './processes/load-generator';
import { onlyJobOf, startBenchService } from './service';
import { startBenchSimulator } from './simulator';
import { FIRST_BILLING_DATE } from './subscriptions';

const LOADED = { connections: 64, requests: 2_000 };
const UNDER_ATTACK = { connections: 4, requests: 100 };
const ATTACK = { connections: 64, requests: 10_000 };
/** What nobody should wait for an answer. */
const A_SECOND_MS = 1_000;

interface Round {
  floor: LoadResult;
  /** One figure for each load that ended while the result was processed. */
  besideJob: LoadResult[];
  underAttack: LoadResult[];
}

/**
 * The listener of a process that has every role, while that process fetches, loads, reconciles and settles a result of
 * `lines`; then while an attacker floods it. Its floor is the bare server with an INSERT a request, with nothing beside it.
 */
export async function benchmarkBusyListener(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-busy-'));
  const simulator = await startBenchSimulator('--processing-delay', '0', '--notification-delay', '0');
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, simulatorUrl: simulator.baseUrl });
      const client = new Connection(url);
      await client.connect();
      await client.query(FLOOR_TABLE);
      const bare = startProcess('bare-listener', url, 'each');
      const bench = new Bench(service, client, await answerOf<string>(bare));
      try {
        await answerOf(startProcess('subscriptions', url, String(options.lines)));
        return comparisonsOf(await bench.rounds(options));
      } finally {
        bench.stop();
        bare.kill();
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

  constructor(
    private readonly service: RunningService,
    private readonly client: Connection,
    private readonly bareAddress: string,
  ) {
    this.listener = `${service.url}/noti_listener`;
  }

  /** The first warms up and does not count. */
  async rounds({ rounds, lines, print }: BenchmarkOptions): Promise<Round[]> {
    const measured: Round[] = [];
    let date = FIRST_BILLING_DATE;
    for (let round = 0; round <= rounds; round++) {
      const figures = {
        floor: await this.pns.send(this.bareAddress, LOADED),
        besideJob: await this.besideJob(date),
        underAttack: await this.underAttack(),
      };
      print(`busy ${round}/${rounds} of ${lines}: ${textOf(figures)}`);
      if (round > 0) measured.push(figures);
      date = billingDateAfter(date, 1, Number(FIRST_BILLING_DATE.slice(-2)));
    }
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
      const result = await this.pns.send(this.listener, LOADED);
      const isDone = (await jobs.get(jobId)).settledAt !== null;
      if (verifiedAt !== null && !isDone) results.push(result);
    }
  }

  private async underAttack(): Promise<LoadResult[]> {
    let isOver = false;
    const attack = this.attacker.attack(this.listener, ATTACK).finally(() => (isOver = true));
    const results: LoadResult[] = [];
    while (!isOver) results.push(await this.pns.send(this.listener, UNDER_ATTACK));
    await attack;
    return results;
  }
}

function comparisonsOf(rounds: readonly Round[]): Comparison[] {
  const floor = spreadOf(rounds.map((round) => round.floor.perSecond));
  const ours = spreadOf(rounds.flatMap(({ besideJob }) => besideJob.map(({ perSecond }) => perSecond)));
  const second = { min: A_SECOND_MS, median: A_SECOND_MS, max: A_SECOND_MS };
  const p99 = (name: string, results: readonly LoadResult[]): Comparison => {
    const waits = spreadOf(results.map(({ p99Ms }) => p99Ms));
    const bar = { kind: 'at most', ratio: 0.8 } as const;
    return {
      name,
      unit: 'ms',
      ours: waits,
      floor: second,
      floorIs: 'a second',
      ratio: waits.median / A_SECOND_MS,
      bar,
    };
  };
  const name = 'listener beside a job';
  return [
    {
      name,
      unit: 'answers/s',
      ours,
      floor,
      floorIs: EACH,
      ratio: ours.median / floor.median,
      // Half of what is asked of it alone.
      bar: { kind: 'at least', ratio: 1.25 },
    },
    p99(
      `${name}, p99`,
      rounds.flatMap(({ besideJob }) => besideJob),
    ),
    p99(
      'listener under attack, p99',
      rounds.flatMap(({ underAttack }) => underAttack),
    ),
  ];
}

function textOf({ floor, besideJob, underAttack }: Round): string {
  const median = (results: readonly LoadResult[], of: (one: LoadResult) => number) =>
    Math.round(spreadOf(results.map(of)).median);
  return [
    `floor ${Math.round(floor.perSecond)} answers/s`,
    `beside the job ${median(besideJob, ({ perSecond }) => perSecond)}, p99 ${median(besideJob, ({ p99Ms }) => p99Ms)} ms`,
    `under attack p99 ${median(underAttack, ({ p99Ms }) => p99Ms)} ms`,
  ].join('; ');
}
