import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_ADMIN_KEY } from '../src/config';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { limitOf, spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import type { PagesOrder, PagesResult } from './processes/page-reader';
import { startBenchService } from './service';

const JOBS = 10;
const CHARGES_A_JOB = 1_000_000;
const CHARGES = JOBS * CHARGES_A_JOB;

const PAGE = 100;
/** Read one after the other in a round; a round's figure is their median. As many as the engine needs to be warm. */
const PAGES = 500;

/** A list of the admin API, from a random place on; and the same rows, bare, by primary key. */
interface List {
  name: string;
  path: (place: number) => string;
  limitIs: string;
  bareSql: string;
  bareParameters: (place: number) => number[];
}

/** What a page of charges shows of each: what was asked, and what became of it. */
const CHARGES_SQL = `SELECT charge.*, settlement.*
  FROM charge LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL`;
const LATEST_CHARGES_SQL = `${CHARGES_SQL} WHERE charge.id < $1 ORDER BY charge.id DESC LIMIT ${PAGE}`;

const LISTS: readonly List[] = [
  {
    name: 'charges',
    path: (place) => `charges?limit=${PAGE}&cursor=${place}`,
    limitIs: 'the same charges and settlements by primary key',
    bareSql: LATEST_CHARGES_SQL,
    bareParameters: (place) => [place],
  },
  {
    name: 'declined charges',
    path: (place) => `charges?state=Declined&limit=${PAGE}&cursor=${place}`,
    limitIs: 'as many charges and settlements by primary key',
    bareSql: LATEST_CHARGES_SQL,
    bareParameters: (place) => [place],
  },
  {
    name: 'charges of a job',
    path: (place) => `bulk-payment-jobs/${jobAt(place)}/charges?limit=${PAGE}&cursor=${lineAt(place)}`,
    limitIs: 'the same charges and settlements by primary key',
    bareSql: `${CHARGES_SQL} WHERE charge.id >= $1 AND charge.id < $1::bigint + ${PAGE} ORDER BY charge.id`,
    bareParameters: (place) => [(jobAt(place) - 1) * CHARGES_A_JOB + lineAt(place)],
  },
  {
    name: 'settlement log',
    path: (place) => `settlement-log?limit=${PAGE}&after=${place}`,
    limitIs: 'the same entries and their charges by primary key',
    bareSql: `SELECT settlement.*, charge.* FROM settlement JOIN charge ON charge.id = settlement.charge_id
      WHERE settlement.position > $1 ORDER BY settlement.position LIMIT ${PAGE}`,
    bareParameters: (place) => [place],
  },
];

function jobAt(place: number): number {
  return (place % JOBS) + 1;
}

/** From 1, with a whole page behind it. */
function lineAt(place: number): number {
  return (place % (CHARGES_A_JOB - PAGE)) + 1;
}

/** Pages of the admin API's lists over ten million charges, beside their bare SQL. */
export async function benchmarkLists({ adminUrl, rounds, print }: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-lists-'));
  try {
    return await withDatabase(adminUrl, async (url) => {
      const client = new Connection(url);
      await client.connect();
      try {
        await addCharges(client, print);
        return await measured(url, directory, { rounds, print });
      } finally {
        await client.end();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Parts {
  rounds: number;
  print: (line: string) => void;
}

async function measured(url: string, directory: string, parts: Parts): Promise<Comparison[]> {
  const service = await startBenchService({ url, directory, role: 'admin' });
  const reader = startProcess('page-reader');
  const read = (list: List, places: readonly number[]): Promise<PagesResult> => {
    const { path, bareSql, bareParameters } = list;
    const pageAt = (place: number) => ({
      address: `${service.url}/admin/v1/${path(place)}`,
      bareSql,
      bareParameters: bareParameters(place),
    });
    reader.send({ databaseUrl: url, key: DEMO_ADMIN_KEY, pages: places.map(pageAt) } satisfies PagesOrder);
    return answerOf(reader);
  };
  try {
    const comparisons: Comparison[] = [];
    for (const list of LISTS) comparisons.push(await compared(list, (places) => read(list, places), parts));
    return comparisons;
  } finally {
    reader.kill();
    await service.close();
  }
}

/** The first round warms up and does not count. */
async function compared(
  { name, limitIs }: List,
  read: (places: readonly number[]) => Promise<PagesResult>,
  { rounds, print }: Parts,
): Promise<Comparison> {
  const figures: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    // Spread over the whole table, the same places in every run.
    const places = Array.from({ length: PAGES }, (_, page) => {
      return PAGE + (((page * 7_919 + round) * 104_729) % (CHARGES - 2 * PAGE));
    });
    const { ours, bare } = await read(places);
    const figure = { ours: spreadOf(ours).median, bare: spreadOf(bare).median };
    print(`${name} ${round}/${rounds}: ${figure.ours.toFixed(2)} ms, bare ${figure.bare.toFixed(2)} ms`);
    if (round > 0) figures.push(figure);
  }
  const ours = spreadOf(figures.map((figure) => figure.ours));
  const bare = spreadOf(figures.map((figure) => figure.bare));
  const limit = limitOf(ours, { is: limitIs, figure: bare, bar: { kind: 'at most', ratio: 3 } });
  return { name: `a page of ${name}`, unit: 'ms', ours, limit };
}

/** Uploaded charges, all settled; every tenth declined. */
async function addCharges(client: Connection, print: (line: string) => void): Promise<void> {
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
