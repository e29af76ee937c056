import { CHECKS_BY_POSITION } from '../../src/bulk-payment/checks/line-checks';
import { answersOf } from '../support/result-answers';
import { ResultWorld } from '../support/result-world';

/** So many that whoever compares each with each reads far more than {@link FEW_ROWS} for each. */
const PAYMENTS = 200;
const FEW_ROWS = 50;

/** Customers who each pay once for one product, as PostgreSQL finds them while nobody has counted its tables. */
const PLANTED = [
  `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
   SELECT sha256(convert_to('c-' || n, 'UTF8')), '\\x01', 'test', $2 FROM generate_series(1, $1::integer) AS n`,
  `INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount, created_at)
   SELECT 'p', 'TV', 5500, 5500, 0, 0, $2 WHERE $1 > 0`,
  `INSERT INTO subscription (customer_reference, product_id, billing_token_hash, state, started_on, anchor_day,
     next_billing_on, created_at)
   SELECT 'c-' || n, (SELECT id FROM product), sha256(convert_to('c-' || n, 'UTF8')), 'Active', '2027-01-05', 5, '2027-02-05', $2
   FROM generate_series(1, $1::integer) AS n`,
  `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
     store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash,
     created_at)
   SELECT 'o-' || id, (SELECT max(id) FROM bulk_payment_job), 1000 + row_number() OVER (ORDER BY id), id, '2027-01-05', 1,
     'p', 'TV', 5500, 5500, 0, 0, billing_token_hash, $2 FROM subscription WHERE $1 > 0`,
  `INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, transaction_id, result_code,
     result_message, bulk_payment_job_id, result_line_number, settled_at)
   SELECT nextval('settlement_position'), id, subscription_id, period_start_on, 'paid', amount, 'T-' || id, '0000', 'planted',
     bulk_payment_job_id, line_number, $2 FROM charge WHERE subscription_id IS NOT NULL AND $1 > 0`,
];

describe('a check of the line', () => {
  let world: ResultWorld;

  beforeAll(async () => {
    world = await ResultWorld.start();
    await world.verifiedJob(answersOf('any-', 1));
    for (const sql of PLANTED) await world.database.execute(sql, [PAYMENTS, world.clock.now()]);
  });

  afterAll(() => world.close());

  /** Rows of all tables. */
  async function readBy(sql: string): Promise<number> {
    return world.database.transaction(async (session) => {
      await session.execute('SET LOCAL enable_seqscan = off');
      const counted = async (): Promise<number> => {
        const [read] = await session.rows<{ rows: number }>(
          'SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer AS rows FROM pg_stat_xact_user_tables',
        );
        return read?.rows ?? Infinity;
      };
      const before = await counted();
      await session.rows(`SELECT FROM (${sql}) AS found`, [0, 1_000_000_000]);
      return (await counted()) - before;
    });
  }

  it.each([...CHECKS_BY_POSITION])('%s: reads a few rows for each payment', async (_name, { sql }) => {
    expect(await readBy(sql)).toBeLessThan(FEW_ROWS * PAYMENTS);
  });
});
