import { TAKEN_ORDER_NOS_SQL } from '../charge';
import { PARKED_SUBSCRIPTION_SQL } from '../line-stop';
import { CHARGED_AMOUNTS_SQL } from '../subscription';
import { DUE_SUBSCRIPTION_SQL } from './due-subscriptions.sql';
import { unpaidSql } from './unpaid.sql';

/**
 * A later attempt at a declined period, whose day has come and whose customer has not asked to end. The latest one must
 * have its result: while it is on its way, none is made. Nor while an earlier one may be paid yet, because its job came back or
 * T store was heard to have it. And what another gateway was asked for is no line to repeat.
 */
const RETRY_DUE_SQL = `subscription.retry_on <= $1 AND subscription.state = 'PastDue' AND product.active
  AND latest.bulk_payment_job_id IS NOT NULL AND NOT subscription.cancel_at_period_end
  AND NOT ${PARKED_SUBSCRIPTION_SQL}
  AND (subscription.ends_on IS NULL OR subscription.next_billing_on < subscription.ends_on)
  AND EXISTS (SELECT FROM settlement WHERE settlement.charge_id = latest.id AND settlement.refund_id IS NULL)
  AND NOT EXISTS (
    SELECT FROM charge AS attempt
    WHERE attempt.subscription_id = subscription.id AND attempt.period_start_on = subscription.next_billing_on
      AND NOT ${unpaidSql('attempt')})`;

/** The latest attempt at the period `subscription` is to be billed for; what it asked is asked again. */
const LATEST_ATTEMPT_SQL = `LATERAL (
  SELECT charge.* FROM charge
  WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on
  ORDER BY charge.attempt DESC LIMIT 1)`;

/**
 * The number of an attempt over `subscription`: what it would be, and one more for each order number that somebody else has
 * used and a person has let it go past, by resolving the line stop which that was.
 *
 * @param attempt SQL of what it would be
 */
export function freeAttemptSql(attempt: string): string {
  return `(${attempt} + CASE WHEN subscription.id IN (SELECT subscription_id FROM (${TAKEN_ORDER_NOS_SQL}) AS taken) THEN (
    SELECT count(*) FROM (${TAKEN_ORDER_NOS_SQL}) AS taken
    WHERE taken.order_no LIKE format('B%s-%s-%%', to_char(subscription.next_billing_on::timestamp, 'YYYYMMDD'), subscription.id)
      AND split_part(taken.order_no, '-', 3)::int >= ${attempt}
      AND EXISTS (
        SELECT FROM line_stop
        WHERE line_stop.subscription_id = subscription.id AND line_stop.kind = 'unbillable'
          AND line_stop.state = 'Resolved' AND line_stop.evidence ->> 'orderNo' = taken.order_no)) ELSE 0 END)::smallint`;
}

/**
 * What is to be charged on the billing date `$1`: subscription_id, state, next_billing_on, billing_token_hash,
 * gateway_account, billing_group, store_product_id, product_name, the four amounts, attempt.
 *
 * A later attempt repeats product and price of the first one, because a period has one price; the billing token is the
 * customer's present one, because a bad one is what is often replaced after a decline.
 *
 * They come in the order of LINE_ORDER_SQL, because that is how the keys lie: a million are found by walking two indexes
 * side by side, and whoever sorts them finds them sorted.
 */
export const DUE_CHARGES_SQL = `
  (SELECT subscription.id AS subscription_id, subscription.state, subscription.next_billing_on,
    subscription.billing_token_hash, product.gateway_account, product.billing_group, product.store_product_id, product.name AS product_name,
    ${CHARGED_AMOUNTS_SQL}, ${freeAttemptSql('1')} AS attempt
  FROM subscription JOIN product ON product.id = subscription.product_id
  WHERE ${DUE_SUBSCRIPTION_SQL}
  ORDER BY subscription.id)
  UNION ALL
  (SELECT subscription.id, subscription.state, subscription.next_billing_on, subscription.billing_token_hash,
    product.gateway_account, product.billing_group, latest.store_product_id, latest.product_name, latest.amount, latest.carrier_amount,
    latest.credit_card_amount, latest.tmembership_amount, ${freeAttemptSql('(latest.attempt + 1)')}
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
