import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A run far beyond the usual waits for a person, its jobs held. That a held job is not sent is a CHECK, so that no
 * replica, old or new, can send one. A failed job is billed again at most once, by a job of its own.
 */
export class BillingRunGuard1763700000502 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE billing_run
        ADD state text NOT NULL DEFAULT 'Planned',
        ADD confirmation_reason text,
        ADD decided_at timestamptz,
        ADD CONSTRAINT billing_run_state_known
          CHECK (state IN ('Planned', 'AwaitingConfirmation', 'Confirmed', 'Rejected')),
        ADD CONSTRAINT billing_run_unusual_has_reason CHECK ((state = 'Planned') = (confirmation_reason IS NULL)),
        ADD CONSTRAINT billing_run_decided_tied
          CHECK ((state IN ('Confirmed', 'Rejected')) = (decided_at IS NOT NULL))`);
    await runner.query(`
      CREATE TABLE billing_run_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        billing_run_id bigint NOT NULL CONSTRAINT billing_run_history_run REFERENCES billing_run (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX billing_run_history_of ON billing_run_history (billing_run_id, id)`);
    await runner.query(`
      CREATE TRIGGER billing_run_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_run_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD hold_reason text,
        ADD rebill_of_job_id bigint CONSTRAINT bulk_payment_job_rebill_of REFERENCES bulk_payment_job (id),
        ADD billing_group text NOT NULL DEFAULT '',
        ADD CONSTRAINT bulk_payment_job_held_is_not_sent
          CHECK (hold_reason IS NULL OR submission_started_at IS NULL),
        ADD CONSTRAINT bulk_payment_job_rebilled_once UNIQUE (rebill_of_job_id)`);
    await runner.query(
      `CREATE INDEX bulk_payment_job_of_run ON bulk_payment_job (billing_run_id) WHERE billing_run_id IS NOT NULL`,
    );
    await runner.query(`
      ALTER TABLE product ADD billing_group text NOT NULL DEFAULT '',
        ADD CONSTRAINT product_billing_group_short CHECK (length(billing_group) <= 40)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
