import type { MigrationInterface, QueryRunner } from 'typeorm';

const GATEWAYS = `'tstore', 'toss', 'kakaopay', 'portone'`;
const ARROWS = ['Active>Replaced', 'Active>Invalid', 'Active>Removed', 'Invalid>Replaced', 'Invalid>Removed'].map(
  (arrow) => `'${arrow}'`,
);

/**
 * What customers pay with, whichever the gateway. A subscription has a billing token of T store's, as all of now do, or
 * another gateway's method: nothing is written for the million that are there, nor for those that are imported.
 */
export class PaymentMethods1795800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // What refers to an account says of which gateway it is, and is held to that.
    await runner.query('ALTER TABLE gateway_account ADD CONSTRAINT gateway_account_of_gateway UNIQUE (id, gateway)');
    await runner.query(`
      CREATE TABLE payment_method (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_reference text NOT NULL,
        gateway text NOT NULL,
        gateway_account text NOT NULL,
        kind text NOT NULL,
        label text,
        billing_token_hash bytea CONSTRAINT payment_method_billing_token REFERENCES billing_token (token_hash),
        ciphertext bytea,
        key_id text,
        state text NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT payment_method_account
          FOREIGN KEY (gateway_account, gateway) REFERENCES gateway_account (id, gateway),
        CONSTRAINT payment_method_gateway_known CHECK (gateway IN (${GATEWAYS})),
        CONSTRAINT payment_method_kind_known CHECK (kind IN ('billing-token', 'billing-key', 'sid')),
        CONSTRAINT payment_method_state_known CHECK (state IN ('Active', 'Invalid', 'Replaced', 'Removed')),
        CONSTRAINT payment_method_ended_tied CHECK ((ended_at IS NOT NULL) = (state IN ('Replaced', 'Removed'))),
        CONSTRAINT payment_method_secret CHECK (
          CASE WHEN kind = 'billing-token' THEN billing_token_hash IS NOT NULL AND num_nonnulls(ciphertext, key_id) = 0
            ELSE billing_token_hash IS NULL
              AND num_nonnulls(ciphertext, key_id) = CASE state WHEN 'Removed' THEN 0 ELSE 2 END END),
        CONSTRAINT payment_method_token_is_tstores CHECK ((kind = 'billing-token') = (gateway = 'tstore'))
      )`);
    await runner.query('CREATE INDEX payment_method_of_customer ON payment_method (customer_reference, id)');
    await runner.query('CREATE INDEX payment_method_key ON payment_method (key_id) WHERE key_id IS NOT NULL');
    await runner.query(`
      CREATE TRIGGER payment_method_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, customer_reference, gateway,
        gateway_account, kind, billing_token_hash, created_at ON payment_method
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER payment_method_arrow_known AFTER UPDATE OF state ON payment_method
      FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
      EXECUTE FUNCTION refuse_unknown_arrow(${ARROWS.join(', ')})`);
    await runner.query(`
      CREATE TABLE payment_method_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        payment_method_id bigint NOT NULL
          CONSTRAINT payment_method_history_method REFERENCES payment_method (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX payment_method_history_of ON payment_method_history (payment_method_id, id)');
    await runner.query(`
      CREATE TRIGGER payment_method_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_method_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      ALTER TABLE subscription
        ADD payment_method_id bigint CONSTRAINT subscription_payment_method REFERENCES payment_method (id),
        ALTER billing_token_hash DROP NOT NULL,
        ADD CONSTRAINT subscription_paid_by_one CHECK (num_nonnulls(billing_token_hash, payment_method_id) = 1)`);
    await runner.query(`
      CREATE INDEX subscription_of_payment_method ON subscription (payment_method_id)
      WHERE payment_method_id IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
