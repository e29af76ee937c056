import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { LineChecks } from '../../src/bulk-payment';
import { migrate } from '../../src/platform/database';
import { ResultWorld } from '../support/result-world';
import { databaseUrl } from '../support/template-database';

const OF_THIS = 'LineCheckPositions1795300004000';

const RECORD = `
  INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES (sha256('t'), '\\x01', 'test', now());
  INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at)
  VALUES ('Created', 'upload', '\\x01', 'm', 3, 16500, now());
  INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount, created_at)
  VALUES ('p', 'TV', 5500, 5500, 0, 0, now());
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, billing_token_hash, created_at)
  SELECT 'order-' || n, 1, n + 1, 'p', 'p', 5500, 5500, 0, 0, sha256('t'), now() FROM generate_series(1, 3) AS n;
  INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
    bulk_payment_job_id, result_line_number, settled_at)
  SELECT nextval('settlement_position'), id, CASE id WHEN 1 THEN 'paid' ELSE 'declined' END, amount,
    CASE id WHEN 3 THEN NULL ELSE 'T-' || id END, '0000', '', bulk_payment_job_id, line_number, now()
  FROM charge ORDER BY id;
  UPDATE settlement_check SET position = (SELECT max(position) FROM settlement)`;

/** Customers as they stood before their names had one spelling, among them. */
const CUSTOMERS = ['D-77', 'd\u201077', '\uFF24-77', '\u0410\u0412\u0421-1', 'abc-1', 'ABC-2'];
const SUBSCRIPTION = `
  WITH token AS (
    INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
    VALUES (sha256(convert_to($1, 'UTF8')), '\\x01', 'test', '2026-01-05') ON CONFLICT DO NOTHING)
  INSERT INTO subscription (customer_reference, product_id, billing_token_hash, state, started_on, anchor_day,
    next_billing_on, created_at)
  VALUES ($1, 1, sha256(convert_to($1, 'UTF8')), 'Active', '2026-01-05', 5, '2026-02-05', '2026-01-05')`;

describe('a database whose settlements were all looked at, before a check was made', () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  const url = databaseUrl(process.env.TEST_DATABASE_ADMIN_URL ?? '', name);
  let world: ResultWorld;

  beforeAll(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const place = MIGRATIONS.findIndex((migration) => migration.name === OF_THIS);
    await migrate(url, MIGRATIONS.slice(0, place));
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(RECORD);
    await client.query('ALTER TABLE subscription DISABLE TRIGGER subscription_customer_reference_as_ruled');
    for (const customer of CUSTOMERS) await client.query(SUBSCRIPTION, [customer]);
    await client.query('ALTER TABLE subscription ENABLE TRIGGER subscription_customer_reference_as_ruled');
    await client.end();
    await migrate(url, MIGRATIONS);
    world = await ResultWorld.start(url);
  });

  afterAll(async () => {
    await world.close();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });

  const rows = <Row extends object>(sql: string): Promise<Row[]> => world.database.rows<Row>(sql);

  it('has the new one look at them from the beginning, and the others go on', async () => {
    expect(await rows(`SELECT name, position FROM line_check ORDER BY name`)).toEqual([
      { name: 'customer-charged-twice', position: '3' },
      { name: 'declined-with-transaction', position: '0' },
      { name: 'paid-after-all', position: '0' },
      { name: 'paid-beside-taken', position: '0' },
      { name: 'payment-refunded-too-much', position: '3' },
      { name: 'payment-seen', position: '0' },
      { name: 'period-paid-twice', position: '3' },
      { name: 'refunded-too-much', position: '3' },
      { name: 'transaction-settled-twice', position: '3' },
    ]);
    const checks = world.service.app.get(LineChecks);
    for (let run = 0; run < 3; run++) await checks.runOnce();
    const stops = await rows('SELECT kind, violation FROM line_stop');
    expect(stops).toEqual([
      { kind: 'declined-with-transaction', violation: 'order order-2 is declined, and its line names transaction T-2' },
    ]);
    const places = await rows(`SELECT DISTINCT position FROM line_check WHERE name <> 'payment-seen'`);
    expect(places).toEqual([{ position: '3' }]);
  });

  it('knows who looks alike by what was stored, which it leaves as it was', async () => {
    const alike = await rows(
      `SELECT array_agg(customer_reference ORDER BY id) AS alike FROM subscription
       GROUP BY name_skeleton(customer_reference) ORDER BY min(id)`,
    );
    expect(alike).toEqual([
      { alike: CUSTOMERS.slice(0, 3) },
      { alike: CUSTOMERS.slice(3, 5) },
      { alike: CUSTOMERS.slice(5) },
    ]);
  });

  it.each([
    ['D-77', 'd\u201177\u2060', true],
    ['D-77', ' \uFF24\uFF0D\uFF17\uFF17', true],
    ['D-77', 'D\u221277', true],
    ['D-77', 'D\uFE6377', true],
    ['D-77', 'D 77', false],
    ['D-10', 'D-1O', false],
    ["O'Neil", 'O\u2019Neil', true],
    ['HATA', '\u043D\u0430\u0442\u0430', true],
    ['\u041D\u0410\u0422\u0410', '\u043D\u0430\u0442\u0430', true],
    ['\u0391\u0392', 'ab', true],
    ['\u00CBva', '\u0401va', true],
    ['\u0414\u0416', '\u0414\u0428', false],
    ['\uAE40\uBBFC\uC218', '\u1100\u1175\u11B7\u1106\u1175\u11AB\u1109\u116E', true],
    ['\uAE40\uBBFC\uC218', '\uAE40\uBBFC\uC11C', false],
  ])('holds %j and %j for alike: %s', async (one, other, isAlike) => {
    const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    const sql = `SELECT name_skeleton(${literal(one)}) = name_skeleton(${literal(other)}) AS alike`;
    expect(await rows(sql)).toEqual([{ alike: isAlike }]);
  });
});
