import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A gateway repeats what it answered under a key, so a payment that was answered and not taken goes again under another. */
export class AnotherKey1796600000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER direct_payment_stays ON direct_payment');
    await runner.query(`
      CREATE TRIGGER direct_payment_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, charge_id, gateway, gateway_account,
        origin, payment_method_id, billing_run_id ON direct_payment
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER direct_payment_key_stays BEFORE UPDATE OF idempotency_key ON direct_payment
      FOR EACH ROW WHEN (OLD.state <> 'Sending' AND OLD.idempotency_key IS DISTINCT FROM NEW.idempotency_key)
      EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
