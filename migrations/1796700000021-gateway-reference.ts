import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a gateway calls the payment of a window that was opened there: no browser has it, and nothing else leads to the payment. */
export class GatewayReference1796700000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE order_attempt ADD COLUMN gateway_reference text
        CONSTRAINT order_attempt_gateway_reference_length CHECK (length(gateway_reference) BETWEEN 1 AND 128)`);
    await runner.query(`
      CREATE UNIQUE INDEX order_attempt_gateway_reference_once ON order_attempt (gateway_reference)
      WHERE gateway_reference IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_attempt DROP COLUMN gateway_reference');
  }
}
