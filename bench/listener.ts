import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { Load } from './load';
import { spreadOf, type Bar, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import type { BareInserts } from './processes/bare-listener';
import type { LoadResult } from './processes/load-generator';
import { startBenchService } from './service';

const CONNECTIONS = 64;
const REQUESTS = 6_000;
const RESTING_REQUESTS = 300;

type Side = 'ours' | BareInserts;

/** What a round measured: each side under load, and one message at a time. */
interface Round {
  loaded: Record<Side, LoadResult>;
  restingMs: number;
  bareRestingMs: number;
  insertMs: number;
}

/**
 * The listener beside bare node:http servers, one with an INSERT a request (the floor L) and one that shares its commits.
 * All are durable before they answer. The load, the floors and ours are processes of their own.
 */
export async function benchmarkListener({ adminUrl, rounds, print }: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-listener-'));
  try {
    return await withDatabase(adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'listener' });
      const client = new Connection(url);
      await client.connect();
      await client.query(FLOOR_TABLE);
      const processes = [startProcess('bare-listener', url, 'each'), startProcess('bare-listener', url, 'shared')];
      const [each = '', shared = ''] = await Promise.all(processes.map((child) => answerOf<string>(child)));
      const bench = new Bench(client, { ours: `${service.url}/noti_listener`, each, shared });
      try {
        const measured: Round[] = [];
        for (let round = 0; round <= rounds; round++) {
          const figures = await bench.round();
          print(`listener ${round}/${rounds}: ${SIDES.map((side) => textOf(side, figures.loaded[side])).join('; ')}`);
          // The first warms up.
          if (round > 0) measured.push(figures);
        }
        return comparisonsOf(measured);
      } finally {
        bench.stop();
        processes.forEach((child) => child.kill());
        await client.end();
        await service.close();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const SIDES = ['each', 'shared', 'ours'] as const;
export const FLOOR_TABLE =
  'CREATE TABLE floor_notification (id bigserial PRIMARY KEY, body jsonb NOT NULL, at timestamptz DEFAULT now())';

class Bench {
  private readonly generator = new Load();

  constructor(
    private readonly client: Connection,
    private readonly addresses: Record<Side, string>,
  ) {}

  async round(): Promise<Round> {
    const each = await this.load('each', CONNECTIONS, REQUESTS);
    const shared = await this.load('shared', CONNECTIONS, REQUESTS);
    const ours = await this.load('ours', CONNECTIONS, REQUESTS);
    const resting = await this.load('ours', 1, RESTING_REQUESTS);
    const bareResting = await this.load('each', 1, RESTING_REQUESTS);
    return {
      loaded: { each, shared, ours },
      restingMs: resting.medianMs,
      bareRestingMs: bareResting.medianMs,
      insertMs: await this.insertMs(),
    };
  }

  stop(): void {
    this.generator.stop();
  }

  private load(side: Side, connections: number, requests: number): Promise<LoadResult> {
    return this.generator.send(this.addresses[side], { connections, requests });
  }

  /** One INSERT with its commit, by a client that does nothing else. */
  private async insertMs(): Promise<number> {
    const waitsMs: number[] = [];
    for (let count = 0; count < RESTING_REQUESTS; count++) {
      const startedAt = performance.now();
      await this.client.query('INSERT INTO floor_notification (body) VALUES ($1)', [JSON.stringify({ count })]);
      waitsMs.push(performance.now() - startedAt);
    }
    return spreadOf(waitsMs).median;
  }
}

function comparisonsOf(rounds: readonly Round[]): Comparison[] {
  const compare = (
    what: Pick<Comparison, 'name' | 'unit' | 'floorIs' | 'bar' | 'plainly'>,
    figures: (round: Round) => { ours: number; floor: number },
  ): Comparison => {
    const ours = spreadOf(rounds.map((round) => figures(round).ours));
    const floor = spreadOf(rounds.map((round) => figures(round).floor));
    return { ...what, ours, floor, ratio: ours.median / floor.median };
  };
  const perSecond = (side: BareInserts) => (round: Round) => ({
    ours: round.loaded.ours.perSecond,
    floor: round.loaded[side].perSecond,
  });
  const p99 = (round: Round) => ({ ours: round.loaded.ours.p99Ms, floor: round.loaded.each.p99Ms });
  const resting = (round: Round) => ({ ours: round.restingMs, floor: round.insertMs });
  const plainly = (is: string, figure: (round: Round) => number) => ({ is, figure: spreadOf(rounds.map(figure)) });
  const atLeast = (ratio: number): Bar => ({ kind: 'at least', ratio });
  const atMost = (ratio: number): Bar => ({ kind: 'at most', ratio });
  const unit = 'answers/s';
  const fastest = plainly(SHARED, (round) => round.loaded.shared.perSecond);
  const quickest = plainly(SHARED, (round) => round.loaded.shared.p99Ms);
  const bareAtRest = plainly(EACH, (round) => round.bareRestingMs);
  return [
    compare({ name: 'listener', unit, floorIs: EACH, bar: atLeast(2.5), plainly: fastest }, perSecond('each')),
    compare({ name: 'listener', unit, floorIs: SHARED, bar: atLeast(0.8) }, perSecond('shared')),
    compare({ name: 'listener, p99', unit: 'ms', floorIs: EACH, bar: atMost(0.5), plainly: quickest }, p99),
    compare({ name: 'a message at rest', unit: 'ms', floorIs: ONE, bar: atMost(1.5), plainly: bareAtRest }, resting),
  ];
}

export const EACH = 'bare node:http, an INSERT a request';
const SHARED = 'bare node:http, shared INSERTs';
const ONE = 'one INSERT';

function textOf(side: Side, { perSecond, p99Ms }: LoadResult): string {
  return `${side} ${Math.round(perSecond)} answers/s, p99 ${Math.round(p99Ms)} ms`;
}
