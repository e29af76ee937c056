import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Charges that are not wanted any more before anything of them was sent (docs/decisions/0042). Each is one row beside its charge,
 * which stays as it was made; what is on its way, or has an end, can't be withdrawn.
 */
export class WithdrawnCharges1795600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE charge_withdrawal (
        charge_id bigint PRIMARY KEY CONSTRAINT charge_withdrawal_charge REFERENCES charge (id),
        subscription_id bigint NOT NULL CONSTRAINT charge_withdrawal_subscription REFERENCES subscription (id),
        reason text NOT NULL,
        withdrawn_at timestamptz NOT NULL,
        CONSTRAINT charge_withdrawal_reason_known CHECK (
          reason IN ('canceled', 'ending', 'ended', 'paused', 'period-over', 'product-inactive'))
      )`);
    await runner.query('CREATE INDEX charge_withdrawal_of ON charge_withdrawal (subscription_id)');
    await runner.query(`
      CREATE TRIGGER charge_withdrawal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_withdrawal
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE FUNCTION refuse_late_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM settlement WHERE charge_id = NEW.charge_id)
          OR NOT EXISTS (
            SELECT FROM charge JOIN bulk_payment_job ON bulk_payment_job.id = charge.bulk_payment_job_id
            WHERE charge.id = NEW.charge_id AND submission_started_at IS NULL)
        THEN
          RAISE EXCEPTION 'charge % was sent: it can''t be withdrawn', NEW.charge_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_withdrawal_of_the_unsent';
        END IF;
        RETURN NEW;
      END
      $$`);
    await runner.query(`
      CREATE TRIGGER charge_withdrawal_of_the_unsent BEFORE INSERT ON charge_withdrawal
      FOR EACH ROW EXECUTE FUNCTION refuse_late_withdrawal()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
