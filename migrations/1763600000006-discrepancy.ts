import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Differences between what was asked and what was answered, each kept until a person has seen it. */
export class Discrepancy1763600000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discrepancy (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        bulk_payment_job_id bigint NOT NULL CONSTRAINT discrepancy_job REFERENCES bulk_payment_job (id),
        kind text NOT NULL,
        state text NOT NULL DEFAULT 'Open',
        charge_id bigint CONSTRAINT discrepancy_charge REFERENCES charge (id),
        order_no text,
        line_number integer,
        expected jsonb,
        found jsonb,
        raw_line_ciphertext bytea,
        raw_line_key_id text,
        created_at timestamptz NOT NULL,
        CONSTRAINT discrepancy_kind_known CHECK (kind IN
          ('missing', 'duplicate', 'unknown-order', 'amount-mismatch', 'identity-mismatch', 'malformed')),
        CONSTRAINT discrepancy_state_known CHECK (state IN ('Open')),
        CONSTRAINT discrepancy_missing_has_no_line CHECK ((kind = 'missing') = (line_number IS NULL)),
        CONSTRAINT discrepancy_charge_known
          CHECK (charge_id IS NOT NULL OR kind IN ('unknown-order', 'malformed')),
        CONSTRAINT discrepancy_raw_line_whole CHECK ((raw_line_ciphertext IS NULL) = (raw_line_key_id IS NULL)),
        CONSTRAINT discrepancy_line_once UNIQUE (bulk_payment_job_id, line_number)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX discrepancy_missing_once ON discrepancy (charge_id) WHERE kind = 'missing'`,
    );
    await runner.query(
      `CREATE INDEX discrepancy_key ON discrepancy (raw_line_key_id) WHERE raw_line_key_id IS NOT NULL`,
    );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
