import { GIVEN_BACK_SQL } from '../../charge';

/** What stops the line, as SELECTs of violations: none has a row, ever. A new check is one more of these. */

/**
 * An order number that took money more than once: the result of job `$1` has several paid lines with transactions of
 * their own for it, or a paid line for an order that another of our jobs or another gateway has. `$2` is the code of a paid line.
 *
 * It parks the customer's subscription, which goes on costing money every month; a charge of an uploaded file has none,
 * so its job is parked.
 */
export const CHARGED_TWICE_SQL = `
  SELECT 'charged-twice' AS kind,
    CASE WHEN charge.subscription_id IS NULL THEN $1::bigint END AS bulk_payment_job_id, charge.subscription_id,
    format('order %s has %s payments in the result of job %s', charge.order_no, payments.count, $1::bigint) AS violation,
    jsonb_build_object('orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', charge.amount,
      'resultOfJobId', $1::bigint::text, 'transactionIds', payments.transaction_ids) AS evidence
  FROM (
    SELECT order_no, count(DISTINCT transaction_id), jsonb_agg(DISTINCT transaction_id) AS transaction_ids
    FROM (
      SELECT order_no, found ->> 'transactionId' AS transaction_id FROM discrepancy
      WHERE bulk_payment_job_id = $1 AND found ->> 'resultCode' = $2 AND found ->> 'transactionId' IS NOT NULL
        AND kind IN ('duplicate', 'unknown-order')
    ) AS paid_lines
    GROUP BY order_no) AS payments
  JOIN charge ON charge.order_no = payments.order_no
  WHERE payments.count > 1 OR charge.bulk_payment_job_id IS DISTINCT FROM $1`;

/**
 * A subscription's period that was paid more than once; looks at the settlement log behind position `$1` up to `$2`.
 *
 * It takes a second charge of the period, which is a later attempt, or a second entry of the charge, were its unique key
 * gone. Indexes tell of either, so that only such periods are joined: a third of the work.
 */
export const PERIOD_PAID_TWICE_SQL = `
  SELECT 'period-paid-twice' AS kind, NULL::bigint AS bulk_payment_job_id, seen.subscription_id,
    format('subscription %s paid %s times for the period from %s', seen.subscription_id, count(*), seen.period_start_on)
      AS violation,
    jsonb_build_object('periodStartOn', seen.period_start_on, 'payments', jsonb_agg(jsonb_build_object(
      'orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', paid.amount,
      'transactionId', paid.transaction_id, 'position', paid.position::text) ORDER BY paid.position)) AS evidence
  FROM (
    SELECT DISTINCT subscription_id, period_start_on FROM settlement
    WHERE position > $1 AND position <= $2 AND kind = 'paid' AND subscription_id IS NOT NULL
      AND ((SELECT count(*) FROM charge AS later
          WHERE later.subscription_id = settlement.subscription_id
            AND later.period_start_on = settlement.period_start_on AND later.attempt > 1) > 0
        OR (SELECT count(*) FROM settlement AS entry
          WHERE entry.charge_id = settlement.charge_id AND entry.refund_id IS NULL) > 1)) AS seen
  JOIN charge ON charge.subscription_id = seen.subscription_id AND charge.period_start_on = seen.period_start_on
  JOIN settlement AS paid ON paid.charge_id = charge.id AND paid.refund_id IS NULL AND paid.kind = 'paid'
  GROUP BY seen.subscription_id, seen.period_start_on
  HAVING count(*) > 1`;

/** A charge of which more was given back than was paid; looks at the settlement log behind position `$1` up to `$2`. */
export const REFUNDED_TOO_MUCH_SQL = `
  SELECT 'refunded-too-much' AS kind,
    CASE WHEN charge.subscription_id IS NULL THEN charge.bulk_payment_job_id END AS bulk_payment_job_id,
    charge.subscription_id,
    format('order %s: %s won given back of %s won paid', charge.order_no, given_back.amount, paid.amount) AS violation,
    jsonb_build_object('orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'paid', paid.amount,
      'refunds', given_back.entries) AS evidence
  FROM (
    SELECT DISTINCT charge_id FROM settlement
    WHERE position > $1 AND position <= $2 AND refund_id IS NOT NULL) AS seen
  JOIN charge ON charge.id = seen.charge_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS amount FROM settlement
    WHERE charge_id = seen.charge_id AND refund_id IS NULL AND kind = 'paid') AS paid
  CROSS JOIN LATERAL (
    SELECT sum(${GIVEN_BACK_SQL}) AS amount, jsonb_agg(jsonb_build_object('refundId', refund_id::text, 'amount', ${GIVEN_BACK_SQL},
      'position', position::text) ORDER BY position) AS entries
    FROM settlement WHERE charge_id = seen.charge_id AND refund_id IS NOT NULL) AS given_back
  WHERE given_back.amount > paid.amount`;

const inSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function columnsOf(names: readonly string[], prefix = ''): string {
  return names.map((name) => `${prefix}${inSnakeCase(name)}_count, ${prefix}${inSnakeCase(name)}_amount`).join(', ');
}

function membersOf(names: readonly string[], prefix = ''): string {
  return names.map((name) => `'${name}', jsonb_build_array(${columnsOf([name], prefix)})`).join(', ');
}

const WORDS = ['paid', 'declined', 'accepted as paid', 'accepted as declined', 'closed']
  .map((words) => `%s ${words} (%s won)`)
  .join(', ');
const NUMBERS = ['paid', 'declined', 'acceptedPaid', 'acceptedDeclined', 'closed'] as const;

/** The settled job `$1`, if its numbers don't add up, or are not those of its charges and of the settlement log; those people decided too. */
export const NUMBERS_DIFFER_SQL = `
  SELECT 'numbers-differ' AS kind, job_id AS bulk_payment_job_id, NULL::bigint AS subscription_id,
    format('job %s: by charges and settlement log %s charges (%s won) with ${WORDS}, where it says %s (%s won) with ${WORDS}, %s (%s won) missing, %s (%s won) quarantined, %s (%s won) of these open',
      job_id, charged_count, charged_amount, ${columnsOf(NUMBERS, 'logged_')}, line_count, total_amount, ${columnsOf(NUMBERS)},
      ${columnsOf(['missing', 'quarantined', 'open'])}) AS violation,
    jsonb_build_object('stated', jsonb_build_object('requested', jsonb_build_array(line_count, total_amount),
        ${membersOf([...NUMBERS, 'missing', 'quarantined', 'open'])}),
      'found', jsonb_build_object('requested', jsonb_build_array(charged_count, charged_amount),
        ${membersOf(NUMBERS, 'logged_')})) AS evidence
  FROM job_numbers WHERE job_id = $1 AND NOT balanced`;
