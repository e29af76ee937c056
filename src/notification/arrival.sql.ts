import type { CountedArrival } from './arrival';

/** The channel on which a new notification wakes the scheduler. */
export const WAKE_CHANNEL = 'billing_wake';

/**
 * Stores a batch in one statement: new messages as Received, due at once; known ones counted; rejected ones sent again
 * back to Received with an entry of their history; ones given up due again. Wakes the scheduler when anything is due.
 *
 * Rows are inserted in the order of their keys, so that two replicas with the same messages wait for one another
 * instead of deadlocking. `reopened_at_repeat` equals the counter only when this very statement reopened the row: what
 * RETURNING shows is the row after the update, and the state before it can't be read there before PostgreSQL 18.
 */
export const STORE_ARRIVALS = `
WITH incoming AS (
  SELECT * FROM unnest(
    $1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[],
    $10::text[], $11::text[], $12::timestamptz[], $13::integer[]
  ) AS arrival (
    message_key, callback_token_hash, notify_version, event, status, gateway_job_id, update_time, other_members,
    raw_body, content_type, source_address, received_at, repeats)
), stored AS (
  INSERT INTO notification AS known (
    message_key, callback_token_hash, notify_version, event, status, gateway_job_id, update_time, other_members,
    raw_body, content_type, source_address, received_at, last_received_at, repeat_count, state, next_attempt_at)
  SELECT
    message_key, callback_token_hash, notify_version, event, status, gateway_job_id, update_time, other_members,
    raw_body, content_type, source_address, received_at, received_at, repeats, 'Received', received_at
  FROM incoming
  ORDER BY message_key
  ON CONFLICT ON CONSTRAINT notification_message_once DO UPDATE SET
    repeat_count = known.repeat_count + 1 + excluded.repeat_count,
    last_received_at = greatest(known.last_received_at, excluded.last_received_at),
    state = CASE known.state WHEN 'Rejected' THEN 'Received' ELSE known.state END,
    rejected_at = NULL,
    result_code = CASE known.state WHEN 'Rejected' THEN NULL ELSE known.result_code END,
    result_message = CASE known.state WHEN 'Rejected' THEN NULL ELSE known.result_message END,
    reopened_at_repeat = CASE known.state
      WHEN 'Rejected' THEN known.repeat_count + 1 + excluded.repeat_count ELSE known.reopened_at_repeat END,
    attempts = CASE WHEN known.state = 'Rejected' OR known.given_up_at IS NOT NULL THEN 0 ELSE known.attempts END,
    next_attempt_at = CASE
      WHEN known.state = 'Rejected' OR known.given_up_at IS NOT NULL THEN excluded.next_attempt_at
      ELSE known.next_attempt_at END,
    given_up_at = NULL
  RETURNING id, next_attempt_at, last_received_at, repeat_count, reopened_at_repeat
), history AS (
  INSERT INTO notification_history (notification_id, from_state, to_state, cause, actor, at)
  SELECT id, 'Rejected', 'Received', 'send-again', 'listener', last_received_at
  FROM stored
  WHERE reopened_at_repeat = repeat_count
)
SELECT pg_notify('${WAKE_CHANNEL}', 'notification')
WHERE EXISTS (SELECT FROM stored WHERE next_attempt_at <= last_received_at)`;

/** The columns of a batch, one array each, in the order of the statement's parameters. */
export function arrivalParameters(batch: readonly CountedArrival[]): unknown[] {
  const column = <Value>(read: (counted: CountedArrival) => Value): Value[] => batch.map(read);
  return [
    column(({ arrival }) => arrival.key),
    column(({ arrival }) => arrival.callbackTokenHash),
    column(({ arrival }) => arrival.members.notifyVersion),
    column(({ arrival }) => arrival.members.event),
    column(({ arrival }) => arrival.members.status),
    column(({ arrival }) => arrival.members.gatewayJobId),
    column(({ arrival }) => arrival.members.updateTime),
    column(({ arrival }) => (arrival.otherMembers === null ? null : JSON.stringify(arrival.otherMembers))),
    column(({ arrival }) => arrival.body),
    column(({ arrival }) => arrival.contentType),
    column(({ arrival }) => arrival.sourceAddress),
    column(({ arrival }) => arrival.receivedAt),
    column(({ repeats }) => repeats),
  ];
}
