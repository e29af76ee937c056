import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments of orders that don't owe them, each noted as it was recorded, and that it was asked back or why people must. */
export class PaymentsNotOwed1796600000052 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment_not_owed (
        direct_payment_id bigint PRIMARY KEY CONSTRAINT payment_not_owed_payment REFERENCES direct_payment (id),
        found_at timestamptz NOT NULL,
        asked_back_at timestamptz,
        left_because text,
        CONSTRAINT payment_not_owed_decided_once CHECK (num_nonnulls(asked_back_at, left_because) < 2)
      )`);
    await runner.query(`
      CREATE INDEX payment_not_owed_undecided ON payment_not_owed (found_at)
      WHERE asked_back_at IS NULL AND left_because IS NULL`);
    await runner.query(`
      CREATE TRIGGER payment_not_owed_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF direct_payment_id, found_at ON payment_not_owed
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // Those of before are people's, who may have begun to give them back.
    await runner.query(`
      INSERT INTO payment_not_owed (direct_payment_id, found_at, left_because)
      SELECT payment.id, payment.ended_at, 'found before payments were given back by rule'
      FROM direct_payment AS payment JOIN order_attempt AS attempt ON attempt.direct_payment_id = payment.id
      JOIN customer_order ON customer_order.id = attempt.order_id
      WHERE payment.state = 'Paid' AND (customer_order.state = 'Canceled' OR EXISTS (
        SELECT FROM order_attempt AS other JOIN direct_payment AS earlier ON earlier.id = other.direct_payment_id
        WHERE other.order_id = attempt.order_id AND earlier.state = 'Paid' AND earlier.ended_at < payment.ended_at))`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
