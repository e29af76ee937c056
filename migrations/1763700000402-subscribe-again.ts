import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer has a product once at a time, and not once for ever: who canceled may subscribe again. */
export class SubscribeAgain1763700000402 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE subscription DROP CONSTRAINT subscription_customer_product_once`);
    await runner.query(`
      CREATE UNIQUE INDEX subscription_open_once ON subscription (customer_reference, product_id)
      WHERE state NOT IN ('Canceled', 'Expired')`);
    await runner.query(`CREATE INDEX subscription_of_customer ON subscription (customer_reference)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
