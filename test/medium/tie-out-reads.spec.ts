import { tossSettings } from '../../simulator/service-settings';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { TieOutRepository } from '../../src/tie-out/tie-out.repository';
import type { TieOut } from '../../src/tie-out/tie-out.entity';
import { ResultWorld } from '../support/result-world';

const PAYMENTS = 400;
/** Whoever compares each payment of the day with each reads four hundred for each. */
const FEW_ROWS = 100;

const DAY = { gatewayAccount: 'toss', gateway: 'toss', day: seoulDate('2026-11-02') } as TieOut;
const NOON = '2026-11-02T12:00:00+09:00';

/** Payments that Toss has listed, and of which we have every one. */
const PLANTED = [
  `INSERT INTO gateway_transaction (gateway_account, act_id, gateway, day, at, kind, status, transaction_id, order_no, amount, currency)
   SELECT 'toss', 'act-' || n, 'toss', '2026-11-02', $2, 'payment', 'DONE', 'payment-' || n, 'order-' || n, 5500, 'KRW'
   FROM generate_series(1, $1::integer) AS n`,
  `INSERT INTO charge (gateway, gateway_account, order_no, store_product_id, product_name, amount, tax_free_amount, created_at)
   SELECT 'toss', 'toss', 'order-' || n, 'p', 'TV', 5500, 0, $2 FROM generate_series(1, $1::integer) AS n`,
  `INSERT INTO settlement (position, charge_id, kind, amount, gateway, transaction_id, result_code, result_message, settled_at)
   SELECT nextval('settlement_position'), id, 'paid', amount, 'toss', replace(order_no, 'order', 'payment'), 'DONE', '', $2
   FROM charge WHERE $1 > 0`,
];

describe('a day held against a gateway’s list', () => {
  let world: ResultWorld;

  beforeAll(async () => {
    world = await ResultWorld.start(undefined, tossSettings('http://127.0.0.1:9'));
    for (const sql of PLANTED) await world.database.execute(sql, [PAYMENTS, NOON]);
  });

  afterAll(() => world.close());

  /** Compares, and asks whether anything is ours alone. @returns rows of all tables that were read, and what came of it */
  async function compared() {
    const tieOuts = world.service.app.get(TieOutRepository);
    return world.database.transaction(async (session) => {
      const isAnyOnlyOurs = await tieOuts.isAnyOnlyOurs(session, DAY);
      const counts = await tieOuts.compare(session, DAY);
      const [read] = await session.rows<{ rows: number }>(
        'SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer AS rows FROM pg_stat_xact_user_tables',
      );
      return { isAnyOnlyOurs, ...counts, rows: read?.rows ?? Infinity };
    });
  }

  it('reads a few rows for each payment, though PostgreSQL knows nothing of its tables yet', async () => {
    const { rows, ...found } = await compared();
    expect(found).toEqual({ isAnyOnlyOurs: false, opened: 0, cleared: 0 });
    expect(rows).toBeLessThan(FEW_ROWS * PAYMENTS);
  });

  it('reads no more where each differs, when the differences are new and when they are compared again', async () => {
    await world.database.execute(`UPDATE gateway_transaction SET amount = amount + 1`, []);
    const first = await compared();
    const again = await compared();
    await world.database.execute(`UPDATE gateway_transaction SET amount = amount - 1`, []);
    const mended = await compared();
    expect([first, again, mended]).toMatchObject([
      { opened: PAYMENTS, cleared: 0 },
      { opened: 0, cleared: 0 },
      { opened: 0, cleared: PAYMENTS },
    ]);
    for (const { rows } of [first, again, mended]) expect(rows).toBeLessThan(FEW_ROWS * PAYMENTS);
  });
});
