/**
 * Whose message is asked about next, in this order:
 *
 * - own-address: sent to the secret address of a job that waits for it. Its gateway alone knows it, so no stranger can come first.
 * - shared-address: with the gateway's id of a waiting job. Anybody may send these; who was caught with one comes last.
 * - unawaited: what no job waits for.
 */
export type ClaimClass = 'own-address' | 'shared-address' | 'unawaited';

export const CLAIM_CLASSES: readonly ClaimClass[] = ['own-address', 'shared-address', 'unawaited'];

/** Any constant will do, as long as nobody else in the database takes the same advisory lock. */
export const CLAIM_LOCK = 7_163_405_120;

/**
 * Takes it until the transaction ends. Whoever freezes while it claims would keep all others from claiming: the server ends
 * such a transaction after five seconds, in which a claim is done a hundred times over.
 */
export const CLAIM_LOCK_SQL = `
  SELECT set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock($1)`;

/** How long a payment rests that was just looked into for a message: what came meanwhile is one question, however much it is. */
const REST = '10 seconds';

/**
 * What is claimed of the messages about payments: the one that has been due longest, of a payment about which nobody asks and of
 * which none was looked into just now. Only under {@link CLAIM_LOCK}.
 *
 * Parameters: now; the gateway; the accounts that may be asked.
 */
export const DUE_ABOUT_PAYMENTS = {
  with: `asked AS MATERIALIZED (
    SELECT gateway_account, order_no FROM notification WHERE lease_until > $1 AND order_no IS NOT NULL)`,
  where: `next_attempt_at <= $1 AND gateway = $2 AND gateway_account = ANY ($3::text[])
    AND NOT EXISTS (SELECT FROM asked WHERE ${isOfPaymentSql('asked')})
    AND NOT EXISTS (
      SELECT FROM notification AS told
      WHERE ${isOfPaymentSql('told')} AND greatest(told.verified_at, told.given_up_at) > $1::timestamptz - interval '${REST}')`,
  orderBy: 'next_attempt_at, id',
} as const;

function isOfPaymentSql(other: string): string {
  return `${other}.order_no = notification.order_no AND ${other}.gateway_account = notification.gateway_account`;
}

const isOfSql = (message: string, job: string): string =>
  `(${message}.callback_token_hash = ${job}.callback_token_hash
    OR ${message}.callback_token_hash IS NULL AND ${message}.gateway_job_id = ${job}.gateway_job_id)`;

const WHOSE: Readonly<Record<ClaimClass, string>> = {
  'own-address': `callback_token_hash IN (SELECT callback_token_hash FROM free)`,
  'shared-address': `callback_token_hash IS NULL AND gateway_job_id IN (SELECT gateway_job_id FROM free)`,
  unawaited: `NOT EXISTS (SELECT FROM awaited WHERE ${isOfSql('notification', 'awaited')})
    AND NOT EXISTS (SELECT FROM asked WHERE ${isOfSql('notification', 'asked')})`,
};

/** Only an order, and no refusal: behind a proxy that nobody named, all senders have one address. */
const WAS_CAUGHT = `EXISTS (
  SELECT FROM notification AS caught
  WHERE caught.state = 'Rejected' AND caught.source_address = notification.source_address)`;

const WAITING_SQL = `
  awaited AS MATERIALIZED (
    SELECT * FROM unnest($2::bytea[], $3::text[], $4::boolean[]) AS job (callback_token_hash, gateway_job_id, may_ask)
  ), asked AS MATERIALIZED (
    SELECT callback_token_hash, gateway_job_id FROM notification WHERE lease_until > $1
  ), free AS MATERIALIZED (
    SELECT * FROM awaited WHERE may_ask AND NOT EXISTS (SELECT FROM asked WHERE ${isOfSql('asked', 'awaited')})
  )`;

const dueOf = (claimClass: ClaimClass, orderBy: string) => ({
  with: WAITING_SQL,
  where: `next_attempt_at <= $1 AND gateway = $5 AND ${WHOSE[claimClass]}`,
  orderBy,
});

/**
 * What is claimed of each class: the message that has been due longest. A job about whose message somebody asks already is
 * not free: its gateway is asked one question a job at a time. Only under {@link CLAIM_LOCK}, so that each claim sees those before it.
 *
 * Parameters: now; the waiting jobs' address hashes, gateway ids and whether they may be asked about, side by side; the
 * gateway whose messages they are.
 */
export const DUE = {
  'own-address': dueOf('own-address', 'next_attempt_at, id'),
  'shared-address': dueOf('shared-address', `${WAS_CAUGHT}, next_attempt_at, id`),
  unawaited: dueOf('unawaited', 'next_attempt_at, id'),
} as const satisfies Record<ClaimClass, unknown>;
