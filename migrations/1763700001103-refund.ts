import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Refunds, each with its fate; what they sum up to a charge, which PostgreSQL keeps and holds below the charge's amount;
 * and the entries they leave in the settlement log.
 */
export class Refund1763700001103 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createRefund(runner);
    await createTotals(runner);
    await letLogTellRefunds(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

async function createRefund(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE refund (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      charge_id bigint NOT NULL CONSTRAINT refund_charge REFERENCES charge (id),
      transaction_id text NOT NULL,
      amount bigint NOT NULL,
      state text NOT NULL,
      reason text NOT NULL,
      reference text,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL,
      hold_reason text,
      released_by text,
      released_at timestamptz,

      sending_id uuid,
      is_full boolean,
      payment_parts jsonb,
      baseline_lookup_id bigint CONSTRAINT refund_baseline REFERENCES transaction_lookup (id),
      sent_at timestamptz,
      doubt text,
      in_doubt_since timestamptz,

      refund_transaction_id text,
      result_code text,
      result_message text,
      ended_at timestamptz,

      lease_id uuid,
      lease_until timestamptz,
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz,
      last_error text,

      CONSTRAINT refund_state_known CHECK (state IN
        ('AwaitingRelease', 'Requested', 'Refunding', 'Unknown', 'Refunded', 'Failed', 'Canceled')),
      CONSTRAINT refund_amount_positive CHECK (amount > 0),
      CONSTRAINT refund_release_whole CHECK ((released_by IS NULL) = (released_at IS NULL)),
      CONSTRAINT refund_release_of_held CHECK (released_at IS NULL OR hold_reason IS NOT NULL),
      CONSTRAINT refund_released_by_second_person CHECK (released_by <> requested_by),
      CONSTRAINT refund_held_waits CHECK (
        (hold_reason IS NOT NULL AND released_at IS NULL) = (state = 'AwaitingRelease') OR state = 'Canceled'),
      CONSTRAINT refund_sending_whole CHECK (num_nonnulls(sending_id, is_full, baseline_lookup_id, sent_at) IN (0, 4)),
      CONSTRAINT refund_sends_parts CHECK (payment_parts IS NULL OR sent_at IS NOT NULL),
      CONSTRAINT refund_sent_tied CHECK (
        CASE WHEN state IN ('AwaitingRelease', 'Requested', 'Canceled') THEN sent_at IS NULL
          WHEN state = 'Failed' THEN true ELSE sent_at IS NOT NULL END),
      CONSTRAINT refund_doubt_whole CHECK ((doubt IS NULL) = (in_doubt_since IS NULL)),
      CONSTRAINT refund_unknown_has_doubt CHECK (state <> 'Unknown' OR doubt IS NOT NULL),
      CONSTRAINT refund_ended_tied CHECK ((state IN ('Refunded', 'Failed', 'Canceled')) = (ended_at IS NOT NULL)),
      CONSTRAINT refund_ended_has_result CHECK (num_nonnulls(ended_at, result_code, result_message) IN (0, 3)),
      CONSTRAINT refund_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL))
    )`);
  await runner.query(
    `CREATE UNIQUE INDEX refund_reference_once ON refund (charge_id, reference) WHERE reference IS NOT NULL`,
  );
  // Two refunds of a charge at once could not be told apart by looking the payment up.
  await runner.query(`CREATE UNIQUE INDEX refund_open_once ON refund (charge_id) WHERE ended_at IS NULL`);
  await runner.query(`CREATE INDEX refund_of_charge ON refund (charge_id, id)`);
  await runner.query(`CREATE INDEX refund_unended ON refund (id) WHERE ended_at IS NULL`);
  await runner.query(`
    CREATE TRIGGER refund_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, charge_id, transaction_id, amount ON refund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  await runner.query(`
    CREATE TABLE refund_history (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      refund_id bigint NOT NULL CONSTRAINT refund_history_refund REFERENCES refund (id),
      from_state text,
      to_state text NOT NULL,
      cause text NOT NULL,
      actor text NOT NULL,
      reason text,
      at timestamptz NOT NULL
    )`);
  await runner.query(`CREATE INDEX refund_history_of ON refund_history (refund_id, id)`);
  await runner.query(`
    CREATE TRIGGER refund_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  await runner.query(`
    CREATE TABLE refund_day (
      day date PRIMARY KEY,
      count integer NOT NULL,
      amount bigint NOT NULL
    )`);
}

/**
 * The running totals are kept by trigger, so that no statement, of whatever version of the service, can refund past the
 * amount: the row of the charge is locked, and its CHECK decides.
 */
async function createTotals(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE refund_total (
      charge_id bigint PRIMARY KEY,
      amount bigint NOT NULL,
      pending_amount bigint NOT NULL,
      refunded_amount bigint NOT NULL,
      CONSTRAINT refund_total_not_negative CHECK (pending_amount >= 0 AND refunded_amount >= 0),
      CONSTRAINT refund_total_within_amount CHECK (pending_amount + refunded_amount <= amount)
    )`);
  await runner.query(`
    CREATE FUNCTION count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE refund_total SET pending_amount = pending_amount - NEW.amount,
          refunded_amount = refunded_amount + CASE NEW.state WHEN 'Refunded' THEN NEW.amount ELSE 0 END
        WHERE charge_id = NEW.charge_id;
        RETURN NULL;
      END IF;
      INSERT INTO refund_total (charge_id, amount, pending_amount, refunded_amount)
      SELECT charge_id, amount, NEW.amount, 0 FROM settlement
      WHERE charge_id = NEW.charge_id AND kind = 'paid' AND transaction_id = NEW.transaction_id AND refund_id IS NULL
      ON CONFLICT (charge_id) DO UPDATE SET pending_amount = refund_total.pending_amount + NEW.amount;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'charge % is not paid by transaction %', NEW.charge_id, NEW.transaction_id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_a_payment';
      END IF;
      RETURN NULL;
    END
    $$`);
  await runner.query(
    `CREATE TRIGGER refund_counted AFTER INSERT ON refund FOR EACH ROW EXECUTE FUNCTION count_refund()`,
  );
  await runner.query(`
    CREATE TRIGGER refund_ended AFTER UPDATE ON refund FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION count_refund()`);
}

/** A charge is settled once, and its refunds follow: each an entry of its own. */
async function letLogTellRefunds(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE settlement
      ADD refund_id bigint,
      DROP CONSTRAINT settlement_charge_once,
      DROP CONSTRAINT settlement_kind_known,
      DROP CONSTRAINT settlement_follows_from_one,
      ADD CONSTRAINT settlement_kind_known CHECK (kind IN ('paid', 'declined', 'refunded', 'partially-refunded')),
      ADD CONSTRAINT settlement_refund_tied CHECK ((refund_id IS NOT NULL) = (kind IN ('refunded', 'partially-refunded'))),
      ADD CONSTRAINT settlement_follows_from_one
        CHECK (num_nonnulls(result_line_number, discrepancy_id, refund_id) = 1)`);
  await runner.query(`CREATE UNIQUE INDEX settlement_charge_once ON settlement (charge_id) WHERE refund_id IS NULL`);
  await runner.query(
    `CREATE UNIQUE INDEX settlement_refund_once ON settlement (refund_id) WHERE refund_id IS NOT NULL`,
  );
  await runner.query(`
    CREATE OR REPLACE VIEW unbalanced_job AS
    SELECT job.id AS job_id, job.submission_started_at, job.paid_count, job.paid_amount, job.declined_count,
      job.declined_amount, logged.*
    FROM bulk_payment_job AS job
    CROSS JOIN LATERAL (
      SELECT
        count(*) FILTER (WHERE settlement.kind = 'paid') AS logged_paid_count,
        coalesce(sum(settlement.amount) FILTER (WHERE settlement.kind = 'paid'), 0) AS logged_paid_amount,
        count(*) FILTER (WHERE settlement.kind = 'declined') AS logged_declined_count,
        coalesce(sum(settlement.amount) FILTER (WHERE settlement.kind = 'declined'), 0) AS logged_declined_amount
      FROM charge JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
      WHERE charge.bulk_payment_job_id = job.id AND settlement.discrepancy_id IS NULL) AS logged
    WHERE job.settled_at IS NOT NULL
      AND (job.paid_count, job.paid_amount, job.declined_count, job.declined_amount)
        IS DISTINCT FROM
        (logged_paid_count, logged_paid_amount, logged_declined_count, logged_declined_amount)`);
}
