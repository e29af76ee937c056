import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Charges are looked up by what a customer or T store names: the transaction, and, rare as they are, the declined ones. */
export class ChargeLookups1763700001101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Transaction ids begin with the time of the payment, so a million of them are appended at the index's right edge.
    await runner.query(
      `CREATE INDEX settlement_transaction ON settlement (transaction_id) WHERE transaction_id IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX settlement_declined ON settlement (charge_id) WHERE kind = 'declined'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
