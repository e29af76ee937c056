import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One request file and its fate. The CHECKs tie each state to its timestamps in both directions, so that a row can't
 * claim a state without its evidence, nor carry evidence of a state it does not claim.
 */
export class BulkPaymentJob1763600000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bulk_payment_job (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        state text NOT NULL,
        origin text NOT NULL,
        billing_run_id bigint CONSTRAINT bulk_payment_job_billing_run REFERENCES billing_run (id),
        content_sha256 bytea,
        batch_reference text NOT NULL DEFAULT '',
        merchant_id text NOT NULL,
        line_count integer NOT NULL,
        total_amount bigint NOT NULL,
        created_at timestamptz NOT NULL,

        request_file_name text,
        request_file_sha256 bytea,
        request_file_bytes bigint,
        request_file_written_at timestamptz,

        ver_bulk_pay text,
        bid text,
        notification_url text,
        priority text,
        submitted_line_count integer,
        callback_token_hash bytea,
        submission_started_at timestamptz,
        submission_answered_at timestamptz,
        submission_result_code text,
        submission_result_message text,
        submission_doubt text,
        waiting_jobs integer,
        gateway_job_id text,

        completed_at timestamptz,
        verified_at timestamptz,
        failed_at timestamptz,
        failure_reason text,

        result_file_name text,
        result_file_sha256 bytea,
        result_file_bytes bigint,
        result_line_count integer,
        result_downloaded_at timestamptz,
        result_lines_loaded integer NOT NULL DEFAULT 0,
        result_loaded_at timestamptz,
        reconciled_at timestamptz,
        paid_count integer,
        paid_amount bigint,
        declined_count integer,
        declined_amount bigint,
        missing_count integer,
        missing_amount bigint,
        quarantined_count integer,
        quarantined_amount bigint,
        finding_counts jsonb,
        result_lines_applied integer NOT NULL DEFAULT 0,
        settled_at timestamptz,

        lease_id uuid,
        lease_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        last_error text,

        CONSTRAINT bulk_payment_job_state_known
          CHECK (state IN ('Created', 'Processing', 'Completed', 'VerifiedCompleted', 'Failed')),
        CONSTRAINT bulk_payment_job_origin_known CHECK (origin IN ('upload', 'billing-run')),
        CONSTRAINT bulk_payment_job_upload_has_content CHECK ((origin = 'upload') = (content_sha256 IS NOT NULL)),
        CONSTRAINT bulk_payment_job_run_has_id CHECK ((origin = 'billing-run') = (billing_run_id IS NOT NULL)),
        CONSTRAINT bulk_payment_job_content_once UNIQUE (content_sha256, batch_reference),
        CONSTRAINT bulk_payment_job_not_empty CHECK (line_count > 0 AND total_amount > 0),

        CONSTRAINT bulk_payment_job_request_file_whole CHECK (
          num_nonnulls(request_file_name, request_file_sha256, request_file_bytes, request_file_written_at) IN (0, 4)),
        CONSTRAINT bulk_payment_job_submission_whole CHECK (
          num_nonnulls(submission_started_at, ver_bulk_pay, bid, notification_url, priority, submitted_line_count)
            IN (0, 6)),
        CONSTRAINT bulk_payment_job_sends_a_written_file
          CHECK (submission_started_at IS NULL OR request_file_written_at IS NOT NULL),
        CONSTRAINT bulk_payment_job_sends_every_line CHECK (submitted_line_count = line_count),
        CONSTRAINT bulk_payment_job_callback_token_once UNIQUE (callback_token_hash),
        CONSTRAINT bulk_payment_job_gateway_job_once UNIQUE (gateway_job_id),
        CONSTRAINT bulk_payment_job_gateway_job_was_sent
          CHECK (gateway_job_id IS NULL OR submission_started_at IS NOT NULL),

        CONSTRAINT bulk_payment_job_created_tied
          CHECK ((state = 'Created') = (submission_started_at IS NULL AND failed_at IS NULL)),
        CONSTRAINT bulk_payment_job_completed_tied
          CHECK ((state IN ('Completed', 'VerifiedCompleted')) = (completed_at IS NOT NULL)),
        CONSTRAINT bulk_payment_job_completed_has_gateway_job
          CHECK (completed_at IS NULL OR gateway_job_id IS NOT NULL),
        CONSTRAINT bulk_payment_job_verified_tied CHECK ((state = 'VerifiedCompleted') = (verified_at IS NOT NULL)),
        CONSTRAINT bulk_payment_job_failed_tied CHECK ((state = 'Failed') = (failed_at IS NOT NULL)),
        CONSTRAINT bulk_payment_job_failed_has_reason CHECK ((failed_at IS NULL) = (failure_reason IS NULL)),

        CONSTRAINT bulk_payment_job_result_file_whole CHECK (
          num_nonnulls(result_file_name, result_file_sha256, result_file_bytes, result_line_count,
            result_downloaded_at) IN (0, 5)),
        CONSTRAINT bulk_payment_job_result_was_verified
          CHECK (result_downloaded_at IS NULL OR verified_at IS NOT NULL),
        CONSTRAINT bulk_payment_job_loads_a_result CHECK (result_loaded_at IS NULL OR result_downloaded_at IS NOT NULL),
        CONSTRAINT bulk_payment_job_loaded_every_line
          CHECK (result_loaded_at IS NULL OR result_lines_loaded = result_line_count),
        CONSTRAINT bulk_payment_job_reconciles_loaded CHECK (reconciled_at IS NULL OR result_loaded_at IS NOT NULL),
        CONSTRAINT bulk_payment_job_reconciled_whole CHECK (
          num_nonnulls(reconciled_at, paid_count, paid_amount, declined_count, declined_amount, missing_count,
            missing_amount, quarantined_count, quarantined_amount, finding_counts) IN (0, 10)),
        CONSTRAINT bulk_payment_job_counts_add_up CHECK (
          line_count = paid_count + declined_count + missing_count + quarantined_count),
        CONSTRAINT bulk_payment_job_amounts_add_up CHECK (
          total_amount = paid_amount + declined_amount + missing_amount + quarantined_amount),
        CONSTRAINT bulk_payment_job_applies_within_result CHECK (
          result_lines_applied >= 0 AND result_lines_applied <= coalesce(result_line_count, 0)),
        CONSTRAINT bulk_payment_job_settles_reconciled CHECK (settled_at IS NULL OR reconciled_at IS NOT NULL),
        CONSTRAINT bulk_payment_job_settled_every_line
          CHECK (settled_at IS NULL OR result_lines_applied = result_line_count),

        CONSTRAINT bulk_payment_job_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL))
      ) WITH (fillfactor = 70)`);
    await runner.query(
      `CREATE INDEX bulk_payment_job_open ON bulk_payment_job (id) WHERE settled_at IS NULL AND failed_at IS NULL`,
    );
    await runner.query(`
      CREATE TABLE bulk_payment_job_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id bigint NOT NULL CONSTRAINT bulk_payment_job_history_job REFERENCES bulk_payment_job (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX bulk_payment_job_history_of ON bulk_payment_job_history (job_id, id)`);
    await runner.query(`
      CREATE TRIGGER bulk_payment_job_history_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON bulk_payment_job_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // Result lines wait here between load and settlement, one unlogged table a job: loaded without WAL because the
    // file on disk can always load them again, and dropped in an instant afterwards.
    await runner.query(`CREATE SCHEMA staging`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
