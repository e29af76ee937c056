import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which gateway collects a charge, and which was asked about a payment. All there are so far are T store's. */
export class GatewayOfACharge1795300008001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A constant default rewrites no row, and a CHECK that every row passes by it is proven by one reading.
    for (const table of ['charge', 'transaction_lookup']) {
      await runner.query(`
        ALTER TABLE ${table}
          ADD gateway text NOT NULL DEFAULT 'tstore',
          ADD CONSTRAINT ${table}_gateway_known CHECK (gateway IN ('tstore'))`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
