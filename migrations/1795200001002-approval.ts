import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits for a second person, whatever it is; that it is another one than who asked is a CHECK as well. */
export class Approval1795200001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE approval (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL,
        subject_id bigint NOT NULL,
        act jsonb NOT NULL,
        summary text NOT NULL,
        because text NOT NULL,
        count integer,
        amount bigint,
        state text NOT NULL,
        requested_by text NOT NULL,
        requested_by_owner text NOT NULL,
        requested_by_key_id bigint CONSTRAINT approval_requested_by_key REFERENCES api_key (id),
        reason text,
        requested_at timestamptz NOT NULL,
        expires_at timestamptz,
        decided_by text,
        decided_by_owner text,
        decided_by_key_id bigint CONSTRAINT approval_decided_by_key REFERENCES api_key (id),
        decision_reason text,
        decided_at timestamptz,
        CONSTRAINT approval_kind_known CHECK (kind IN
          ('refund', 'refund-doubt', 'billing-run', 'upload', 'job-doubt', 'discrepancy')),
        CONSTRAINT approval_state_known CHECK (state IN ('Waiting', 'Approved', 'Rejected', 'Withdrawn', 'Expired')),
        CONSTRAINT approval_decided_tied CHECK ((state = 'Waiting') = (decided_at IS NULL)),
        CONSTRAINT approval_decision_whole CHECK (num_nonnulls(decided_at, decided_by, decision_reason) IN (0, 3)),
        CONSTRAINT approval_approved_by_somebody CHECK (state <> 'Approved' OR decided_by_owner IS NOT NULL),
        CONSTRAINT approval_approved_by_another_owner
          CHECK (state <> 'Approved' OR decided_by_owner <> requested_by_owner),
        CONSTRAINT approval_approved_with_another_key
          CHECK (state <> 'Approved' OR decided_by_key_id <> requested_by_key_id),
        CONSTRAINT approval_expires_later CHECK (expires_at > requested_at),
        CONSTRAINT approval_approved_in_time CHECK (state <> 'Approved' OR decided_at < expires_at)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX approval_waiting_once ON approval (kind, subject_id) WHERE state = 'Waiting'`,
    );
    await runner.query(`CREATE INDEX approval_of_subject ON approval (kind, subject_id, id)`);
    await runner.query(`
      CREATE TRIGGER approval_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, kind, subject_id, act, summary, because,
        count, amount, requested_by, requested_by_owner, requested_by_key_id, reason, requested_at, expires_at ON approval
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE approval_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        approval_id bigint NOT NULL CONSTRAINT approval_history_approval REFERENCES approval (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX approval_history_of ON approval_history (approval_id, id)`);
    await runner.query(`
      CREATE TRIGGER approval_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await takeOver(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** What waits for a person at this moment goes on waiting, as an approval; it never expires, as nobody was told that it would. */
async function takeOver(runner: QueryRunner): Promise<void> {
  await runner.query(`
    WITH waiting AS (
      SELECT 'refund' AS kind, refund.id AS subject_id,
        'Send a refund of ' || refund.amount || ' won of ' || charge.order_no AS summary,
        refund.hold_reason AS because, 1 AS count, refund.amount, refund.requested_by,
        refund.requested_by_owner AS owner, refund.reason, refund.requested_at
      FROM refund JOIN charge ON charge.id = refund.charge_id WHERE refund.state = 'AwaitingRelease'
      UNION ALL
      SELECT 'billing-run', run.id, 'Send the jobs of the billing run of ' || run.billing_date,
        run.confirmation_reason, run.charge_count, run.total_amount, opened.actor,
        CASE opened.actor WHEN 'bootstrap key' THEN 'bootstrap' ELSE opened.actor END, NULL, run.planned_at
      FROM billing_run AS run
      CROSS JOIN LATERAL (
        SELECT actor FROM billing_run_history WHERE billing_run_id = run.id ORDER BY id LIMIT 1) AS opened
      WHERE run.state = 'AwaitingConfirmation'),
    taken AS (
      INSERT INTO approval (kind, subject_id, act, summary, because, count, amount, state, requested_by, requested_by_owner,
        requested_by_key_id, reason, requested_at)
      SELECT waiting.kind, waiting.subject_id, '{}', waiting.summary, waiting.because, waiting.count, waiting.amount,
        'Waiting', waiting.requested_by, coalesce(key.owner, waiting.owner), key.id, waiting.reason, waiting.requested_at
      FROM waiting
      LEFT JOIN api_key AS key ON key.id = substring(waiting.requested_by FROM '\\(key ([1-9][0-9]{0,17})\\)$')::bigint
      RETURNING id, because, requested_by, requested_at)
    INSERT INTO approval_history (approval_id, to_state, cause, actor, reason, at)
    SELECT id, 'Waiting', 'asked for', requested_by, because, requested_at FROM taken ORDER BY id`);
}
