import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the stage is that a job is in just now, for people who wait. It goes when the stage ends. */
export class StageProgress1763700000302 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD stage text,
        ADD stage_started_at timestamptz,
        ADD stage_done integer,
        ADD stage_done_at timestamptz,
        ADD CONSTRAINT bulk_payment_job_stage_whole CHECK ((stage IS NULL) = (stage_started_at IS NULL)),
        ADD CONSTRAINT bulk_payment_job_stage_done_whole CHECK (num_nonnulls(stage_done, stage_done_at) IN (0, 2)),
        ADD CONSTRAINT bulk_payment_job_stage_done_of_stage CHECK (stage_done IS NULL OR stage IS NOT NULL)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
