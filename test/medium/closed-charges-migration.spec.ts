import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { databaseUrl } from '../support/template-database';

const OF_THIS = 'ClosedCharges1795300003000';

/** An upload whose charges 1 to 4 are discrepancies: closed alone, twice closed, half closed, accepted. */
const STRANDED = `
  INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES (sha256('t'), '\\x01', 'k1', now());
  INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at)
  VALUES ('Created', 'upload', '\\x01', 'm', 4, 22000, now());
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, billing_token_hash, created_at)
  SELECT 'order-' || n, 1, n + 1, 'p', 'p', 5500, 5500, 0, 0, sha256('t'), now() FROM generate_series(1, 4) AS n;
  INSERT INTO discrepancy (bulk_payment_job_id, kind, charge_id, order_no, line_number, expected, found, created_at, state,
    decided_at, decided_by, decision_reason, accepted_as)
  SELECT 1, 'duplicate', charge.id, charge.order_no, line, '{}', jsonb_build_object('transactionId', 't' || line), now(), state,
    CASE WHEN state <> 'Open' THEN now() END, CASE WHEN state <> 'Open' THEN 'kim' END,
    CASE WHEN state <> 'Open' THEN 'seen' END, CASE WHEN state = 'Accepted' THEN 'paid' END
  FROM (VALUES (1, 1, 'Closed'), (2, 2, 'Closed'), (2, 3, 'Closed'), (3, 4, 'Closed'), (3, 5, 'Open'), (4, 6, 'Closed'),
    (4, 7, 'Accepted')) AS planted (charge, line, state)
  JOIN charge ON charge.order_no = 'order-' || planted.charge
  ORDER BY line;
  INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
    bulk_payment_job_id, discrepancy_id, settled_at)
  SELECT nextval('settlement_position'), charge_id, 'paid', 5500, 't7', '0000', '', 1, id, now()
  FROM discrepancy WHERE state = 'Accepted'`;

describe('a database with charges that were closed without an end', () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  const url = databaseUrl(process.env.TEST_DATABASE_ADMIN_URL ?? '', name);
  const client = new Client({ connectionString: url });

  beforeAll(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const before = MIGRATIONS.findIndex((migration) => migration.name === OF_THIS);
    await migrate(url, MIGRATIONS.slice(0, before));
    await client.connect();
    await client.query(STRANDED);
    await migrate(url, MIGRATIONS);
  });

  afterAll(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });

  it('gives each of them its entry of the log, and no other charge one', async () => {
    const { rows } = await client.query(
      `SELECT order_no, kind, result_code, settlement.transaction_id FROM settlement
       JOIN charge ON charge.id = charge_id WHERE kind = 'closed' ORDER BY order_no`,
    );
    const closed = { kind: 'closed', result_code: 'closed-by-decision' };
    expect(rows).toEqual([
      { order_no: 'order-1', ...closed, transaction_id: 't1' },
      { order_no: 'order-2', ...closed, transaction_id: 't3' },
    ]);
  });

  it('counts for each charge once what became of it', async () => {
    const { rows } = await client.query('SELECT * FROM job_decisions');
    expect(rows).toMatchObject([
      {
        accepted_paid_count: '1',
        accepted_declined_count: '0',
        closed_count: '2',
        closed_amount: '11000',
        open_count: '1',
      },
    ]);
  });
});
