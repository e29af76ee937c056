import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is stored in secret: which keys are in use, the gateway's access token, and the vault of billing tokens. */
export class Secrets1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A known text under each key: a key that can't read it is not the key it is named for.
    await runner.query(`
      CREATE TABLE encryption_key (
        key_id text PRIMARY KEY,
        check_ciphertext bytea NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE oauth_token (
        name text PRIMARY KEY,
        ciphertext bytea,
        key_id text,
        token_type text,
        scope text,
        issued_at timestamptz,
        expires_at timestamptz,
        generation bigint NOT NULL DEFAULT 0,
        refresh_lease_id uuid,
        refresh_lease_until timestamptz,
        refresh_failed_at timestamptz,
        refresh_failure text,
        retry_not_before timestamptz,
        CONSTRAINT oauth_token_whole
          CHECK (num_nonnulls(ciphertext, key_id, token_type, scope, issued_at, expires_at) IN (0, 6)),
        CONSTRAINT oauth_token_generation_counts_tokens CHECK ((generation = 0) = (ciphertext IS NULL)),
        CONSTRAINT oauth_token_lease_whole CHECK ((refresh_lease_id IS NULL) = (refresh_lease_until IS NULL)),
        CONSTRAINT oauth_token_failure_whole
          CHECK (num_nonnulls(refresh_failed_at, refresh_failure, retry_not_before) IN (0, 3))
      )`);
    await runner.query(`
      CREATE TABLE billing_token (
        token_hash bytea PRIMARY KEY,
        ciphertext bytea NOT NULL,
        key_id text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT billing_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32)
      )`);
    await runner.query(`CREATE INDEX billing_token_key ON billing_token (key_id)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
