import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was answered to which request under which Idempotency-Key; answers are encrypted, some hold secrets. */
export class IdempotencyKey1763700001003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_key (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner text NOT NULL,
        key text NOT NULL,
        request_sha256 bytea,
        attempt integer NOT NULL DEFAULT 1,
        begun_at timestamptz NOT NULL,
        lease_until timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        answer_status integer,
        answer_ciphertext bytea,
        answer_key_id text,
        CONSTRAINT idempotency_key_once UNIQUE (owner, key),
        CONSTRAINT idempotency_key_sized CHECK (char_length(key) BETWEEN 1 AND 255),
        CONSTRAINT idempotency_key_answer_whole
          CHECK (num_nonnulls(answer_status, answer_ciphertext, answer_key_id) IN (0, 3)),
        CONSTRAINT idempotency_key_answer_has_request CHECK (answer_status IS NULL OR request_sha256 IS NOT NULL)
      )`);
    await runner.query(`CREATE INDEX idempotency_key_expires ON idempotency_key (expires_at)`);
    await runner.query(`
      CREATE INDEX idempotency_key_key_id ON idempotency_key (answer_key_id) WHERE answer_key_id IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
