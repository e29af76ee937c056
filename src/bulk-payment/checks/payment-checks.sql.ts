import { allRefundedSql, GIVEN_BACK_SQL } from '../../charge';
import { STEP_BY_STEP } from '../../platform/database';

/**
 * What stops the line where a payment and the charges it is for don't fit; SELECTs of violations that look at the
 * settlement log behind position `$1` up to `$2`, as those of line-checks.sql.ts. The settlement log's own keys and the rules of
 * accepting leave little for them to find: they are for the day on which one of those is broken, and for what was settled
 * before there were any.
 */

/** Which a violation parks: a subscription, which costs money every month; where the charge has none, its job, if it is in one. */
const PARKED = `CASE WHEN charge.subscription_id IS NULL THEN charge.bulk_payment_job_id END AS bulk_payment_job_id,
    charge.subscription_id`;

/** A payment that settled several charges; each of them is a violation, because nobody knows yet whose it is. */
export const TRANSACTION_SETTLED_TWICE_SQL = `
  SELECT 'transaction-settled-twice' AS kind, ${PARKED},
    format('transaction %s settled %s orders, %s among them', shared.transaction_id, shared.count, charge.order_no)
      AS violation,
    jsonb_build_object('transactionId', shared.transaction_id, 'orders', shared.orders) AS evidence
  FROM (
    SELECT transaction_id, settlement.gateway, count(*), jsonb_agg(jsonb_build_object('orderNo', charge.order_no,
      'jobId', charge.bulk_payment_job_id::text, 'amount', settlement.amount,
      'position', settlement.position::text) ORDER BY settlement.position) AS orders
    FROM settlement JOIN charge ON charge.id = settlement.charge_id
    WHERE kind = 'paid' AND (transaction_id, settlement.gateway) IN (
      SELECT transaction_id, gateway FROM settlement AS seen
      WHERE seen.position > $1 AND seen.position <= $2 AND seen.kind = 'paid'
        AND (SELECT count(*) FROM settlement AS other
          WHERE other.transaction_id = seen.transaction_id AND other.gateway = seen.gateway AND other.kind = 'paid') > 1)
    GROUP BY transaction_id, settlement.gateway) AS shared
  JOIN settlement ON settlement.transaction_id = shared.transaction_id AND settlement.gateway = shared.gateway
    AND settlement.kind = 'paid'
  JOIN charge ON charge.id = settlement.charge_id`;

/**
 * A charge of T store's settled as declined whose line names a transaction, which others give to what they decline too; not where persons decided so, who saw that T store has none of
 * these transactions.
 */
export const DECLINED_WITH_TRANSACTION_SQL = `
  SELECT 'declined-with-transaction' AS kind, ${PARKED},
    format('order %s is declined, and its line names transaction %s', charge.order_no, named.transaction_ids ->> 0)
      AS violation,
    jsonb_build_object('orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', charge.amount,
      'namedTransactionIds', named.transaction_ids, 'position', declined.position::text) AS evidence
  FROM settlement AS declined
  JOIN charge ON charge.id = declined.charge_id
  CROSS JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT line.transaction_id) AS transaction_ids
    FROM (
      SELECT declined.transaction_id WHERE declined.discrepancy_id IS NULL
      UNION ALL
      SELECT found ->> 'transactionId' FROM discrepancy
      WHERE discrepancy.charge_id = declined.charge_id AND declined.discrepancy_id IS NOT NULL
        AND NOT EXISTS (
          SELECT FROM discrepancy AS other JOIN discrepancy_lookup AS lookup ON lookup.discrepancy_id = other.id
          WHERE other.charge_id = declined.charge_id AND lookup.transaction_id = discrepancy.found ->> 'transactionId'
            AND lookup.answer = 'not-found' AND lookup.at <= declined.settled_at)) AS line
    WHERE line.transaction_id IS NOT NULL) AS named
  WHERE declined.position > $1 AND declined.position <= $2 AND declined.kind = 'declined'
    AND declined.gateway = 'tstore'
    AND named.transaction_ids IS NOT NULL`;

const paidAfterAllSql = (condition: string): string => `
  SELECT 'paid-after-all' AS kind, ${PARKED},
    format('order %s ended as %s, and T store has its payment %s', charge.order_no, payment.ended_as,
      payment.transaction_id) AS violation,
    jsonb_build_object('orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', charge.amount,
      'transactionId', payment.transaction_id, 'foundAmount', payment.found_amount) AS evidence
  FROM unpaid_charge_payment AS payment JOIN charge ON charge.id = payment.charge_id
  WHERE ${condition}`;

/** A charge that people ended unpaid while T store has its payment. */
export const PAID_AFTER_ALL_SQL = paidAfterAllSql(`payment.charge_id IN (
  SELECT charge_id FROM settlement
  WHERE position > $1 AND position <= $2 AND kind IN ('declined', 'closed') AND discrepancy_id IS NOT NULL)`);

/**
 * The same, found by what T store said since: lookups behind id `$1` up to `$2`, and some before them again, because ids are
 * not given in commit order. A charge that the line declined is among them, where anybody asks for its payment.
 */
export const PAYMENT_SEEN_SQL = paidAfterAllSql(`payment.transaction_id IN (
  SELECT transaction_id FROM transaction_lookup WHERE id > $1::bigint - 100 AND id <= $2 AND answer = 'found')`);

/** A payment that several charges claim, and of which more was given back than it was. */
export const PAYMENT_REFUNDED_TOO_MUCH_SQL = `
  SELECT 'refunded-too-much' AS kind, ${PARKED},
    format('order %s: %s won given back of the %s won of transaction %s', charge.order_no, given_back.amount, paid.amount,
      seen.transaction_id) AS violation,
    jsonb_build_object('transactionId', seen.transaction_id, 'paid', paid.amount, 'givenBack', given_back.amount)
      AS evidence
  FROM (
    SELECT DISTINCT transaction_id, gateway FROM settlement
    WHERE position > $1 AND position <= $2 AND refund_id IS NOT NULL) AS seen
  CROSS JOIN LATERAL (
    SELECT max(amount) AS amount, count(*) FROM settlement
    WHERE settlement.transaction_id = seen.transaction_id AND settlement.gateway = seen.gateway AND kind = 'paid') AS paid
  CROSS JOIN LATERAL (
    SELECT sum(${GIVEN_BACK_SQL}) AS amount FROM settlement
    WHERE settlement.transaction_id = seen.transaction_id AND settlement.gateway = seen.gateway
      AND refund_id IS NOT NULL) AS given_back
  JOIN settlement ON settlement.transaction_id = seen.transaction_id AND settlement.gateway = seen.gateway
    AND settlement.kind = 'paid'
  JOIN charge ON charge.id = settlement.charge_id
  WHERE paid.count > 1 AND given_back.amount > paid.amount`;

/** Whether a person has said of the subscriptions `earlier` and `later` that they are of different customers. */
export const TOLD_APART_SQL = `EXISTS (
    SELECT FROM line_stop AS said
    WHERE said.subscription_id IN (earlier.id, later.id) AND said.different_customers
      AND (said.evidence @> jsonb_build_object('customers', jsonb_build_array(
          jsonb_build_object('subscriptionId', earlier.id::text), jsonb_build_object('subscriptionId', later.id::text)))
        OR said.evidence @> jsonb_build_object('subscriptionIds', jsonb_build_array(earlier.id::text, later.id::text))))`;

/**
 * The other subscriptions whose customer a person would take for that of `mine`: the name reads the same, or they pay by the same billing
 * token (by_token), whatever they are called; either by its index. Of these who have the product, and who had it when they were charged: a
 * subscription that changed to another product has paid for this one all the same.
 *
 * @param productSql SQL of the store product id that `mine` is charged for
 */
export const alikeSql = (productSql: string): string => {
  const others = (condition: string): string => `
    SELECT alike.id, alike.state, alike.product_id, alike.customer_reference, alike.paid_through_on, alike.interval_months, alike.anchor_day,
      name_skeleton(alike.customer_reference) <> name_skeleton(mine.customer_reference) AS by_token
    FROM subscription AS alike WHERE ${condition} AND alike.id <> mine.id
      AND (alike.product_id = (SELECT product.id FROM product WHERE product.store_product_id = ${productSql}) OR EXISTS (
        SELECT FROM charge AS had WHERE had.subscription_id = alike.id AND had.store_product_id = ${productSql}))`;
  return `LATERAL (${others('name_skeleton(alike.customer_reference) = name_skeleton(mine.customer_reference)')}
    UNION ALL ${others(`alike.billing_token_hash = mine.billing_token_hash
      AND name_skeleton(alike.customer_reference) <> name_skeleton(mine.customer_reference)`)})`;
};

const ENDED = `('Canceled', 'Expired')`;

/**
 * Two subscriptions of one customer, or of what a person would take for one (a name that reads the same, or one billing
 * token), that paid for the same days of a product, which either may have left since: the
 * later one pays for days within a period the earlier one paid for, and both begin it on one day, or both still go on, or
 * the later one was made while the charge of the earlier one was on its way. Who subscribes again after a period was paid
 * buys anew, and who was given it back has not paid.
 *
 * @param columns SQL of what is to be told, over `earlier` and its charge `first`, `later` and its charge `second`
 * @param seenSql SQL of which payments are looked at: rows of the settlement log
 * @param asSql SQL of which of the two charges such a payment is of
 */
const paidBesideSql = (columns: string, seenSql: string, asSql: string): string => `
  SELECT ${columns}
  FROM (${pairsSql(seenSql)}) AS pair
  JOIN subscription AS earlier ON earlier.id = pair.earlier_id
  JOIN subscription AS later ON later.id = pair.later_id
  CROSS JOIN LATERAL (
    SELECT charge.* FROM charge WHERE charge.subscription_id = pair.earlier_id ${STEP_BY_STEP}) AS first
  CROSS JOIN LATERAL (
    SELECT charge.* FROM charge WHERE charge.subscription_id = pair.later_id ${STEP_BY_STEP}) AS second
  JOIN settlement AS first_paid ON first_paid.charge_id = first.id AND first_paid.kind = 'paid'
  JOIN settlement AS second_paid ON second_paid.charge_id = second.id AND second_paid.kind = 'paid'
  WHERE pair.seen_charge_id IN (${asSql}) AND second.store_product_id = first.store_product_id
    AND second.period_start_on >= first.period_start_on AND second.period_start_on
      < billing_date_after(first.period_start_on, earlier.interval_months::integer, earlier.anchor_day::integer)
    AND (second.period_start_on = first.period_start_on
      OR (earlier.state NOT IN ${ENDED} AND later.state NOT IN ${ENDED})
      OR later.created_at BETWEEN first.created_at AND first_paid.settled_at)
    AND NOT ${allRefundedSql('first.id')} AND NOT ${allRefundedSql('second.id')}
    AND NOT ${TOLD_APART_SQL}`;

/** Each two subscriptions that may be one customer's, of which one has a payment that is looked at. */
const pairsSql = (seenSql: string): string => `
    SELECT seen.charge_id AS seen_charge_id, least(mine.id, other.id) AS earlier_id, greatest(mine.id, other.id) AS later_id
    FROM (${seenSql}) AS seen
    JOIN subscription AS mine ON mine.id = seen.subscription_id
    JOIN ${alikeSql('(SELECT store_product_id FROM charge WHERE charge.id = seen.charge_id)')} AS other ON true
    WHERE seen.kind = 'paid' ${STEP_BY_STEP}`;

/** A violation is short, as an index holds it; its evidence names them all. */
const MOST_TOLD = 3;

/**
 * Who paid for days of a product that earlier subscriptions of the customer paid for ({@link paidBesideSql}): one violation,
 * which names all the earlier ones, however many look alike. What paid beside a payment that is new is looked at in
 * full, so that it is the same violation whichever of them is seen first.
 *
 * It parks the later one, and is raised for each such period, until one of them ends or a person says that these are
 * different customers: who resolved it and did neither has not dealt with what comes next month.
 */
export const CUSTOMER_CHARGED_TWICE_SQL = `
  WITH later_charge AS MATERIALIZED (${paidBesideSql(
    'DISTINCT second.id',
    'SELECT * FROM settlement WHERE position > $1 AND position <= $2',
    'first.id, second.id',
  )})
  SELECT 'customer-charged-twice' AS kind, NULL::bigint AS bulk_payment_job_id, later_id AS subscription_id,
    format('%s%s and subscription %s of %s %s paid for product %s and the days from %s',
      string_agg(format('subscription %s of %s', earlier_id, to_json(earlier_reference)), ', ' ORDER BY earlier_id)
        FILTER (WHERE place <= ${MOST_TOLD}),
      CASE WHEN count(*) > ${MOST_TOLD} THEN format(', %s more', count(*) - ${MOST_TOLD}) END,
      later_id, to_json(later_reference), CASE WHEN count(*) = 1 THEN 'both' ELSE 'all' END, store_product_id,
      period_start_on) AS violation,
    jsonb_build_object('storeProductId', store_product_id, 'customers',
      jsonb_agg(earlier_paid ORDER BY earlier_id) || later_paid) AS evidence
  FROM (
    SELECT *, row_number() OVER (PARTITION BY later_id, period_start_on ORDER BY earlier_id) AS place
    FROM (${paidBesideSql(
      `DISTINCT ON (later.id, second.period_start_on, earlier.id)
        earlier.id AS earlier_id, earlier.customer_reference AS earlier_reference, later.id AS later_id,
        later.customer_reference AS later_reference, second.store_product_id, second.period_start_on,
        ${paidSql('earlier', 'first')} AS earlier_paid, ${paidSql('later', 'second')} AS later_paid`,
      'SELECT settlement.* FROM later_charge JOIN settlement ON settlement.charge_id = later_charge.id',
      'second.id',
    )}
      ORDER BY later.id, second.period_start_on, earlier.id, first.period_start_on) AS pair) AS pair
  GROUP BY later_id, later_reference, store_product_id, period_start_on, later_paid`;

function paidSql(subscription: string, charge: string): string {
  return `jsonb_build_object('subscriptionId', ${subscription}.id::text, 'customerReference', ${subscription}.customer_reference,
          'orderNo', ${charge}.order_no, 'amount', ${charge}.amount, 'periodStartOn', ${charge}.period_start_on)`;
}
