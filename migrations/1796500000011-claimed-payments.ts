import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A refund keeps which other orders claimed its payment when it was asked for; such a one waits for a second person. */
export class ClaimedPayments1796500000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE refund
        ADD claimed_by text[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT refund_claimed_is_held CHECK (cardinality(claimed_by) = 0 OR hold_reason IS NOT NULL)`);
    await runner.query(`
      CREATE TRIGGER refund_claims_stay BEFORE UPDATE OF claimed_by ON refund
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
