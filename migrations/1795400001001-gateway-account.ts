import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The merchant's contracts with gateways, and the credentials of those that are not in the settings. What there is so far
 * belongs to `tstore`, the account that the settings make.
 */
export class GatewayAccount1795400001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway_account (
        id text PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        gateway text NOT NULL,
        label text NOT NULL,
        environment text NOT NULL,
        purpose text NOT NULL,
        identifiers jsonb NOT NULL,
        lookups_per_minute integer,
        refunds_per_minute integer,
        at_once integer,
        enabled boolean NOT NULL DEFAULT true,
        created_at timestamptz,
        updated_at timestamptz,
        CONSTRAINT gateway_account_position_once UNIQUE (position),
        CONSTRAINT gateway_account_id_form CHECK (id ~ '^[a-z][a-z0-9-]{0,39}$'),
        CONSTRAINT gateway_account_gateway_known CHECK (gateway IN ('tstore')),
        CONSTRAINT gateway_account_environment_known CHECK (environment IN ('simulator', 'sandbox', 'live')),
        CONSTRAINT gateway_account_purpose_known CHECK (purpose IN ('any', 'recurring', 'one-time')),
        CONSTRAINT gateway_account_pace_positive
          CHECK (lookups_per_minute >= 1 AND refunds_per_minute >= 1 AND at_once >= 1),
        CONSTRAINT gateway_account_dated CHECK (id = gateway OR num_nonnulls(created_at, updated_at) = 2)
      )`);
    await runner.query(`
      CREATE TRIGGER gateway_account_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, position, gateway, environment,
        created_at ON gateway_account
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE gateway_account_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway_account text NOT NULL CONSTRAINT gateway_account_history_account REFERENCES gateway_account (id),
        cause text NOT NULL,
        changes jsonb,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX gateway_account_history_of ON gateway_account_history (gateway_account, id)');
    await runner.query(`
      CREATE TRIGGER gateway_account_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_account_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE gateway_account_credential (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway_account text NOT NULL CONSTRAINT gateway_account_credential_account REFERENCES gateway_account (id),
        name text NOT NULL,
        version integer NOT NULL,
        ciphertext bytea NOT NULL,
        key_id text NOT NULL,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        valid_until timestamptz,
        CONSTRAINT gateway_account_credential_once UNIQUE (gateway_account, name, version),
        CONSTRAINT gateway_account_credential_version_positive CHECK (version >= 1)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX gateway_account_credential_newest ON gateway_account_credential (gateway_account, name)
      WHERE valid_until IS NULL`);
    await runner.query('CREATE INDEX gateway_account_credential_key ON gateway_account_credential (key_id)');
    await runner.query(`
      CREATE TRIGGER gateway_account_credential_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, gateway_account, name,
        version, created_at, created_by ON gateway_account_credential
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // Its environment and identifiers are said by the settings, and by nothing that is stored here.
    await runner.query(`
      INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers)
      VALUES ('tstore', 'tstore', 'T store', 'simulator', 'any', '{}')`);
    // A constant default rewrites no row.
    for (const table of ['product', 'bulk_payment_job', 'refund']) {
      await runner.query(`
        ALTER TABLE ${table} ADD gateway_account text NOT NULL DEFAULT 'tstore'
          CONSTRAINT ${table}_gateway_account REFERENCES gateway_account (id)`);
    }
    // What is written by the million leaves the foreign key to the job or refund it belongs to.
    for (const table of ['charge', 'transaction_lookup']) {
      await runner.query(`ALTER TABLE ${table} ADD gateway_account text NOT NULL DEFAULT 'tstore'`);
    }
    await runner.query(`
      ALTER TABLE notification ADD gateway_account text
        CONSTRAINT notification_gateway_account REFERENCES gateway_account (id)`);
    // Each client of T store may number its jobs by itself.
    await runner.query(`
      ALTER TABLE bulk_payment_job DROP CONSTRAINT bulk_payment_job_gateway_job_once,
        ADD CONSTRAINT bulk_payment_job_gateway_job_once UNIQUE (gateway_job_id, gateway_account)`);
    // Kept by client id before, and by account from now on; a token is had for the asking.
    await runner.query('DELETE FROM oauth_token');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
