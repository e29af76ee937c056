import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who pays for several subscriptions of a product by one billing token is found by an index. And of days that are charged
 * already a person may say, as of what was paid twice, that the two are different customers.
 */
export class PayersToldApart1796500000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX subscription_payer ON subscription (billing_token_hash, product_id)
      WHERE billing_token_hash IS NOT NULL`);
    await runner.query(`
      ALTER TABLE line_stop DROP CONSTRAINT line_stop_customers_told_apart,
        ADD CONSTRAINT line_stop_customers_told_apart CHECK (NOT different_customers
          OR (kind IN ('customer-charged-twice', 'unbillable') AND state = 'Resolved'))`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
