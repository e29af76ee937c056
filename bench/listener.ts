import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { Load, type LoadResult } from './load';
import { limitOf, spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import { startBenchService } from './service';

const LOAD = { connections: 64, requests: 6_000 };

const SIDES = ['limit', 'peer', 'ours'] as const;
type Who = (typeof SIDES)[number];

/** What a round measured of each. */
type Round = Record<Who, LoadResult>;

/**
 * The listener beside a bare node:http server that shares its commits too, and beside a Nest controller that saves. All are
 * durable before they answer. The load, both of them and ours are processes of their own.
 */
export async function benchmarkListener({ adminUrl, rounds, print }: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-listener-'));
  try {
    return await withDatabase(adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'listener' });
      const client = new Connection(url);
      await client.connect();
      for (const table of TABLES) await client.query(table);
      const processes = [startProcess('bare-listener', url), startProcess('../peers/listener', url)];
      const [limit = '', peer = ''] = await Promise.all(processes.map((child) => answerOf<string>(child)));
      const addresses = { limit, peer, ours: `${service.url}/noti_listener` };
      const generator = new Load();
      try {
        const measured: Round[] = [];
        for (let round = 0; round <= rounds; round++) {
          const figures: Partial<Round> = {};
          for (const who of SIDES) figures[who] = await generator.send(addresses[who], LOAD);
          const loaded = figures as Round;
          print(`listener ${round}/${rounds}: ${SIDES.map((who) => textOf(who, loaded[who])).join('; ')}`);
          // The first warms up.
          if (round > 0) measured.push(loaded);
        }
        await expectStored(client, (rounds + 1) * LOAD.requests);
        return comparisonsOf(measured);
      } finally {
        generator.stop();
        processes.forEach((child) => child.kill());
        await client.end();
        await service.close();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Each stores every message, and the one that two senders have is one for us and the peer. */
const TABLES = [
  'CREATE TABLE bare_notification (id bigserial PRIMARY KEY, body jsonb NOT NULL, at timestamptz DEFAULT now())',
  'CREATE TABLE peer_notification (message_key bytea PRIMARY KEY, body jsonb NOT NULL, received_at timestamptz NOT NULL)',
];

/** What was answered is stored. */
async function expectStored(client: Connection, sent: number): Promise<void> {
  for (const table of ['bare_notification', 'peer_notification', 'notification']) {
    const { rows } = await client.query<{ stored: number }>(`SELECT count(*)::int AS stored FROM ${table}`);
    const stored = rows[0]?.stored;
    if (stored !== sent) throw new Error(`${table} has ${stored} of ${sent} messages that were answered`);
  }
}

function comparisonsOf(rounds: readonly Round[]): Comparison[] {
  const spread = (who: Who, figure: (result: LoadResult) => number) =>
    spreadOf(rounds.map((round) => figure(round[who])));
  const perSecond = (who: Who) => spread(who, (result) => result.perSecond);
  const p99Ms = (who: Who) => spread(who, (result) => result.p99Ms);
  return [
    {
      name: 'listener',
      unit: 'answers/s',
      ours: perSecond('ours'),
      limit: limitOf(perSecond('ours'), {
        is: LIMIT,
        figure: perSecond('limit'),
        bar: { kind: 'at least', ratio: 0.85 },
      }),
      peer: {
        is: 'Nest, TypeORM save',
        figure: perSecond('peer'),
        ratio: perSecond('ours').median / perSecond('peer').median,
        bar: { kind: 'at least', ratio: 5 },
      },
    },
    {
      name: 'listener, p99',
      unit: 'ms',
      ours: p99Ms('ours'),
      limit: limitOf(p99Ms('ours'), { is: LIMIT, figure: p99Ms('limit'), bar: { kind: 'at most', ratio: 1.3 } }),
    },
  ];
}

const LIMIT = 'bare node:http that shares commits';

function textOf(who: Who, { perSecond, p99Ms }: LoadResult): string {
  return `${who} ${Math.round(perSecond)} answers/s, p99 ${Math.round(p99Ms)} ms`;
}
