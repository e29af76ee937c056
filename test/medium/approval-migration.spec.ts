import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { databaseUrl } from '../support/template-database';

const FIRST_OF_THESE = 'KeyLineage1795200001001';

/** Keys as they were: the second made by the first, the third by a key whose name looks like another's. */
const KEYS = `
  INSERT INTO api_key (name, owner, role, secret_sha256, created_by, created_at) VALUES
    ('admin', 'kim@example.com', 'admin', sha256('1'), 'bootstrap key', '2026-01-01'),
    ('alias', 'kim+2@example.com.', 'finance', sha256('2'), 'admin (key 1)', '2026-01-02'),
    ('staff', 'staff-42', 'finance', sha256('3'), 'a (key 1) (key 2)', '2026-01-03'),
    ('lost', 'lee', 'finance', sha256('4'), 'gone (key 999)', '2026-01-04')`;

/** What waits for a person; without the rows around it, which are not looked at. */
const WAITING = `
  SET session_replication_role = replica;
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, billing_token_hash, created_at)
  VALUES ('order-1', 1, 2, 'p', 'TV', 5500, 5500, 0, 0, sha256('t'), now());
  INSERT INTO refund (charge_id, transaction_id, amount, state, reason, requested_by, requested_by_owner, requested_at, hold_reason)
  SELECT id, 'T1', 500, 'AwaitingRelease', 'promised', 'alias (key 2)', 'kim+2@example.com.', now(), 'above the day' FROM charge;
  INSERT INTO billing_run (billing_date, charge_count, total_amount, job_count, planned_at, state, confirmation_reason)
  VALUES ('2026-01-05', 9, 49500, 1, now(), 'AwaitingConfirmation', 'nine'),
    ('2026-01-06', 1, 5500, 1, now(), 'Planned', NULL);
  INSERT INTO billing_run_history (billing_run_id, to_state, cause, actor, at)
  SELECT id, state, 'opened', 'billing-scheduler', planned_at FROM billing_run`;

describe('a database in which something waited for a person before approvals', () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  const url = databaseUrl(process.env.TEST_DATABASE_ADMIN_URL ?? '', name);
  const client = new Client({ connectionString: url });

  beforeAll(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const place = MIGRATIONS.findIndex((migration) => migration.name === FIRST_OF_THESE);
    await migrate(url, MIGRATIONS.slice(0, place));
    await client.connect();
    await client.query(KEYS);
    await client.query(WAITING);
    await client.query('RESET session_replication_role');
    await migrate(url, MIGRATIONS);
  });

  afterAll(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });

  it('knows which key made each, and has every owner in one spelling beside what was stated', async () => {
    const { rows } = await client.query(
      'SELECT owner, stated_owner AS stated, created_by_key_id AS maker FROM api_key ORDER BY id',
    );
    expect(rows).toEqual([
      { owner: 'kim@example.com', stated: null, maker: null },
      { owner: 'kim@example.com', stated: 'kim+2@example.com.', maker: '1' },
      { owner: 'staff-42', stated: null, maker: '2' },
      { owner: 'lee', stated: null, maker: null },
    ]);
  });

  it('lets what waited wait on, as asked for by whom it was', async () => {
    const { rows } = await client.query(
      `SELECT kind, subject_id, amount, because, requested_by_owner AS owner, requested_by_key_id AS key, expires_at
       FROM approval WHERE state = 'Waiting' ORDER BY kind`,
    );
    expect(rows).toEqual([
      {
        ...{ kind: 'billing-run', subject_id: '1', amount: '49500', because: 'nine' },
        ...{ owner: 'billing-scheduler', key: null, expires_at: null },
      },
      {
        ...{ kind: 'refund', subject_id: '1', amount: '500', because: 'above the day' },
        ...{ owner: 'kim@example.com', key: '2', expires_at: null },
      },
    ]);
    const { rows: history } = await client.query('SELECT to_state FROM approval_history');
    expect(history).toHaveLength(2);
  });
});
