import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who resolves that a customer was charged twice may say that these are different customers. What was resolved before says
 * nothing of it: if both are charged again, a person is asked once more.
 */
export class ToldApart1795300004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE line_stop
        ADD different_customers boolean NOT NULL DEFAULT false,
        ADD CONSTRAINT line_stop_customers_told_apart
          CHECK (NOT different_customers OR (kind = 'customer-charged-twice' AND state = 'Resolved'))`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
