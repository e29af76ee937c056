import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reads the settlement log: deliveries of one-time products, and the day's numbers. */
export class SettlementReaders1763700000301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A paid charge of no subscription is a one-time sale: the log marks it for delivery, and this says that it was done.
    await runner.query(`
      CREATE TABLE delivery (
        position bigint PRIMARY KEY CONSTRAINT delivery_of_settlement REFERENCES settlement (position),
        actor text NOT NULL,
        delivered_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TRIGGER delivery_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE INDEX settlement_to_deliver ON settlement (position) WHERE kind = 'paid' AND subscription_id IS NULL`);
    // Each job's numbers add up by CHECK; their sums a day must too, whatever is added to them.
    await runner.query(`
      CREATE VIEW daily_reconciliation AS
      SELECT
        (submission_started_at AT TIME ZONE 'Asia/Seoul')::date AS day,
        count(*)::integer AS jobs,
        sum(line_count) AS requested_count,
        sum(total_amount) AS requested_amount,
        coalesce(sum(paid_count), 0) AS paid_count,
        coalesce(sum(paid_amount), 0) AS paid_amount,
        coalesce(sum(declined_count), 0) AS declined_count,
        coalesce(sum(declined_amount), 0) AS declined_amount,
        coalesce(sum(missing_count), 0) AS missing_count,
        coalesce(sum(missing_amount), 0) AS missing_amount,
        coalesce(sum(quarantined_count), 0) AS quarantined_count,
        coalesce(sum(quarantined_amount), 0) AS quarantined_amount,
        coalesce(sum(line_count) FILTER (WHERE state = 'Failed'), 0) AS failed_count,
        coalesce(sum(total_amount) FILTER (WHERE state = 'Failed'), 0) AS failed_amount,
        coalesce(sum(line_count) FILTER (WHERE state <> 'Failed' AND reconciled_at IS NULL), 0) AS awaited_count,
        coalesce(sum(total_amount) FILTER (WHERE state <> 'Failed' AND reconciled_at IS NULL), 0) AS awaited_amount
      FROM bulk_payment_job
      WHERE submission_started_at IS NOT NULL
      GROUP BY 1`);
    // Settled jobs whose log says something else than they do. Empty, unless somebody changed rows by hand.
    await runner.query(`
      CREATE VIEW unbalanced_job AS
      SELECT job.id AS job_id, job.submission_started_at, job.paid_count, job.paid_amount, job.declined_count,
        job.declined_amount, logged.*
      FROM bulk_payment_job AS job
      CROSS JOIN LATERAL (
        SELECT
          count(*) FILTER (WHERE settlement.kind = 'paid') AS logged_paid_count,
          coalesce(sum(settlement.amount) FILTER (WHERE settlement.kind = 'paid'), 0) AS logged_paid_amount,
          count(*) FILTER (WHERE settlement.kind = 'declined') AS logged_declined_count,
          coalesce(sum(settlement.amount) FILTER (WHERE settlement.kind = 'declined'), 0) AS logged_declined_amount
        FROM charge JOIN settlement ON settlement.charge_id = charge.id
        WHERE charge.bulk_payment_job_id = job.id AND settlement.discrepancy_id IS NULL) AS logged
      WHERE job.settled_at IS NOT NULL
        AND (job.paid_count, job.paid_amount, job.declined_count, job.declined_amount)
          IS DISTINCT FROM
          (logged_paid_count, logged_paid_amount, logged_declined_count, logged_declined_amount)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
