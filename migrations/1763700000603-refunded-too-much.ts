import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Giving back more than was paid stops the line too. */
export class RefundedTooMuch1763700000603 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE line_stop
        DROP CONSTRAINT line_stop_kind_known,
        ADD CONSTRAINT line_stop_kind_known CHECK (kind IN
          ('charged-twice', 'period-paid-twice', 'refunded-too-much', 'numbers-differ', 'gateway-contradicts'))`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
