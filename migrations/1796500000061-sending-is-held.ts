import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment or refund that is being sent is held by whoever sends it: when its lease runs out without an answer, it is found out.
 * Rows that were left without a lease are in doubt at once, and are held to it when they are written next.
 */
export class SendingIsHeld1796500000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['direct_payment', 'refund']) {
      await runner.query(`
        ALTER TABLE ${table} ADD CONSTRAINT ${table}_sending_held
          CHECK (state <> 'Sending' OR lease_until IS NOT NULL) NOT VALID`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
