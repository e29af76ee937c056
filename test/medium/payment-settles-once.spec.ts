import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { databaseUrl } from '../support/template-database';

const OF_THIS = 'PaymentSettlesOnce1795200002001';

/** Two jobs of an uploaded file, each charge in a line of its own. */
const CHARGES = `
  INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES (sha256('t'), '\\x01', 'k1', now());
  INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at)
  VALUES ('Created', 'upload', '\\x01', 'm', 3, 16500, now()), ('Created', 'upload', '\\x02', 'm', 1, 5500, now());
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, billing_token_hash, created_at)
  SELECT 'order-' || n, CASE n WHEN 4 THEN 2 ELSE 1 END, n + 1, 'p', 'p', 5500, 5500, 0, 0, sha256('t'), now()
  FROM generate_series(1, 4) AS n`;

const SETTLEMENT = `
  INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
    bulk_payment_job_id, result_line_number, settled_at)
  SELECT $1, id, 'paid', amount, $3, '0000', '', bulk_payment_job_id, line_number, now()
  FROM charge WHERE order_no = $2`;

describe('a database in which one payment settled several charges', () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  const url = databaseUrl(process.env.TEST_DATABASE_ADMIN_URL ?? '', name);
  const client = new Client({ connectionString: url });

  beforeAll(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    await migrate(
      url,
      MIGRATIONS.slice(
        0,
        MIGRATIONS.findIndex((migration) => migration.name === OF_THIS),
      ),
    );
    await client.connect();
    await client.query(CHARGES);
    await settle(1, 'order-1', 'shared');
    await settle(2, 'order-2', 'own');
    await settle(3, 'order-4', 'shared');
    await client.query(REFUND);
    await migrate(url, MIGRATIONS);
  });

  afterAll(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });

  const settle = (position: number, orderNo: string, transactionId: string) =>
    client.query(SETTLEMENT, [position, orderNo, transactionId]);

  it('is migrated, and each of them is a line stop that parks its job', async () => {
    const { rows } = await client.query(
      `SELECT kind, state, bulk_payment_job_id, violation, evidence -> 'orders' AS orders FROM line_stop ORDER BY id`,
    );
    const orders = [
      { orderNo: 'order-1', jobId: '1', amount: 5500, position: '1' },
      { orderNo: 'order-4', jobId: '2', amount: 5500, position: '3' },
    ];
    expect(rows).toEqual(
      ['order-1', 'order-4'].map((orderNo, index) => ({
        kind: 'transaction-settled-twice',
        state: 'Open',
        bulk_payment_job_id: String(index + 1),
        violation: `transaction shared settled 2 orders, ${orderNo} among them`,
        orders,
      })),
    );
    const { rows: marked } = await client.query('SELECT position FROM settlement WHERE shares_transaction');
    expect(marked).toEqual([{ position: '3' }]);
  });

  it('settles no further charge by any of these payments', async () => {
    for (const transactionId of ['shared', 'own']) {
      await expect(settle(4, 'order-3', transactionId)).rejects.toThrow(/settlement_transaction_once/);
    }
    await settle(4, 'order-3', 'another');
  });

  it('gives back no more of the payment than it was, whichever of its orders asks', async () => {
    await expect(client.query(REFUND.replace('order-1', 'order-4'))).rejects.toThrow(
      /payment_refund_total_within_amount/,
    );
    await client.query(REFUND.replace('order-1', 'order-4').replace('amount - 1000', '1000'));
    const { rows } = await client.query('SELECT * FROM payment_refund_total');
    expect(rows).toEqual([
      { transaction_id: 'shared', gateway: 'tstore', amount: '5500', pending_amount: '5500', refunded_amount: '0' },
    ]);
  });
});

/** All of the payment but 1,000 won. */
const REFUND = `
  INSERT INTO refund (charge_id, transaction_id, amount, state, reason, requested_by, requested_by_owner, requested_at)
  SELECT id, 'shared', amount - 1000, 'Requested', 'r', 'a', 'a', now() FROM charge WHERE order_no = 'order-1'`;
