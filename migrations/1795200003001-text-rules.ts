import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What tells things apart has one spelling, and an amount its limit: whatever is written from now on. By trigger and not by
 * CHECK where rows are changed later, because a CHECK would hold an old row's every change against what it is called.
 *
 * What stands already stays as it is. The view `input_report` shows what would be refused today; and where one customer
 * stands in a product several times under names that read the same, all but one of the subscriptions are line stops, so
 * that nobody is charged for each spelling until a person has looked.
 */
export class TextRules1795200003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await nameRules(runner);
    await holdNames(runner);
    await limitAmounts(runner);
    await report(runner);
    await stopCustomersWhoStandTwice(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Characters that src/kernel/text.ts refuses in a name: PostgreSQL knows no classes of them. */
const UNSEEN =
  '\\u0001-\\u001F\\u007F-\\u00A0\\u00AD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F' +
  '\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u2800\\u3000\\u3164\\uE000-\\uF8FF\\uFE00-\\uFE0F\\uFEFF\\uFFA0' +
  '\\uFFF0-\\uFFFD\\U000E0000-\\U000E0FFF\\U000F0000-\\U0010FFFF';

const BLANKS = '\\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u2800\\u3000';
/** ! to ~ as a Korean or Japanese keyboard may write them, and as ASCII does; quotes doubled for SQL. */
const CODES = Array.from({ length: 0x5e }, (_, index) => index);
const FULL_WIDTH = String.fromCharCode(...CODES.map((code) => 0xff01 + code));
const PLAIN = String.fromCharCode(...CODES.map((code) => 0x21 + code)).replace("'", "''");

async function nameRules(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION is_line(words text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT words IS NFC NORMALIZED AND words !~ '[${UNSEEN}]|^ | $|^$'
    $$`);
  await runner.query(`
    CREATE FUNCTION is_identifier(name text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT name IS NFC NORMALIZED AND name !~ '[${UNSEEN}\\uFF00-\\uFFEF]|^ | $|  |^\\.*$'
    $$`);
  // What a name reads as, which is an identifier itself: without what is unseen, one blank for many, full width forms as
  // plain ones. Capitals count. Of an identifier it is the identifier.
  await runner.query(`
    CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT normalize(btrim(regexp_replace(regexp_replace(regexp_replace(translate(name, '${FULL_WIDTH}', '${PLAIN}'),
        '[\\s${BLANKS}]+', ' ', 'g'), '[${UNSEEN}]', '', 'g'), ' +', ' ', 'g')), NFC)
    $$`);
  // The few that are spelled in another way than today's.
  await runner.query(`
    CREATE INDEX subscription_of_customer_as_read ON subscription (name_key(customer_reference))
    WHERE NOT is_identifier(customer_reference)`);
}

async function holdNames(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION refuse_input() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '%: not as the rules of what comes in ask', TG_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END
    $$`);
  await refuse(runner, 'subscription', 'customer_reference', 'NOT is_identifier(NEW.customer_reference)');
  await refuse(runner, 'product', 'store_product_id', 'NOT is_identifier(NEW.store_product_id)');
  await refuse(runner, 'product', 'name', 'NOT is_line(NEW.name)');
  await refuse(runner, 'refund', 'reference', 'NOT is_identifier(NEW.reference)');
  await refuse(runner, 'api_key', 'name', 'NOT is_identifier(NEW.name)');
  const isNamed = "NEW.batch_reference <> ''";
  await refuse(runner, 'bulk_payment_job', 'batch_reference', `${isNamed} AND NOT is_identifier(NEW.batch_reference)`);
}

const MAX_CHARGE_WON = 10_000_000;

async function limitAmounts(runner: QueryRunner): Promise<void> {
  await refuse(runner, 'product', 'amount', `NEW.amount > ${MAX_CHARGE_WON}`);
  await refuse(runner, 'subscription', 'amount_override', `NEW.amount_override > ${MAX_CHARGE_WON}`);
  // Charges never change, so a CHECK does, and costs a comparison each. What was charged before is not looked at.
  await runner.query(`
    ALTER TABLE charge
      ADD CONSTRAINT charge_amount_limited CHECK (amount <= ${MAX_CHARGE_WON}) NOT VALID,
      ADD CONSTRAINT charge_order_no_named CHECK (btrim(order_no, '.') <> '') NOT VALID`);
}

async function refuse(runner: QueryRunner, table: string, column: string, wrong: string): Promise<void> {
  await runner.query(`
    CREATE TRIGGER ${table}_${column}_as_ruled BEFORE INSERT OR UPDATE OF ${column} ON ${table}
    FOR EACH ROW WHEN (${wrong}) EXECUTE FUNCTION refuse_input()`);
}

async function report(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE VIEW input_report AS
    SELECT 'subscription' AS what, id::text AS id, 'customer_reference' AS field, customer_reference AS stands,
      ARRAY(SELECT other.id FROM subscription AS other
        WHERE other.product_id = subscription.product_id AND other.id <> subscription.id
          AND other.state NOT IN ('Canceled', 'Expired') AND subscription.state NOT IN ('Canceled', 'Expired')
          AND (other.customer_reference = name_key(subscription.customer_reference)
            OR (NOT is_identifier(other.customer_reference)
              AND name_key(other.customer_reference) = name_key(subscription.customer_reference)))
        ORDER BY other.id)::text[] AS reads_as
    FROM subscription WHERE NOT is_identifier(customer_reference)
    UNION ALL SELECT 'product', id::text, 'store_product_id', store_product_id, '{}'
    FROM product WHERE NOT is_identifier(store_product_id)
    UNION ALL SELECT 'product', id::text, 'name', name, '{}' FROM product WHERE NOT is_line(name)
    UNION ALL SELECT 'product', id::text, 'amount', amount::text, '{}' FROM product WHERE amount > ${MAX_CHARGE_WON}
    UNION ALL SELECT 'subscription', id::text, 'amount_override', amount_override::text, '{}'
    FROM subscription WHERE amount_override > ${MAX_CHARGE_WON}
    UNION ALL SELECT 'refund', id::text, 'reference', reference, '{}' FROM refund WHERE NOT is_identifier(reference)
    UNION ALL SELECT 'api_key', id::text, 'name', name, '{}' FROM api_key WHERE NOT is_identifier(name)
    UNION ALL SELECT 'bulk_payment_job', id::text, 'batch_reference', batch_reference, '{}'
    FROM bulk_payment_job WHERE batch_reference <> '' AND NOT is_identifier(batch_reference)`);
}

/** The one that goes on is spelled as it would be today, or is the oldest. */
async function stopCustomersWhoStandTwice(runner: QueryRunner): Promise<void> {
  await runner.query(`
    WITH odd AS (
      SELECT DISTINCT product_id, name_key(customer_reference) AS key FROM subscription
      WHERE NOT is_identifier(customer_reference) AND state NOT IN ('Canceled', 'Expired')),
    same AS (
      SELECT subscription.id, subscription.created_at,
        first_value(subscription.id) OVER spellings AS kept,
        array_agg(subscription.id::text) OVER (PARTITION BY odd.product_id, odd.key) AS all_ids,
        max(subscription.created_at) OVER (PARTITION BY odd.product_id, odd.key) AS last_at
      FROM odd JOIN subscription ON subscription.product_id = odd.product_id
        AND subscription.state NOT IN ('Canceled', 'Expired')
        AND (subscription.customer_reference = odd.key
          OR (NOT is_identifier(subscription.customer_reference)
            AND name_key(subscription.customer_reference) = odd.key))
      WINDOW spellings AS (PARTITION BY odd.product_id, odd.key
        ORDER BY is_identifier(subscription.customer_reference) DESC, subscription.id))
    INSERT INTO line_stop (kind, subscription_id, violation, evidence, raised_at)
    SELECT 'customer-charged-twice', id,
      format('subscription %s is charged beside subscription %s: the names of their customers read the same', id, kept),
      jsonb_build_object('subscriptionIds', all_ids), last_at
    FROM same WHERE id <> kept ORDER BY id`);
}
