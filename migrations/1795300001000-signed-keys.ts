import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys to the admin API bear a signature of the service under one of `ENCRYPTION_KEYS`, so that a row somebody else has
 * written, or changed, opens nothing. Those of before are signed by the service at its first start, which has the keys.
 */
export class SignedKeys1795300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_key
        ADD mac bytea,
        ADD mac_key_id text,
        ADD CONSTRAINT api_key_mac_whole CHECK (num_nonnulls(mac, mac_key_id) IN (0, 2)),
        ADD CONSTRAINT api_key_mac_sized CHECK (octet_length(mac) = 32)`);
    // What a key may do never changes: another role is another key. That one ended is not undone.
    await runner.query(`
      CREATE TRIGGER api_key_terms_stay BEFORE UPDATE OF name, role, scopes, secret_sha256, expires_at ON api_key
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER api_key_stays_revoked BEFORE UPDATE OF revoked_at, revoked_by, revocation_reason ON api_key
      FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
