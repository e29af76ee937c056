import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is known of a submission in doubt: when somebody was told that it has been so for too long (once, by one replica),
 * and that a person, and not the gateway, named the gateway's job id.
 */
export class Doubt1763700000602 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD doubt_told_at timestamptz,
        ADD gateway_job_attached_at timestamptz,
        ADD CONSTRAINT bulk_payment_job_doubts_a_submission
          CHECK (doubt_told_at IS NULL OR submission_started_at IS NOT NULL),
        ADD CONSTRAINT bulk_payment_job_attached_has_gateway_job
          CHECK (gateway_job_attached_at IS NULL OR gateway_job_id IS NOT NULL)`);
    await runner.query(`
      CREATE INDEX bulk_payment_job_in_doubt ON bulk_payment_job (submission_started_at)
      WHERE state = 'Processing' AND gateway_job_id IS NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
