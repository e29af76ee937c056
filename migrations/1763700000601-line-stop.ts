import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the service found wrong with money, by its own checks. While a stop is open, the job or subscription it parks
 * moves no more money. A violation is raised once for ever, whichever replica sees it and however often.
 */
export class LineStop1763700000601 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE line_stop (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL,
        state text NOT NULL DEFAULT 'Open',
        bulk_payment_job_id bigint CONSTRAINT line_stop_job REFERENCES bulk_payment_job (id),
        subscription_id bigint CONSTRAINT line_stop_subscription REFERENCES subscription (id),
        violation text NOT NULL,
        evidence jsonb NOT NULL,
        raised_at timestamptz NOT NULL,
        told_at timestamptz,
        resolved_at timestamptz,
        resolved_by text,
        resolution_reason text,
        CONSTRAINT line_stop_kind_known
          CHECK (kind IN ('charged-twice', 'period-paid-twice', 'numbers-differ', 'gateway-contradicts')),
        CONSTRAINT line_stop_state_known CHECK (state IN ('Open', 'Resolved')),
        CONSTRAINT line_stop_parks_one CHECK (num_nonnulls(bulk_payment_job_id, subscription_id) = 1),
        CONSTRAINT line_stop_resolved_tied CHECK ((state = 'Resolved') = (resolved_at IS NOT NULL)),
        CONSTRAINT line_stop_resolution_whole
          CHECK (num_nonnulls(resolved_at, resolved_by, resolution_reason) IN (0, 3)),
        CONSTRAINT line_stop_violation_once UNIQUE (kind, violation)
      )`);
    await runner.query(
      `CREATE INDEX line_stop_of_job ON line_stop (bulk_payment_job_id) WHERE bulk_payment_job_id IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX line_stop_of_subscription ON line_stop (subscription_id) WHERE subscription_id IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX line_stop_open ON line_stop (id) WHERE state = 'Open'`);
    await runner.query(`CREATE INDEX line_stop_untold ON line_stop (id) WHERE told_at IS NULL`);
    // A job that is not sent yet waits also for a job it bills again, and for the subscriptions among its charges: one
    // line can't be taken out of a file that is counted and sealed.
    await runner.query(`
      CREATE FUNCTION line_stop_of_job(of_job_id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        WITH RECURSIVE lineage AS (
          SELECT id, state, rebill_of_job_id FROM bulk_payment_job WHERE id = of_job_id
          UNION ALL
          SELECT earlier.id, lineage.state, earlier.rebill_of_job_id
          FROM lineage JOIN bulk_payment_job AS earlier ON earlier.id = lineage.rebill_of_job_id
          WHERE lineage.state = 'Created')
        SELECT min(stop.id) FROM line_stop AS stop
        WHERE stop.state = 'Open' AND (
          stop.bulk_payment_job_id IN (SELECT id FROM lineage)
          OR EXISTS (
            SELECT FROM charge JOIN lineage ON lineage.id = charge.bulk_payment_job_id
            WHERE charge.subscription_id = stop.subscription_id
              AND lineage.id = of_job_id AND lineage.state = 'Created'))
      $$`);
    // How far the settlement log is checked, and when a job's numbers were held against it.
    await runner.query(`
      CREATE TABLE settlement_check (
        id boolean PRIMARY KEY DEFAULT true,
        position bigint NOT NULL DEFAULT 0,
        CONSTRAINT settlement_check_is_one CHECK (id)
      )`);
    await runner.query(`INSERT INTO settlement_check DEFAULT VALUES`);
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD numbers_checked_at timestamptz,
        ADD CONSTRAINT bulk_payment_job_checks_settled CHECK (numbers_checked_at IS NULL OR settled_at IS NOT NULL)`);
    await runner.query(`
      CREATE INDEX bulk_payment_job_settled ON bulk_payment_job (settled_at) WHERE settled_at IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
