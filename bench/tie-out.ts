import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDate, startOfSeoulDay, type SeoulDate } from '../src/kernel/seoul-calendar';
import { Connection } from '../src/platform/database';
import { TieOuts } from '../src/tie-out';
import { dayBeside } from '../src/tie-out/seoul-days';
import { withDatabase } from './database';
import {
  compareSeconds,
  textOf,
  timed,
  type BenchmarkOptions,
  type Comparison,
  type RoundRuns,
  type Run,
} from './measure';
import { sumOf } from './plain';
import { answerOf, startProcess } from './processes';
import { startBenchService } from './service';
import { PRICE, tossSettings } from './toss';

const FIRST_DAY = seoulDate('2026-01-05');

/** So many payments of a day, all of which Toss lists, one with another amount: listed, kept and held against ours. */
export async function benchmarkTieOut(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-tie-out-'));
  const lister = startProcess('lister', String(options.lines));
  try {
    const settings = tossSettings(await answerOf<string>(lister));
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'admin', settings });
      const client = new Connection(url);
      await client.connect();
      try {
        await client.query('CREATE TABLE plain_gateway_transaction (LIKE gateway_transaction INCLUDING ALL)');
        const rounds = await new Bench(service.app.get(TieOuts), client, options).rounds();
        return [
          compareSeconds(
            {
              name: 'a day held against Toss’s list',
              rows: options.lines,
              limitIs: 'INSERT … SELECT of the same list, and one join',
              atMost: 2,
            },
            rounds,
          ),
        ];
      } finally {
        await client.end();
        await service.close();
      }
    });
  } finally {
    lister.kill();
    await rm(directory, { recursive: true, force: true });
  }
}

class Bench {
  constructor(
    private readonly tieOuts: TieOuts,
    private readonly client: Connection,
    private readonly options: BenchmarkOptions,
  ) {}

  /** Each is a day of its own; the first warms up. */
  async rounds(): Promise<RoundRuns[]> {
    const { rounds: count, lines, print } = this.options;
    const measured: RoundRuns[] = [];
    for (let round = 0; round <= count; round++) {
      const day = dayBeside(FIRST_DAY, round);
      await this.plant(day);
      const ours = await timed(() => this.compared(day));
      await this.expectCompared(day);
      const limit = await this.plainly(day);
      print(`tie-out ${round}/${count} of ${lines}: ${textOf({ ours, limit })}`);
      if (round > 0) measured.push({ ours, limit });
    }
    return measured;
  }

  /** What we have of a day, as card payments of orders are settled. */
  private async plant(day: SeoulDate): Promise<void> {
    const parameters = [day, this.options.lines, PRICE, startOfSeoulDay(dayBeside(day, 1)).toISOString()];
    await this.client.query(
      `WITH made AS (
         INSERT INTO charge (gateway, gateway_account, order_no, store_product_id, product_name, amount, tax_free_amount, created_at)
         SELECT 'toss', 'toss', 'order.' || $1 || '.' || number, 'bench', '문구', $3::bigint, 0, $4::timestamptz - interval '12 hours'
         FROM generate_series(1, $2::integer) AS number
         RETURNING id, order_no, amount, created_at)
       INSERT INTO settlement (position, charge_id, kind, amount, gateway, transaction_id, result_code, result_message, settled_at)
       SELECT nextval('settlement_position'), id, 'paid', amount, 'toss', replace(order_no, 'order', 'payment'), 'DONE', '', created_at
       FROM made`,
      parameters,
    );
  }

  private async compared(day: SeoulDate): Promise<void> {
    const { id } = await this.tieOuts.run('toss', day, 'bench');
    while ((await this.tieOuts.get(id)).finishedAt === null) {
      const { done } = await this.tieOuts.runOnce();
      if (done === 0) throw new Error((await this.tieOuts.get(id)).lastError ?? 'the tie-out does not go on');
    }
  }

  /** All of it was listed, and the one payment of another amount was found. */
  private async expectCompared(day: SeoulDate): Promise<void> {
    const { rows } = await this.client.query<{ listed: number; kinds: string[] }>(
      `SELECT (SELECT count(*)::int FROM gateway_transaction WHERE day = $1) AS listed,
         ARRAY(SELECT kind FROM tie_out_difference WHERE day = $1) AS kinds`,
      [day],
    );
    const [found] = rows;
    if (found?.listed === this.options.lines && found.kinds.join() === 'amount') return;
    throw new Error(`of ${day}, ${found?.listed} payments were listed and found: ${found?.kinds.join()}`);
  }

  private async plainly(day: SeoulDate): Promise<Run> {
    const kept = await timed(() =>
      this.client.query('INSERT INTO plain_gateway_transaction SELECT * FROM gateway_transaction WHERE day = $1', [
        day,
      ]),
    );
    const joined = await timed(() =>
      this.client.query(
        `SELECT count(*) FROM (SELECT * FROM plain_gateway_transaction WHERE day = $1) AS listed
         FULL JOIN (SELECT * FROM settlement WHERE gateway = 'toss' AND settled_at >= $2 AND settled_at < $3) AS paid USING (transaction_id)
         WHERE listed.amount IS DISTINCT FROM paid.amount`,
        [day, startOfSeoulDay(day), startOfSeoulDay(dayBeside(day, 1))],
      ),
    );
    return sumOf(kept, joined);
  }
}
