import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEPT = [
  'id',
  'order_no',
  'subscription_id',
  'period_start_on',
  'attempt',
  'store_product_id',
  'product_name',
  'amount',
  'carrier_amount',
  'credit_card_amount',
  'tmembership_amount',
  'billing_token_hash',
  'created_at',
];

/**
 * Charges that no request file can carry leave their job for one of their own before anything is written or sent
 * (docs/decisions/0027). That is the one change a charge may see, and PostgreSQL holds it to that.
 */
export class ChargesSetAside1795300002001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD set_aside_from_job_id bigint CONSTRAINT bulk_payment_job_set_aside_from REFERENCES bulk_payment_job (id),
        ADD CONSTRAINT bulk_payment_job_set_aside_of_run
          CHECK (set_aside_from_job_id IS NULL OR billing_run_id IS NOT NULL),
        DROP CONSTRAINT bulk_payment_job_rebilled_once`);
    // What is set aside from a job that bills another one again does so too.
    await runner.query(`
      CREATE UNIQUE INDEX bulk_payment_job_rebilled_once ON bulk_payment_job (rebill_of_job_id)
      WHERE set_aside_from_job_id IS NULL`);
    await runner.query(`
      CREATE INDEX bulk_payment_job_rebill_of ON bulk_payment_job (rebill_of_job_id)
      WHERE rebill_of_job_id IS NOT NULL`);
    await runner.query('DROP TRIGGER charge_append_only ON charge');
    await runner.query(`
      CREATE TRIGGER charge_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF ${KEPT.join(', ')} ON charge
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE FUNCTION refuse_change_of_charge() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (
            SELECT FROM bulk_payment_job
            WHERE id = OLD.bulk_payment_job_id AND state = 'Created' AND request_file_written_at IS NULL)
          OR NEW.bulk_payment_job_id <> OLD.bulk_payment_job_id AND NOT EXISTS (
            SELECT FROM bulk_payment_job
            WHERE id = NEW.bulk_payment_job_id AND set_aside_from_job_id = OLD.bulk_payment_job_id
              AND state = 'Created' AND request_file_written_at IS NULL)
        THEN
          RAISE EXCEPTION 'charge is append-only: UPDATE refused' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END
      $$`);
    await runner.query(`
      CREATE TRIGGER charge_moves_unwritten BEFORE UPDATE ON charge
      FOR EACH ROW EXECUTE FUNCTION refuse_change_of_charge()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
