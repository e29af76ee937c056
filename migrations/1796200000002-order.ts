import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers buy in person: orders, what they consist of, and each try to pay one. */
export class Order1796200000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customer_order (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        reference text NOT NULL CONSTRAINT customer_order_reference_once UNIQUE,
        token_hash bytea NOT NULL CONSTRAINT customer_order_token_once UNIQUE,
        token_ciphertext bytea NOT NULL,
        token_key_id text NOT NULL,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT customer_order_gateway_account REFERENCES gateway_account (id),
        state text NOT NULL CONSTRAINT customer_order_state_known CHECK (
          state IN ('Created', 'Ready', 'Confirming', 'InDoubt', 'Paid', 'Failed', 'Expired', 'Canceled')),
        name text NOT NULL,
        amount bigint NOT NULL CONSTRAINT customer_order_amount_positive CHECK (amount > 0),
        tax_free_amount bigint NOT NULL
          CONSTRAINT customer_order_tax_free_within CHECK (tax_free_amount BETWEEN 0 AND amount),
        customer_reference text,
        customer_key uuid NOT NULL,
        customer_name text,
        customer_email text,
        return_url text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        failure_code text,
        failure_message text,
        ended_at timestamptz,
        CONSTRAINT customer_order_expires_later CHECK (expires_at > created_at),
        CONSTRAINT customer_order_failure_whole CHECK ((failure_code IS NULL) = (failure_message IS NULL)),
        CONSTRAINT customer_order_ended_tied CHECK (
          (state IN ('Paid', 'Failed', 'Expired', 'Canceled')) = (ended_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX customer_order_open ON customer_order (expires_at) WHERE ended_at IS NULL`);
    await runner.query(`
      CREATE TRIGGER customer_order_stays BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, reference, token_hash, gateway, gateway_account, amount, tax_free_amount ON customer_order
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER customer_order_arrow_known AFTER UPDATE OF state ON customer_order
      FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
      EXECUTE FUNCTION refuse_unknown_arrow('Created>Ready', 'Created>Expired', 'Created>Canceled', 'Ready>Confirming',
        'Ready>Expired', 'Ready>Canceled', 'Confirming>Paid', 'Confirming>Ready', 'Confirming>Failed',
        'Confirming>InDoubt', 'InDoubt>Paid', 'InDoubt>Ready', 'InDoubt>Failed')`);
    await runner.query(`
      CREATE TRIGGER customer_order_birth_known AFTER INSERT ON customer_order
      FOR EACH ROW WHEN (NEW.state NOT IN ('Created')) EXECUTE FUNCTION refuse_unknown_birth()`);
    await runner.query(`
      CREATE TABLE customer_order_item (
        order_id bigint NOT NULL CONSTRAINT customer_order_item_order REFERENCES customer_order (id),
        line smallint NOT NULL,
        product_id bigint CONSTRAINT customer_order_item_product REFERENCES product (id),
        name text NOT NULL,
        quantity integer NOT NULL CONSTRAINT customer_order_item_quantity_positive CHECK (quantity > 0),
        unit_amount bigint NOT NULL CONSTRAINT customer_order_item_amount_positive CHECK (unit_amount > 0),
        tax_free_amount bigint NOT NULL
          CONSTRAINT customer_order_item_tax_free_within CHECK (tax_free_amount BETWEEN 0 AND unit_amount * quantity),
        PRIMARY KEY (order_id, line)
      )`);
    await runner.query(`
      CREATE TABLE order_attempt (
        order_no text PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT order_attempt_order REFERENCES customer_order (id),
        number smallint NOT NULL,
        opened_at timestamptz NOT NULL,
        direct_payment_id bigint CONSTRAINT order_attempt_payment REFERENCES direct_payment (id)
          CONSTRAINT order_attempt_payment_once UNIQUE,
        CONSTRAINT order_attempt_number_once UNIQUE (order_id, number)
      )`);
    for (const table of ['customer_order_item', 'customer_order_history']) {
      if (table === 'customer_order_history') await createHistory(runner);
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

async function createHistory(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE customer_order_history (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      order_id bigint NOT NULL CONSTRAINT customer_order_history_order REFERENCES customer_order (id),
      from_state text,
      to_state text NOT NULL,
      cause text NOT NULL,
      actor text NOT NULL,
      reason text,
      at timestamptz NOT NULL,
      CONSTRAINT customer_order_history_move_known CHECK (coalesce(from_state || '>', '') || to_state IN ('Created',
        'Created>Created', 'Ready>Ready', 'Confirming>Confirming', 'InDoubt>InDoubt', 'Paid>Paid', 'Failed>Failed',
        'Expired>Expired', 'Canceled>Canceled', 'Created>Ready', 'Created>Expired', 'Created>Canceled', 'Ready>Confirming',
        'Ready>Expired', 'Ready>Canceled', 'Confirming>Paid', 'Confirming>Ready', 'Confirming>Failed', 'Confirming>InDoubt',
        'InDoubt>Paid', 'InDoubt>Ready', 'InDoubt>Failed'))
    )`);
  await runner.query(`CREATE INDEX customer_order_history_of ON customer_order_history (order_id, id)`);
}
