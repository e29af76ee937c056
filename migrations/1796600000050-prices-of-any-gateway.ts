import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer's own price is in T store's parts where T store collects it, and an amount alone where another gateway does. */
export class PricesOfAnyGateway1796600000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Every row there is fulfils the old rule, and so the new one: none need be looked through.
    await runner.query(`
      ALTER TABLE subscription
        DROP CONSTRAINT subscription_override_whole,
        ADD CONSTRAINT subscription_override_whole CHECK (
          num_nonnulls(carrier_amount_override, credit_card_amount_override, tmembership_amount_override) IN (0, 3)
          AND (amount_override IS NOT NULL OR carrier_amount_override IS NULL)) NOT VALID`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
