import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was paid by a deposit is given back to an account that the customer names: it is asked for with the refund. */
export class RefundAccounts1796600000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW charge_deposit AS
      SELECT direct_payment.charge_id FROM deposit_account
      JOIN direct_payment ON direct_payment.id = deposit_account.direct_payment_id`);
    await runner.query(`
      CREATE TABLE refund_account (
        refund_id bigint PRIMARY KEY CONSTRAINT refund_account_refund REFERENCES refund (id),
        bank_code text NOT NULL,
        shown text NOT NULL,
        ciphertext bytea NOT NULL,
        key_id text NOT NULL,
        transfer_status text
      )`);
    await runner.query(`
      CREATE TRIGGER refund_account_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF refund_id, bank_code, shown ON refund_account
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
