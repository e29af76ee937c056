import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What arrived at the listener, one row a message however often it is sent. The CHECKs tie each state to its
 * timestamps in both directions; a row still Received is either scheduled or visibly given up, never forgotten.
 */
export class Notification1763600000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        message_key bytea NOT NULL,
        callback_token_hash bytea,
        notify_version text,
        event text,
        status text,
        gateway_job_id text,
        update_time text,
        other_members jsonb,
        raw_body bytea NOT NULL,
        content_type text,
        source_address text,
        received_at timestamptz NOT NULL,
        last_received_at timestamptz NOT NULL,
        repeat_count integer NOT NULL,

        state text NOT NULL,
        verified_at timestamptz,
        rejected_at timestamptz,
        result_code text,
        result_message text,
        reopened_at_repeat integer,

        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        given_up_at timestamptz,
        last_error text,
        lease_id uuid,
        lease_until timestamptz,

        CONSTRAINT notification_message_once UNIQUE (message_key),
        CONSTRAINT notification_message_key_is_sha256 CHECK (octet_length(message_key) = 32),
        CONSTRAINT notification_callback_token_hash_is_sha256 CHECK (octet_length(callback_token_hash) = 32),
        CONSTRAINT notification_repeats_counted CHECK (repeat_count >= 0 AND attempts >= 0),
        CONSTRAINT notification_repeats_later CHECK (last_received_at >= received_at),

        CONSTRAINT notification_state_known CHECK (state IN ('Received', 'Verified', 'Rejected')),
        CONSTRAINT notification_verified_tied CHECK ((state = 'Verified') = (verified_at IS NOT NULL)),
        CONSTRAINT notification_rejected_tied CHECK ((state = 'Rejected') = (rejected_at IS NOT NULL)),
        CONSTRAINT notification_received_has_no_answer
          CHECK (state <> 'Received' OR num_nonnulls(result_code, result_message) = 0),
        CONSTRAINT notification_received_scheduled_or_given_up
          CHECK (num_nonnulls(next_attempt_at, given_up_at) = (state = 'Received')::integer),
        CONSTRAINT notification_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL)),
        CONSTRAINT notification_lease_is_of_scheduled CHECK (lease_id IS NULL OR next_attempt_at IS NOT NULL)
      ) WITH (fillfactor = 80)`);
    await runner.query(
      `CREATE INDEX notification_due ON notification (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX notification_callback_token ON notification (callback_token_hash) WHERE callback_token_hash IS NOT NULL`,
    );
    // Only for messages to the shared address; the others are found by their token, and each index costs the listener.
    // Hash, not B-tree: a stranger may send an id of any length, and a B-tree refuses rows above 2,700 bytes.
    await runner.query(
      `CREATE INDEX notification_gateway_job ON notification USING hash (gateway_job_id) WHERE callback_token_hash IS NULL`,
    );
    await runner.query(`
      CREATE TABLE notification_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        notification_id bigint NOT NULL CONSTRAINT notification_history_notification REFERENCES notification (id),
        from_state text NOT NULL,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX notification_history_of ON notification_history (notification_id, id)`);
    await runner.query(`
      CREATE TRIGGER notification_history_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON notification_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
