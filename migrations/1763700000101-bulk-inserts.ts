import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a million appended rows cost (docs/decisions/0006): charges have no key check a row, a settlement carries what
 * its effects need, and a period's end is one inlined expression.
 */
export class BulkInserts1763700000101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replaceForeignKeys(runner);
    // Charges of uploaded files have no period: they need no entry in this index.
    await runner.query('ALTER TABLE charge DROP CONSTRAINT charge_period_attempt_once');
    await runner.query(`
      CREATE UNIQUE INDEX charge_period_attempt_once ON charge (subscription_id, period_start_on, attempt)
      WHERE subscription_id IS NOT NULL`);

    await runner.query('ALTER TABLE settlement ADD subscription_id bigint, ADD period_start_on date');
    await runner.query('ALTER TABLE settlement DISABLE TRIGGER settlement_append_only');
    await runner.query(`
      UPDATE settlement SET subscription_id = charge.subscription_id, period_start_on = charge.period_start_on
      FROM charge WHERE charge.id = settlement.charge_id AND charge.subscription_id IS NOT NULL`);
    await runner.query('ALTER TABLE settlement ENABLE TRIGGER settlement_append_only');
    await runner.query(`
      ALTER TABLE settlement ADD CONSTRAINT settlement_period_whole
        CHECK ((subscription_id IS NULL) = (period_start_on IS NULL))`);

    await runner.query('ALTER TABLE bulk_payment_job ADD result_files_refused integer NOT NULL DEFAULT 0');
    // A job in the middle goes on behind what is settled; its result is staged again, because the layout is another.
    await runner.query(`
      DO $$
      DECLARE staged regclass;
      BEGIN
        FOR staged IN SELECT oid FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r' LOOP
          EXECUTE format('DROP TABLE %s', staged);
        END LOOP;
      END $$`);
    // In a month all subscriptions of a page change in one transaction: only half a page free keeps them all on it.
    await runner.query('ALTER TABLE subscription SET (fillfactor = 50)');
    // Not STRICT: such a function would be called a row instead of being inlined, because least() isn't either.
    await runner.query(`
      CREATE OR REPLACE FUNCTION billing_date_after(from_date date, months integer, anchor_day integer) RETURNS date
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT least(
          (date_trunc('month', from_date::timestamp) + make_interval(months => months))::date + (anchor_day - 1),
          (date_trunc('month', from_date::timestamp) + make_interval(months => months + 1))::date - 1)
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/**
 * A key check a row was three quarters of the work of planning a run. Charges are made by joining what they refer to, in
 * the same transaction; what they refer to can't vanish or change its key; and the request file, which joins them again,
 * is refused when its rows are not as many as the job's.
 */
async function replaceForeignKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE charge DROP CONSTRAINT charge_job, DROP CONSTRAINT charge_subscription,
      DROP CONSTRAINT charge_billing_token`);
  // Likewise: a retry planned or a decline settled is a row of history each, made from the subscription it tells of.
  await runner.query('ALTER TABLE subscription_history DROP CONSTRAINT subscription_history_subscription');
  for (const [table, key] of [
    ['bulk_payment_job', 'id'],
    ['subscription', 'id'],
    ['billing_token', 'token_hash'],
  ] as const) {
    await runner.query(`
      CREATE TRIGGER ${table}_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF ${key} ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }
}
