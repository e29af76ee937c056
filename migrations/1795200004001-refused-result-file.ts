import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Result files that came whole and are no answer to their job, kept for people to look at: each content once a job. And
 * that a person had one of them reconciled as it is.
 */
export class RefusedResultFile1795200004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE refused_result_file (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        bulk_payment_job_id bigint NOT NULL CONSTRAINT refused_result_file_job REFERENCES bulk_payment_job (id),
        file_name text NOT NULL CONSTRAINT refused_result_file_name_once UNIQUE,
        sha256 bytea NOT NULL,
        byte_count bigint NOT NULL,
        row_count integer NOT NULL,
        reason text NOT NULL,
        may_be_reconciled boolean NOT NULL,
        first_refused_at timestamptz NOT NULL,
        last_refused_at timestamptz NOT NULL,
        times integer NOT NULL DEFAULT 1,
        CONSTRAINT refused_result_file_content_once UNIQUE (bulk_payment_job_id, sha256),
        CONSTRAINT refused_result_file_counts CHECK (byte_count >= 0 AND row_count >= 0 AND times > 0),
        CONSTRAINT refused_result_file_in_order CHECK (first_refused_at <= last_refused_at)
      )`);
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD result_taken_as_is_at timestamptz,
        ADD CONSTRAINT bulk_payment_job_takes_a_result
          CHECK (result_taken_as_is_at IS NULL OR result_downloaded_at IS NOT NULL)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
