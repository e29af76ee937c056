import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { limitOf, spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import { startServiceProcess } from './service-process';
import { benchSettings } from './service';
import { startBenchSimulator } from './simulator';
import type { Held, HoldOrder } from './processes/stream-holder';
import { tossSettings } from './toss';

const STREAMS = 5_000;
const SETTINGS = {
  CHECKOUT_STREAMS: String(STREAMS),
  CHECKOUT_STREAMS_PER_ADDRESS: '0',
  CHECKOUT_REQUESTS_PER_MINUTE: '0',
};
const MEGABYTE = 2 ** 20;
/** What an event of ours is like, for the bare server. */
const BARE_EVENT = `id: 2\nevent: order\ndata: ${JSON.stringify({
  ...{ reference: 'bench-1234', name: '문구 세트', amount: 15_000, state: 'Ready', failure: null },
  ...{ expiresAt: new Date(0), deposit: null },
})}\n\n`;

interface Round {
  /** With all streams open, while everything changes. */
  megabytes: number;
  /** What the streams have added to the process. */
  addedMegabytes: number;
  bareAddedMegabytes: number;
  /** From a commit to the last stream that has it. */
  allMs: number;
  bareAllMs: number;
  oneMs: number;
}

/** Streams of as many orders in one process of the service, with every role: its memory, and how late the last of them is told. */
export async function benchmarkLive(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-live-'));
  const simulator = await startBenchSimulator();
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const settings = { ...SETTINGS, ...tossSettings(simulator.baseUrl) };
      const service = await startServiceProcess(
        benchSettings({ url, directory, simulatorUrl: simulator.baseUrl, settings }),
      );
      const client = new Connection(url);
      await client.connect();
      try {
        return comparisonsOf(await rounds(service.url, await storedOrders(client), client, options));
      } finally {
        await client.end();
        await service.end();
      }
    });
  } finally {
    simulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function rounds(
  serviceUrl: string,
  tokens: readonly string[],
  client: Client,
  { rounds: count, print }: BenchmarkOptions,
): Promise<Round[]> {
  const measured: Round[] = [];
  const emptyMegabytes = await megabytesOf(serviceUrl);
  for (let round = 0; round <= count; round++) {
    const bare = await bareRound();
    const ours = await ourRound(serviceUrl, tokens, client);
    const of = { ...ours, ...bare, addedMegabytes: ours.megabytes - emptyMegabytes };
    print(
      `live ${round}/${count}: ${of.megabytes.toFixed(0)} MB (${emptyMegabytes.toFixed(0)} without streams), ` +
        `all told after ${of.allMs.toFixed(0)} ms, one after ${of.oneMs.toFixed(0)} ms; ` +
        `bare ${of.bareAddedMegabytes.toFixed(0)} MB for the streams, ${of.bareAllMs.toFixed(0)} ms`,
    );
    // The first warms up.
    if (round > 0) measured.push(of);
  }
  return measured;
}

async function ourRound(
  serviceUrl: string,
  tokens: readonly string[],
  client: Client,
): Promise<Pick<Round, 'megabytes' | 'allMs' | 'oneMs'>> {
  const holder = startProcess('stream-holder');
  const single = startProcess('stream-holder');
  try {
    const [first, ...others] = tokens.map((token) => `${serviceUrl}/checkout/v1/orders/${token}/events`);
    await ordered(single, { do: 'open', addresses: first === undefined ? [] : [first] });
    await ordered(holder, { do: 'open', addresses: others });
    const oneMs = await toldAfterMs([single], () => turn(client, 1));
    const allMs = await toldAfterMs([holder, single], () => turn(client, STREAMS));
    const megabytes = await megabytesOf(serviceUrl);
    await Promise.all([ordered(holder, { do: 'close' }), ordered(single, { do: 'close' })]);
    return { megabytes, allMs, oneMs };
  } finally {
    holder.kill();
    single.kill();
  }
}

/** A bare server with as many streams. */
async function bareRound(): Promise<Pick<Round, 'bareAddedMegabytes' | 'bareAllMs'>> {
  const [bare, holder] = [startProcess('bare-streams', BARE_EVENT), startProcess('stream-holder')];
  const asked = async (what: 'tell' | 'measure'): Promise<number> => {
    bare.send(what);
    return (await answerOf<{ rssBytes: number }>(bare)).rssBytes / MEGABYTE;
  };
  try {
    const url = await answerOf<string>(bare);
    const empty = await asked('measure');
    await ordered(holder, { do: 'open', addresses: Array.from({ length: STREAMS }, () => `${url}/`) });
    const bareAllMs = await toldAfterMs([holder], async () => {
      const beganAt = nowMs();
      await asked('tell');
      return beganAt;
    });
    return { bareAddedMegabytes: (await asked('measure')) - empty, bareAllMs };
  } finally {
    bare.kill();
    holder.kill();
  }
}

async function ordered(holder: ChildProcess, order: HoldOrder): Promise<Held> {
  const answer = answerOf<Held>(holder);
  holder.send(order);
  return answer;
}

/** @param change answers when it was made */
async function toldAfterMs(holders: readonly ChildProcess[], change: () => Promise<number>): Promise<number> {
  const told = Promise.all(holders.map((holder) => ordered(holder, { do: 'await' })));
  const changedAt = await change();
  return Math.max(...(await told).map(({ lastAtMs }) => lastAtMs)) - changedAt;
}

/** Moves so many orders to and fro, in one commit. @returns when that was, by the machine's clock */
async function turn(client: Client, count: number): Promise<number> {
  await client.query(
    `WITH moved AS (
       UPDATE customer_order SET state = CASE WHEN state = 'Ready' THEN 'Confirming' ELSE 'Ready' END WHERE id <= $1
       RETURNING id, state),
     entry AS (SELECT id, CASE WHEN state = 'Ready' THEN 'Confirming' ELSE 'Ready' END AS before, state FROM moved)
     INSERT INTO customer_order_history (order_id, from_state, to_state, cause, actor, at)
     SELECT id, before, state, 'bench', 'bench', now() FROM entry`,
    [count],
  );
  return nowMs();
}

/** Orders with an open window, whose ids begin at 1. @returns their tokens, the first one's first */
async function storedOrders(client: Client): Promise<string[]> {
  const tokens = Array.from({ length: STREAMS }, (_, index) =>
    createHash('sha256').update(`bench ${index}`).digest('base64url'),
  );
  const hashes = tokens.map((token) => createHash('sha256').update(token).digest());
  await client.query(
    `INSERT INTO customer_order (reference, token_hash, token_ciphertext, token_key_id, gateway, gateway_account, state, name,
       amount, tax_free_amount, customer_key, return_url, created_by, created_at, expires_at)
     SELECT 'bench-' || number, hash, '\\x00', 'bench', 'toss', 'toss', 'Created', '문구 세트', 15000, 0, gen_random_uuid(),
       'https://shop.example/back', 'bench', now(), now() + interval '1 day'
     FROM unnest($1::bytea[]) WITH ORDINALITY AS new (hash, number) ORDER BY number`,
    [hashes],
  );
  await client.query(`UPDATE customer_order SET state = 'Ready'`);
  await client.query(
    `INSERT INTO customer_order_history (order_id, from_state, to_state, cause, actor, at)
     SELECT id, from_state, to_state, 'bench', 'bench', now() FROM customer_order,
       (VALUES (NULL, 'Created'), ('Created', 'Ready')) AS move (from_state, to_state)
     ORDER BY to_state, id`,
  );
  await client.query('VACUUM ANALYZE customer_order, customer_order_history');
  return tokens;
}

/** Of the process, as it says itself. */
async function megabytesOf(serviceUrl: string): Promise<number> {
  const metrics = await (await fetch(`${serviceUrl}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / MEGABYTE;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function comparisonsOf(measured: readonly Round[]): Comparison[] {
  const of = (figure: (round: Round) => number) => spreadOf(measured.map(figure));
  const added = of(({ addedMegabytes }) => addedMegabytes);
  return [
    {
      name: 'memory of the process with 5,000 live streams',
      unit: 'MB',
      ours: of(({ megabytes }) => megabytes),
      atMost: 250,
    },
    {
      name: 'of that for the streams',
      unit: 'MB',
      ours: added,
      limit: limitOf(added, {
        is: 'bare node:http',
        figure: of(({ bareAddedMegabytes }) => bareAddedMegabytes),
        bar: { kind: 'at most', ratio: 2 },
      }),
    },
    {
      name: 'from one commit that changes all 5,000 to the last stream that has it',
      unit: 'ms',
      ours: of(({ allMs }) => allMs),
      atMost: 1_000,
    },
    { name: 'from the change of one of them to its stream', unit: 'ms', ours: of(({ oneMs }) => oneMs), atMost: 1_000 },
  ];
}
