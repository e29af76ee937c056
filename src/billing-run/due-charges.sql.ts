import { maybePaidSql } from '../bulk-payment';
import { TAKEN_ORDER_NOS_SQL, withdrawnSql } from '../charge';
import { PARKED_SUBSCRIPTION_SQL } from '../line-stop';
import { CHARGED_AMOUNTS_SQL } from '../subscription';
import { CHARGEABLE_SQL, DUE_SUBSCRIPTION_SQL } from './due-subscriptions.sql';
import { unpaidSql } from './rebill/unpaid.sql';

const SINCE_YESTERDAY = `($1::date - 1)::timestamp AT TIME ZONE 'Asia/Seoul'`;

/**
 * A later attempt at a declined period, whose day has come and whose customer has not asked to end. The latest one must
 * have its result: while it is on its way, none is made. Nor while an earlier one may be paid yet, because its job came back or
 * T store was heard to have it, or because T store was not asked since yesterday for a payment that was named for one which
 * people ended unpaid. What another gateway was asked for is no line to repeat.
 */
const RETRY_DUE_SQL = `subscription.retry_on <= $1 AND subscription.state = 'PastDue' AND product.active
  AND (latest.bulk_payment_job_id IS NOT NULL OR subscription.payment_method_id IS NOT NULL)
  AND NOT subscription.cancel_at_period_end AND NOT ${PARKED_SUBSCRIPTION_SQL} AND ${CHARGEABLE_SQL}
  AND (subscription.ends_on IS NULL OR subscription.next_billing_on < subscription.ends_on)
  AND EXISTS (SELECT FROM settlement WHERE settlement.charge_id = latest.id AND settlement.refund_id IS NULL)
  AND NOT EXISTS (
    SELECT FROM charge AS attempt
    WHERE attempt.subscription_id = subscription.id AND attempt.period_start_on = subscription.next_billing_on
      AND NOT ${withdrawnSql('attempt')}
      AND (NOT ${unpaidSql('attempt')} OR ${maybePaidSql('attempt.id', SINCE_YESTERDAY)}))`;

/** The latest attempt at the period `subscription` is to be billed for that was not withdrawn; what it asked is asked again. */
const LATEST_ATTEMPT_SQL = `LATERAL (
  SELECT charge.* FROM charge
  WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on
    AND NOT ${withdrawnSql('charge')}
  ORDER BY charge.attempt DESC LIMIT 1)`;

/** Behind the attempts at its period that were withdrawn, which a few have; NULL for all others. */
const BEHIND_WITHDRAWN_SQL = `CASE WHEN subscription.id IN (SELECT subscription_id FROM charge_withdrawal) THEN (
  SELECT max(charge.attempt) + 1 FROM charge JOIN charge_withdrawal ON charge_withdrawal.charge_id = charge.id
  WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on) END`;

/**
 * The number of an attempt over `subscription`: what it would be, behind those that were withdrawn, and one more for each order
 * number that somebody else has used and a person has let it go past, by resolving the line stop which that was.
 *
 * @param first SQL of what it would be
 */
export function freeAttemptSql(first: string): string {
  const attempt = `greatest(${first}, ${BEHIND_WITHDRAWN_SQL})`;
  return `(${attempt} + CASE WHEN subscription.id IN (SELECT subscription_id FROM (${TAKEN_ORDER_NOS_SQL}) AS taken) THEN (
    SELECT count(*) FROM (${TAKEN_ORDER_NOS_SQL}) AS taken
    WHERE taken.order_no LIKE format('B%s-%s-%%', to_char(subscription.next_billing_on::timestamp, 'YYYYMMDD'), subscription.id)
      AND split_part(taken.order_no, '-', 3)::int >= ${attempt}
      AND EXISTS (
        SELECT FROM line_stop
        WHERE line_stop.subscription_id = subscription.id AND line_stop.kind = 'unbillable'
          AND line_stop.state = 'Resolved' AND line_stop.evidence ->> 'orderNo' = taken.order_no)) ELSE 0 END)::smallint`;
}

/** Whose account collects: the product's, or that of the payment method, which can be charged by no other. */
const COLLECTED_BY_SQL = `CASE WHEN subscription.payment_method_id IS NULL THEN product.gateway_account ELSE (
  SELECT gateway_account FROM payment_method AS method WHERE method.id = subscription.payment_method_id) END`;

/**
 * What is to be charged on the billing date `$1`: subscription_id, state, next_billing_on, billing_token_hash,
 * payment_method_id, gateway_account, billing_group, store_product_id, product_name, the four amounts, attempt, and whether it would be the first that the
 * subscription pays (is_first).
 *
 * A later attempt repeats product and price of the first one, because a period has one price; the billing token is the
 * customer's present one, because a bad one is what is often replaced after a decline.
 *
 * They come in the order of LINE_ORDER_SQL, because that is how the keys lie: a million are found by walking two indexes
 * side by side, and whoever sorts them finds them sorted.
 */
export const DUE_CHARGES_SQL = `
  (SELECT subscription.id AS subscription_id, subscription.state, subscription.next_billing_on,
    subscription.billing_token_hash, subscription.payment_method_id, ${COLLECTED_BY_SQL} AS gateway_account,
    product.billing_group, product.store_product_id, product.name AS product_name,
    ${CHARGED_AMOUNTS_SQL}, ${freeAttemptSql('1')} AS attempt,
    subscription.paid_through_on IS NULL AS is_first
  FROM subscription JOIN product ON product.id = subscription.product_id
  WHERE ${DUE_SUBSCRIPTION_SQL}
  ORDER BY subscription.id)
  UNION ALL
  (SELECT subscription.id, subscription.state, subscription.next_billing_on, subscription.billing_token_hash,
    subscription.payment_method_id, ${COLLECTED_BY_SQL}, product.billing_group, latest.store_product_id, latest.product_name,
    latest.amount, latest.carrier_amount, latest.credit_card_amount, latest.tmembership_amount, ${freeAttemptSql('(latest.attempt + 1)')},
    subscription.paid_through_on IS NULL
  FROM subscription JOIN product ON product.id = subscription.product_id
  CROSS JOIN ${LATEST_ATTEMPT_SQL} AS latest
  WHERE ${RETRY_DUE_SQL}
  ORDER BY subscription.id)`;

/** In which order they are lines of their job; over `due`. */
export const LINE_ORDER_SQL = 'due.attempt > 1, due.subscription_id';

/**
 * Readable and unique for ever, because subscription, period and attempt are: `B20270131-42-1`; over `due`. A date by itself
 * would be written as the moment it begins in the session's zone, which takes three times as long.
 */
export const ORDER_NO_SQL = `format('B%s-%s-%s', to_char(due.next_billing_on::timestamp, 'YYYYMMDD'), due.subscription_id, due.attempt)`;
