import { BILLING_WAKE_CHANNEL } from '../platform/database';
import type { CountedArrival } from './arrival';

/** The scheduler's step that a message of a job is due for once it is stored. */
export const VERIFY_STEP = 'verify-notification';
/** The same of a message about a payment. */
export const LOOK_STEP = 'look-into-message';

/**
 * Stores a batch in one statement: new messages as Received, due at once; known ones counted; rejected ones sent again
 * back to Received with an entry of their history; ones given up due again. Wakes the scheduler when anything is due.
 *
 * What was sent to an account that is none of its gateway's is not stored; it is told by its place in the batch.
 *
 * Rows are inserted in the order of their keys, so that two replicas with the same messages wait for one another
 * instead of deadlocking. `reopened_at_repeat` equals the counter only when this very statement reopened the row: what
 * RETURNING shows is the row after the update, and the state before it can't be read there before PostgreSQL 18.
 */
export const STORE_ARRIVALS = `
WITH incoming AS (
  SELECT
    place, gateway, account IS NOT NULL AS is_addressed,
    (SELECT id FROM gateway_account WHERE id = account AND gateway_account.gateway = arrival.gateway) AS account,
    decode(key, 'hex') AS message_key, decode(token_hash, 'hex') AS callback_token_hash, notify_version, event, status,
    gateway_job_id, order_no, decode(secret_hash, 'hex') AS secret_hash, update_time, other_members, signed_headers,
    decode(body, 'base64') AS raw_body, content_type, source_address, received_at, repeats
  FROM json_to_recordset($1::json) AS arrival (
    place integer, gateway text, account text, key text, token_hash text, notify_version text, event text, status text,
    gateway_job_id text, order_no text, secret_hash text, update_time text, other_members jsonb, signed_headers jsonb, body text, content_type text,
    source_address text, received_at timestamptz, repeats integer)
), stored AS (
  INSERT INTO notification AS known (
    gateway, gateway_account, message_key, callback_token_hash, notify_version, event, status, gateway_job_id, order_no,
    secret_hash, update_time, other_members, signed_headers, raw_body, content_type, source_address, received_at, last_received_at,
    repeat_count, state, next_attempt_at)
  SELECT
    gateway, account, message_key, callback_token_hash, notify_version, event, status, gateway_job_id, order_no,
    secret_hash, update_time, other_members, signed_headers, raw_body, content_type, source_address, received_at, received_at,
    repeats, 'Received', received_at
  FROM incoming
  WHERE account IS NOT NULL OR NOT is_addressed
  ORDER BY message_key, gateway
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
  RETURNING id, gateway, next_attempt_at, last_received_at, repeat_count, reopened_at_repeat
), history AS (
  INSERT INTO notification_history (notification_id, from_state, to_state, cause, actor, at)
  SELECT id, 'Rejected', 'Received', 'send-again', 'listener', last_received_at
  FROM stored
  WHERE reopened_at_repeat = repeat_count
)
SELECT
  ARRAY(SELECT place FROM incoming WHERE is_addressed AND account IS NULL) AS "toNobody",
  (SELECT count(pg_notify('${BILLING_WAKE_CHANNEL}', step)) FROM (
    SELECT DISTINCT CASE gateway WHEN 'tstore' THEN '${VERIFY_STEP}' ELSE '${LOOK_STEP}' END AS step
    FROM stored WHERE next_attempt_at <= last_received_at) AS due) AS woken`;

/**
 * The batch as the statement's one parameter. JSON, because the driver takes twice as long to write thirteen arrays, and
 * this is the thread that answers PNS.
 */
export function arrivalParameters(batch: readonly CountedArrival[]): [string] {
  return [JSON.stringify(batch.map(rowOf))];
}

function rowOf({ arrival, repeats }: CountedArrival, place: number): Record<string, unknown> {
  const { members, about } = arrival;
  return {
    place,
    gateway: arrival.gateway,
    account: arrival.gatewayAccount ?? undefined,
    key: arrival.key.toString('hex'),
    token_hash: arrival.callbackTokenHash?.toString('hex'),
    notify_version: members.notifyVersion,
    event: members.event,
    status: members.status,
    gateway_job_id: members.gatewayJobId,
    order_no: about?.orderNo ?? undefined,
    secret_hash: about?.secretHash?.toString('hex'),
    update_time: members.updateTime,
    other_members: arrival.otherMembers ?? undefined,
    signed_headers: arrival.signedHeaders ?? undefined,
    body: arrival.body.toString('base64'),
    content_type: arrival.contentType,
    source_address: arrival.sourceAddress,
    received_at: arrival.receivedAt,
    repeats,
  };
}
