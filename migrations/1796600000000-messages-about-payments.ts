import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addArrows } from './add-arrows';

/** Messages that are about a payment and not about a job; and orders that are paid after all, when their time was over already. */
export class MessagesAboutPayments1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notification ADD order_no text, ADD secret_hash bytea,
        ADD CONSTRAINT notification_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32) NOT VALID`);
    // No row of before is in it.
    await runner.query(
      `CREATE INDEX notification_about ON notification (order_no, gateway_account) WHERE order_no IS NOT NULL`,
    );
    await addArrows(runner, 'customer_order', ['Ready>Paid', 'Failed>Paid', 'Expired>Paid']);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
