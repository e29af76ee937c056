import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Charges and what became of them. A charge never changes; its state follows from its job and its settlement
 * (docs/decisions/0001), so a million results are a million appended rows and not one rewritten one.
 */
export class Charge1763600000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE charge (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        order_no text NOT NULL,
        bulk_payment_job_id bigint NOT NULL CONSTRAINT charge_job REFERENCES bulk_payment_job (id),
        line_number integer NOT NULL,
        subscription_id bigint CONSTRAINT charge_subscription REFERENCES subscription (id),
        period_start_on date,
        attempt smallint,
        store_product_id text NOT NULL,
        product_name text NOT NULL,
        amount bigint NOT NULL,
        carrier_amount bigint NOT NULL,
        credit_card_amount bigint NOT NULL,
        tmembership_amount bigint NOT NULL,
        billing_token_hash bytea NOT NULL CONSTRAINT charge_billing_token REFERENCES billing_token (token_hash),
        created_at timestamptz NOT NULL,
        CONSTRAINT charge_order_no_once UNIQUE (order_no),
        CONSTRAINT charge_line_once UNIQUE (bulk_payment_job_id, line_number),
        CONSTRAINT charge_period_attempt_once UNIQUE (subscription_id, period_start_on, attempt),
        CONSTRAINT charge_period_whole CHECK (num_nonnulls(subscription_id, period_start_on, attempt) IN (0, 3)),
        CONSTRAINT charge_line_after_header CHECK (line_number >= 2),
        CONSTRAINT charge_amount_positive CHECK (amount > 0),
        CONSTRAINT charge_parts_not_negative
          CHECK (carrier_amount >= 0 AND credit_card_amount >= 0 AND tmembership_amount >= 0),
        CONSTRAINT charge_parts_add_up CHECK (amount = carrier_amount + credit_card_amount + tmembership_amount)
      )`);
    await runner.query(`
      CREATE TRIGGER charge_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // No foreign key to charge: entries are only ever inserted by joining it, charges are never deleted, and a key
    // check a row would cost a million-line settlement a third of its time.
    await runner.query(`
      CREATE TABLE settlement (
        position bigint PRIMARY KEY,
        charge_id bigint NOT NULL,
        kind text NOT NULL,
        amount bigint NOT NULL,
        transaction_id text,
        result_code text NOT NULL,
        result_message text NOT NULL,
        bulk_payment_job_id bigint NOT NULL,
        result_line_number integer NOT NULL,
        settled_at timestamptz NOT NULL,
        CONSTRAINT settlement_charge_once UNIQUE (charge_id),
        CONSTRAINT settlement_kind_known CHECK (kind IN ('paid', 'declined')),
        CONSTRAINT settlement_amount_positive CHECK (amount > 0),
        CONSTRAINT settlement_paid_has_transaction CHECK (kind <> 'paid' OR transaction_id IS NOT NULL)
      )`);
    await runner.query(`CREATE SEQUENCE settlement_position AS bigint CACHE 1 OWNED BY settlement.position`);
    await runner.query(`
      CREATE TRIGGER settlement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
