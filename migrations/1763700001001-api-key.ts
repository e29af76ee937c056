import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys to the admin API: of the secret only its hash, and a key that was revoked stays revoked. */
export class ApiKey1763700001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_key (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        role text NOT NULL,
        scopes text[],
        secret_sha256 bytea NOT NULL CONSTRAINT api_key_secret_once UNIQUE,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz,
        last_used_address text,
        revoked_at timestamptz,
        revoked_by text,
        revocation_reason text,
        CONSTRAINT api_key_name_sized CHECK (char_length(name) BETWEEN 1 AND 100),
        CONSTRAINT api_key_role_known CHECK (role IN ('viewer', 'operator', 'finance', 'admin')),
        CONSTRAINT api_key_scopes_some CHECK (scopes IS NULL OR cardinality(scopes) > 0),
        CONSTRAINT api_key_secret_hashed CHECK (octet_length(secret_sha256) = 32),
        CONSTRAINT api_key_expires_later CHECK (expires_at > created_at),
        CONSTRAINT api_key_revocation_whole CHECK (num_nonnulls(revoked_at, revoked_by, revocation_reason) IN (0, 3))
      )`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
