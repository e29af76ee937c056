import { withinSql } from '../platform/database';

/**
 * What may have changed since charges were planned, which is little beside all of them: the subscriptions with an entry in their
 * history, and the products with one in theirs, from the instant `$2` on. So a million charges are not looked at to find a few.
 */
export const CHANGED_SINCE_SQL = `
  changed_subscription AS MATERIALIZED (
    SELECT DISTINCT subscription_id AS id FROM subscription_history
    WHERE ${withinSql({ table: 'subscription_history', key: 'id', time: 'at' }, '$2', undefined).join(' AND ')}),
  changed_product AS MATERIALIZED (
    SELECT DISTINCT store_product_id FROM product JOIN product_history ON product_history.product_id = product.id
    WHERE product_history.at >= $2::timestamptz AND product_history.cause <> 'created'),
  candidate AS MATERIALIZED (
    SELECT charge.id FROM changed_subscription JOIN charge ON charge.subscription_id = changed_subscription.id
    WHERE charge.bulk_payment_job_id = ANY ($1)
    UNION
    SELECT charge.id FROM charge JOIN changed_product USING (store_product_id)
    WHERE charge.bulk_payment_job_id = ANY ($1) AND (SELECT count(*) FROM changed_product) > 0)`;

/**
 * Why a run would not make the `charge` any more, of its `subscription` and its own `product`; NULL while it would. What
 * expired may owe a period from before its end.
 */
const REASON_SQL = `CASE
    WHEN subscription.state = 'Canceled' THEN 'canceled'
    WHEN subscription.state = 'Paused' THEN 'paused'
    WHEN subscription.next_billing_on <> charge.period_start_on THEN 'period-over'
    WHEN subscription.cancel_at_period_end THEN 'ending'
    WHEN subscription.ends_on <= charge.period_start_on THEN 'ended'
    WHEN NOT product.active THEN 'product-inactive'
  END`;

/** The charges of the unsent jobs `$1`, planned at `$2` or later, that are not wanted any more. */
export const UNWANTED_SQL = `
  WITH ${CHANGED_SINCE_SQL}
  SELECT charge.id, charge.order_no, charge.subscription_id, charge.amount, found.reason
  FROM candidate JOIN charge USING (id)
  JOIN subscription ON subscription.id = charge.subscription_id
  JOIN product ON product.store_product_id = charge.store_product_id
  CROSS JOIN LATERAL (SELECT ${REASON_SQL} AS reason) AS found
  WHERE found.reason IS NOT NULL`;

/** Those of the charges `$1`, which are in no job, that are not wanted any more. */
export const UNWANTED_CHARGES_SQL = `
  SELECT charge.id, charge.order_no, charge.subscription_id, charge.amount, found.reason
  FROM charge JOIN subscription ON subscription.id = charge.subscription_id
  JOIN product ON product.store_product_id = charge.store_product_id
  CROSS JOIN LATERAL (SELECT ${REASON_SQL} AS reason) AS found
  WHERE charge.id = ANY ($1::bigint[]) AND found.reason IS NOT NULL`;

/**
 * How many of the same are wanted, and would be planned for another amount now, and by how much that is more. Later attempts
 * are left out: they repeat the price of their period.
 */
export const REPRICED_SQL = `
  WITH ${CHANGED_SINCE_SQL}
  SELECT count(*)::int AS count, coalesce(sum(now.amount - charge.amount), 0)::text AS difference
  FROM candidate JOIN charge USING (id)
  JOIN subscription ON subscription.id = charge.subscription_id
  JOIN product AS own ON own.store_product_id = charge.store_product_id
  JOIN product ON product.id = subscription.product_id
  CROSS JOIN LATERAL (SELECT coalesce(subscription.amount_override, product.amount) AS amount) AS now
  WHERE charge.attempt = 1 AND now.amount <> charge.amount AND ${REASON_SQL.replace('product.active', 'own.active')} IS NULL`;
