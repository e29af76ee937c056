import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Products, the customers' standing orders for them, and the billing runs that find out which are due. */
export class Subscription1763600000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE product (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        store_product_id text NOT NULL,
        name text NOT NULL,
        amount bigint NOT NULL,
        carrier_amount bigint NOT NULL,
        credit_card_amount bigint NOT NULL,
        tmembership_amount bigint NOT NULL,
        active boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL,
        CONSTRAINT product_store_product_id_once UNIQUE (store_product_id),
        CONSTRAINT product_amount_positive CHECK (amount > 0),
        CONSTRAINT product_parts_not_negative
          CHECK (carrier_amount >= 0 AND credit_card_amount >= 0 AND tmembership_amount >= 0),
        CONSTRAINT product_parts_add_up CHECK (amount = carrier_amount + credit_card_amount + tmembership_amount)
      )`);
    // Two columns of a subscription change each month and none of them is indexed with it: fill factor and partial
    // index keep the monthly update on the same page.
    await runner.query(`
      CREATE TABLE subscription (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_reference text NOT NULL,
        product_id bigint NOT NULL CONSTRAINT subscription_product REFERENCES product (id),
        billing_token_hash bytea NOT NULL
          CONSTRAINT subscription_billing_token REFERENCES billing_token (token_hash),
        state text NOT NULL,
        started_on date NOT NULL,
        anchor_day smallint NOT NULL,
        interval_months smallint NOT NULL DEFAULT 1,
        next_billing_on date NOT NULL,
        paid_through_on date,
        created_at timestamptz NOT NULL,
        CONSTRAINT subscription_customer_product_once UNIQUE (customer_reference, product_id),
        CONSTRAINT subscription_state_known CHECK (state IN ('Active', 'PastDue', 'Paused', 'Canceled', 'Expired')),
        CONSTRAINT subscription_anchor_day_of_month CHECK (anchor_day BETWEEN 1 AND 31),
        CONSTRAINT subscription_interval_positive CHECK (interval_months BETWEEN 1 AND 120),
        CONSTRAINT subscription_paid_through_after_start CHECK (paid_through_on > started_on)
      ) WITH (fillfactor = 70)`);
    await runner.query(`
      CREATE TABLE subscription_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subscription_id bigint NOT NULL CONSTRAINT subscription_history_subscription REFERENCES subscription (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX subscription_history_of ON subscription_history (subscription_id, id)`);
    await runner.query(`
      CREATE TRIGGER subscription_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subscription_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE billing_run (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        billing_date date NOT NULL,
        charge_count integer NOT NULL,
        total_amount bigint NOT NULL,
        job_count integer NOT NULL,
        planned_at timestamptz NOT NULL,
        CONSTRAINT billing_run_date_once UNIQUE (billing_date),
        CONSTRAINT billing_run_counts CHECK (charge_count >= 0 AND total_amount >= 0 AND job_count >= 0),
        CONSTRAINT billing_run_jobs_tied CHECK ((job_count = 0) = (charge_count = 0))
      )`);
    await runner.query(`
      CREATE FUNCTION billing_date_after(from_date date, months integer, anchor_day integer) RETURNS date
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT (month_start + (least(anchor_day, extract(day FROM month_start + interval '1 month' - interval '1 day')::int) - 1))::date
        FROM (SELECT (date_trunc('month', from_date::timestamp) + make_interval(months => months))::date AS month_start) AS target
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
