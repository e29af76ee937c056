import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose a charge of an order is: read where a charge of a subscription reads its subscriber. */
export class ChargeBuyer1796500000081 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW charge_buyer AS
      SELECT order_attempt.order_no, customer_order.customer_reference
      FROM order_attempt JOIN customer_order ON customer_order.id = order_attempt.order_id
      WHERE customer_order.customer_reference IS NOT NULL`);
    await runner.query(`
      CREATE INDEX customer_order_of_customer ON customer_order (customer_reference)
      WHERE customer_reference IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
