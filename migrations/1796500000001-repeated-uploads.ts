import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of a day's uploads, how many charges went although they repeat others, because they were too few to ask. */
export class RepeatedUploads1796500000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE upload_day ADD COLUMN repeated integer NOT NULL DEFAULT 0');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
