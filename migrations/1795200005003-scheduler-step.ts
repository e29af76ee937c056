import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each step of the scheduler fares, in whichever replica it ran last: what keeps failing must be seen by all. */
export class SchedulerStep1795200005003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE scheduler_step (
        step text PRIMARY KEY,
        last_success_at timestamptz,
        last_failure_at timestamptz,
        failing_since timestamptz,
        failures integer NOT NULL DEFAULT 0,
        last_error text,
        CONSTRAINT scheduler_step_failing_whole
          CHECK (num_nonnulls(failing_since, last_error) IN (0, 2) AND (failures > 0) = (failing_since IS NOT NULL))
      )`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
