import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { inputReport } from '../../src/commands/input-report';
import { faultOfText, normalizeText } from '../../src/kernel/text';
import { migrate } from '../../src/platform/database';
import { databaseUrl } from '../support/template-database';

const OF_THIS = 'TextRules1795200003001';
/** As the service took them before: one customer in five spellings, another one, and one who is alone with an odd name. */
const NAMES = ['D-77 ', 'D-77', '\u00A0D-77', 'D-\u200B77', '\uFF24-77', 'd-77', '\u1100\u1161\u11A8'];

const SUBSCRIPTIONS = `
  INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES (sha256('t'), '\\x01', 'k1', now());
  INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount, created_at)
  VALUES ('p', E'TV\\u200B', 5500, 5500, 0, 0, now()), ('q', 'TV', 9007199254740991, 9007199254740991, 0, 0, now())`;

const SUBSCRIPTION = `
  INSERT INTO subscription (customer_reference, product_id, billing_token_hash, state, started_on, anchor_day,
    next_billing_on, created_at)
  VALUES ($1, 1, sha256('t'), $2, '2026-01-05', 5, '2026-02-05', '2026-01-05')`;

describe('a database with names and amounts of before their rules', () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  const url = databaseUrl(process.env.TEST_DATABASE_ADMIN_URL ?? '', name);
  const client = new Client({ connectionString: url });

  beforeAll(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const place = MIGRATIONS.findIndex((migration) => migration.name === OF_THIS);
    await migrate(url, MIGRATIONS.slice(0, place));
    await client.connect();
    await client.query(SUBSCRIPTIONS);
    for (const each of NAMES) await client.query(SUBSCRIPTION, [each, 'Active']);
    await client.query(SUBSCRIPTION, [' D-77', 'Canceled']);
    await migrate(url, MIGRATIONS);
  });

  afterAll(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });

  it('stops all but one subscription of a customer who stands there several times, and merges none', async () => {
    const { rows } = await client.query(
      'SELECT kind, subscription_id AS id, violation, evidence FROM line_stop ORDER BY id',
    );
    expect(rows).toEqual(
      ['1', '3', '4', '5'].map((id) => ({
        kind: 'customer-charged-twice',
        id,
        violation: `subscription ${id} is charged beside subscription 2: the names of their customers read the same`,
        evidence: { subscriptionIds: expect.arrayContaining(['1', '2', '3', '4', '5']) },
      })),
    );
    const { rows: kept } = await client.query('SELECT customer_reference FROM subscription ORDER BY id');
    expect(kept.map((row) => row.customer_reference)).toEqual([...NAMES, ' D-77']);
  });

  it('is told about by the command that migrates', async () => {
    expect(await inputReport(url)).toEqual([
      "1 of product.amount would be refused today: SELECT * FROM input_report WHERE what = 'product'",
      "1 of product.name would be refused today: SELECT * FROM input_report WHERE what = 'product'",
      '6 of subscription.customer_reference would be refused today, 4 beside another that reads the same: ' +
        "SELECT * FROM input_report WHERE what = 'subscription'",
    ]);
  });

  it('goes on with what stands there, and takes nothing more of it', async () => {
    await client.query(`UPDATE subscription SET next_billing_on = '2026-03-05'`);
    await client.query(`UPDATE product SET active = false`);
    for (const each of [' D-78', 'D-78\u200B', '..', '', 'D\t8', 'kim  lee']) {
      await expect(client.query(SUBSCRIPTION, [each, 'Active'])).rejects.toThrow(
        'subscription_customer_reference_as_ruled',
      );
    }
    await expect(client.query(`UPDATE product SET name = E'T\\tV' WHERE id = 2`)).rejects.toThrow(
      'product_name_as_ruled',
    );
    await expect(client.query(`UPDATE product SET amount = amount - 1, carrier_amount = amount - 1`)).rejects.toThrow(
      'product_amount_as_ruled',
    );
    await client.query(SUBSCRIPTION, ['고객 78', 'Active']);
  });

  it.each([
    ['a.nn', 'ann'],
    ['ann', 'a_nn'],
    ['1.11', '11.1'],
    ['1-11', '11-1'],
    ['kim.s@shop.kr', 'kims@shop.kr'],
    ['D-77', 'D77'],
  ])(
    'tells %s from %s: in ids that machines make, what stands between letters is a part of them',
    async (one, other) => {
      const { rows } = await client.query('SELECT name_skeleton($1) = name_skeleton($2) AS "readTheSame"', [
        one,
        other,
      ]);
      expect(rows).toEqual([{ readTheSame: false }]);
    },
  );

  it('judges names as the doors do', async () => {
    for (const each of [
      ...NAMES,
      'a',
      '가',
      '..',
      'a..',
      'a  b',
      'a b',
      '㈜한국',
      'a\u00ADb',
      'a\uFE0F',
      '\uFEFFa',
      '👍',
      "'",
      '',
    ]) {
      const { rows } = await client.query('SELECT is_identifier($1) AS good, name_key($1) AS key', [each]);
      const isGood = faultOfText(each, 'identifier', 200) === undefined;
      expect({ each, good: rows[0].good }).toEqual({ each, good: isGood });
      // eslint-disable-next-line jest/no-conditional-expect
      if (isGood) expect(rows[0].key).toBe(normalizeText(each));
    }
  });
});
