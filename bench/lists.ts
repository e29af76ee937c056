import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEMO_ADMIN_KEY } from '../src/config';
import { withDatabase } from './database';
import { spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { startBenchService } from './service';

const JOBS = 10;
const CHARGES_A_JOB = 1_000_000;
const CHARGES = JOBS * CHARGES_A_JOB;

const PAGE = 100;
/** Read one after the other in a round; a round's figure is their median. */
const PAGES = 200;

/** A list of the admin API, from a random place on; and the bare rows it is made from, by their primary key. */
interface List {
  name: string;
  path: (place: number) => string;
  floorIs: string;
  floorSql: string;
}

const CHARGES_BY_KEY = {
  floorIs: 'the same number of charges by primary key',
  floorSql: `SELECT * FROM charge WHERE id < $1 ORDER BY id DESC LIMIT ${PAGE}`,
};

const LISTS: readonly List[] = [
  { name: 'charges', path: (place) => `charges?limit=${PAGE}&cursor=${place}`, ...CHARGES_BY_KEY },
  {
    name: 'declined charges',
    path: (place) => `charges?state=Declined&limit=${PAGE}&cursor=${place}`,
    ...CHARGES_BY_KEY,
  },
  {
    name: 'charges of a job',
    path: (place) => `bulk-payment-jobs/${(place % JOBS) + 1}/charges?limit=${PAGE}&cursor=${place % CHARGES_A_JOB}`,
    ...CHARGES_BY_KEY,
  },
  {
    name: 'settlement log',
    path: (place) => `settlement-log?limit=${PAGE}&after=${place}`,
    floorIs: 'the same entries by primary key',
    floorSql: `SELECT * FROM settlement WHERE position > $1 ORDER BY position LIMIT ${PAGE}`,
  },
];

/** Pages of the admin API's lists over ten million charges, beside their bare SQL. */
export async function benchmarkLists({ adminUrl, rounds, print }: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-lists-'));
  try {
    return await withDatabase(adminUrl, async (url) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await addCharges(client, print);
        return await measured(url, directory, { client, rounds, print });
      } finally {
        await client.end();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Parts {
  client: Client;
  rounds: number;
  print: (line: string) => void;
}

async function measured(url: string, directory: string, parts: Parts): Promise<Comparison[]> {
  const service = await startBenchService({ url, directory, role: 'admin' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const comparisons: Comparison[] = [];
    for (const list of LISTS) {
      const read = (place: number) => readPage(agent, `${service.url}/admin/v1/${list.path(place)}`);
      comparisons.push(await compared(list, read, parts));
    }
    return comparisons;
  } finally {
    agent.destroy();
    await service.close();
  }
}

/** The first round warms up and does not count. */
async function compared(
  { name, floorIs, floorSql }: List,
  read: (place: number) => Promise<void>,
  { client, rounds, print }: Parts,
): Promise<Comparison> {
  const figures: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ours: number[] = [];
    const floor: number[] = [];
    for (let page = 0; page < PAGES; page++) {
      // Spread over the whole table, the same places in every run.
      const place = PAGE + (((page * 7_919 + round) * 104_729) % (CHARGES - 2 * PAGE));
      floor.push(await milliseconds(() => client.query(floorSql, [place])));
      ours.push(await milliseconds(() => read(place)));
    }
    const figure = { ours: spreadOf(ours).median, floor: spreadOf(floor).median };
    print(`${name} ${round}/${rounds}: ${figure.ours.toFixed(2)} ms, bare ${figure.floor.toFixed(2)} ms`);
    if (round > 0) figures.push(figure);
  }
  const ours = spreadOf(figures.map((figure) => figure.ours));
  const floor = spreadOf(figures.map((figure) => figure.floor));
  const bar = { kind: 'at most', ratio: 3 } as const;
  return { name: `a page of ${name}`, unit: 'ms', ours, floor, floorIs, ratio: ours.median / floor.median, bar };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function readPage(agent: Agent, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: `Bearer ${DEMO_ADMIN_KEY}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${address} answered ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    }).once('error', reject);
  });
}

/** Uploaded charges, all settled; every tenth declined. */
async function addCharges(client: Client, print: (line: string) => void): Promise<void> {
  const at = '2026-11-01T00:00:00Z';
  for (let job = 1; job <= JOBS; job++) {
    await client.query(
      `INSERT INTO bulk_payment_job (state, origin, content_sha256, batch_reference, merchant_id, line_count, total_amount,
         created_at)
       VALUES ('Created', 'upload', sha256($1::text::bytea), '', 'bench', $2::int, $2::int * 5500::bigint, $3)`,
      [job, CHARGES_A_JOB, at],
    );
    await client.query(
      `WITH added AS (
         INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
           carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, created_at)
         SELECT format('bench-%s-%s', $1::int, line), $1::int, line + 1, '0910024116', '동영상 클라우드 어린이TV', 5500, 5500, 0, 0,
           sha256(line::text::bytea), $3::timestamptz
         FROM generate_series(1, $2::int) AS line
         RETURNING id, line_number, order_no)
       INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
         bulk_payment_job_id, result_line_number, settled_at)
       SELECT nextval('settlement_position'), id, CASE id % 10 WHEN 0 THEN 'declined' ELSE 'paid' END, 5500,
         CASE WHEN id % 10 <> 0 THEN 'T-' || order_no END, CASE id % 10 WHEN 0 THEN '4011' ELSE '0000' END, '', $1::int,
         line_number, $3::timestamptz
       FROM added`,
      [job, CHARGES_A_JOB, at],
    );
    print(`${job * CHARGES_A_JOB} of ${CHARGES} charges added`);
  }
  await client.query('VACUUM ANALYZE');
}
