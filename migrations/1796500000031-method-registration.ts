import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATES = ['Open', 'Issuing', 'Issued', 'Failed', 'Expired'];
const ARROWS = ['Open>Issuing', 'Open>Expired', 'Issuing>Issued', 'Issuing>Failed'];

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/**
 * Payment methods that customers register in a gateway's window. One that has ended keeps its secret until its gateway has
 * deleted it, which can't be asked for without; and it is known by a hash of its secret, by which the gateway's messages name it.
 */
export class MethodRegistration1796500000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payment_method
        ADD method_key_hash bytea,
        ADD erased_at timestamptz,
        ADD lease_id uuid,
        ADD lease_until timestamptz,
        ADD attempts integer NOT NULL DEFAULT 0,
        ADD next_attempt_at timestamptz,
        ADD last_error text,
        DROP CONSTRAINT payment_method_secret`);
    await runner.query(`
      UPDATE payment_method SET erased_at = ended_at
      WHERE state = 'Removed' AND kind <> 'billing-token' AND ciphertext IS NULL`);
    await runner.query(`
      ALTER TABLE payment_method
        ADD CONSTRAINT payment_method_secret CHECK (
          CASE WHEN kind = 'billing-token'
            THEN billing_token_hash IS NOT NULL AND num_nonnulls(ciphertext, key_id, method_key_hash, erased_at) = 0
            ELSE billing_token_hash IS NULL
              AND num_nonnulls(ciphertext, key_id) = CASE WHEN erased_at IS NULL THEN 2 ELSE 0 END END),
        ADD CONSTRAINT payment_method_erased_when_ended CHECK (erased_at IS NULL OR ended_at IS NOT NULL),
        ADD CONSTRAINT payment_method_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL))`);
    await runner.query(`
      CREATE UNIQUE INDEX payment_method_key_once ON payment_method (gateway, method_key_hash)
      WHERE method_key_hash IS NOT NULL`);
    await runner.query(`
      CREATE INDEX payment_method_to_erase ON payment_method (id)
      WHERE ended_at IS NOT NULL AND erased_at IS NULL AND kind <> 'billing-token'`);
    await runner.query(`
      CREATE TABLE method_registration (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_reference text NOT NULL,
        gateway text NOT NULL,
        gateway_account text NOT NULL,
        state text NOT NULL CONSTRAINT method_registration_state_known CHECK (state IN (${quoted(STATES)})),
        token_hash bytea NOT NULL CONSTRAINT method_registration_token_once UNIQUE,
        secrets_ciphertext bytea NOT NULL,
        secrets_key_id text NOT NULL,
        replaces_id bigint CONSTRAINT method_registration_replaces REFERENCES payment_method (id),
        return_url text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        idempotency_key uuid,
        sent_by text,
        returned_at timestamptz,
        payment_method_id bigint CONSTRAINT method_registration_method REFERENCES payment_method (id)
          CONSTRAINT method_registration_method_once UNIQUE,
        failure_code text,
        failure_message text,
        ended_at timestamptz,
        lease_id uuid,
        lease_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        last_error text,
        CONSTRAINT method_registration_account
          FOREIGN KEY (gateway_account, gateway) REFERENCES gateway_account (id, gateway),
        CONSTRAINT method_registration_expires_later CHECK (expires_at > created_at),
        CONSTRAINT method_registration_returned_whole CHECK ((returned_at IS NULL) = (idempotency_key IS NULL)),
        CONSTRAINT method_registration_issuing_returned CHECK (
          (state IN ('Issuing', 'Issued', 'Failed')) = (returned_at IS NOT NULL)),
        CONSTRAINT method_registration_issued_tied CHECK ((state = 'Issued') = (payment_method_id IS NOT NULL)),
        CONSTRAINT method_registration_failed_tied CHECK (
          num_nonnulls(failure_code, failure_message) = CASE state WHEN 'Failed' THEN 2 ELSE 0 END),
        CONSTRAINT method_registration_ended_tied CHECK (
          (state IN ('Issued', 'Failed', 'Expired')) = (ended_at IS NOT NULL)),
        CONSTRAINT method_registration_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL))
      )`);
    await runner.query(`CREATE INDEX method_registration_open ON method_registration (id) WHERE ended_at IS NULL`);
    await runner.query(`CREATE INDEX method_registration_of ON method_registration (customer_reference, id)`);
    await runner.query(`CREATE INDEX method_registration_key ON method_registration (secrets_key_id)`);
    await runner.query(`
      CREATE TRIGGER method_registration_stays BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, customer_reference, gateway, gateway_account, token_hash, replaces_id, created_at
        ON method_registration
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER method_registration_arrow_known AFTER UPDATE OF state ON method_registration
      FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_unknown_arrow(${quoted(ARROWS)})`);
    await runner.query(`
      CREATE TRIGGER method_registration_birth_known AFTER INSERT ON method_registration
      FOR EACH ROW WHEN (NEW.state NOT IN ('Open')) EXECUTE FUNCTION refuse_unknown_birth()`);
    const moves = ['Open', ...STATES.map((state) => `${state}>${state}`), ...ARROWS];
    await runner.query(`
      CREATE TABLE method_registration_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        method_registration_id bigint NOT NULL
          CONSTRAINT method_registration_history_of_one REFERENCES method_registration (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL,
        CONSTRAINT method_registration_history_move_known CHECK (
          coalesce(from_state || '>', '') || to_state IN (${quoted(moves)}))
      )`);
    await runner.query(`
      CREATE INDEX method_registration_history_of ON method_registration_history (method_registration_id, id)`);
    await runner.query(`
      CREATE TRIGGER method_registration_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON method_registration_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
