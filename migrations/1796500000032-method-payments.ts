import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Monthly charges by payment methods: each is a direct payment of a billing run, held while the run is. What the gateway is told beside
 * the charge is the method's secret, sealed into the row when it is sent first, so that the same call can be made after the method has
 * ended. And what is not wanted any more is withdrawn before it is sent, as in files.
 */
export class MethodPayments1796500000032 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE direct_payment
        ALTER reference_ciphertext DROP NOT NULL,
        ALTER reference_key_id DROP NOT NULL,
        ADD payment_method_id bigint CONSTRAINT direct_payment_method REFERENCES payment_method (id),
        ADD billing_run_id bigint CONSTRAINT direct_payment_billing_run REFERENCES billing_run (id),
        ADD hold_reason text,
        ADD CONSTRAINT direct_payment_reference_whole CHECK (
          (reference_ciphertext IS NULL) = (reference_key_id IS NULL)),
        ADD CONSTRAINT direct_payment_sent_with_reference CHECK (
          reference_ciphertext IS NOT NULL OR (origin = 'method' AND sent_at IS NULL)),
        ADD CONSTRAINT direct_payment_by_method CHECK (
          (origin = 'method') = (payment_method_id IS NOT NULL) AND (billing_run_id IS NULL OR origin = 'method')),
        ADD CONSTRAINT direct_payment_held_unsent CHECK (hold_reason IS NULL OR state = 'Pending')`);
    await runner.query(`
      CREATE INDEX direct_payment_of_run ON direct_payment (billing_run_id, id) WHERE billing_run_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX direct_payment_of_method ON direct_payment (payment_method_id, id)
      WHERE payment_method_id IS NOT NULL`);
    await runner.query('DROP TRIGGER direct_payment_stays ON direct_payment');
    await runner.query(`
      CREATE TRIGGER direct_payment_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, charge_id, gateway, gateway_account,
        origin, idempotency_key, payment_method_id, billing_run_id ON direct_payment
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // A run may have charges and no job; a job without a charge is none.
    await runner.query(`
      ALTER TABLE billing_run
        DROP CONSTRAINT billing_run_jobs_tied,
        ADD CONSTRAINT billing_run_jobs_tied CHECK (job_count = 0 OR charge_count > 0)`);
    await runner.query(`
      ALTER TABLE charge_withdrawal
        DROP CONSTRAINT charge_withdrawal_reason_known,
        ADD CONSTRAINT charge_withdrawal_reason_known CHECK (reason IN ('canceled', 'ending', 'ended', 'paused',
          'period-over', 'product-inactive', 'method-ended', 'run-rejected'))`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION refuse_late_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM settlement WHERE charge_id = NEW.charge_id)
          OR NOT EXISTS (
            SELECT FROM charge JOIN bulk_payment_job ON bulk_payment_job.id = charge.bulk_payment_job_id
            WHERE charge.id = NEW.charge_id AND submission_started_at IS NULL
            UNION ALL
            SELECT FROM direct_payment WHERE charge_id = NEW.charge_id AND sent_at IS NULL)
        THEN
          RAISE EXCEPTION 'charge % was sent: it can''t be withdrawn', NEW.charge_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_withdrawal_of_the_unsent';
        END IF;
        RETURN NEW;
      END
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
