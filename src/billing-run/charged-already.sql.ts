import { alikeSql, TOLD_APART_SQL } from '../bulk-payment';
import { allRefundedSql, withdrawnSql } from '../charge';
import { DUE_CHARGES_SQL } from './due-charges.sql';
import { UNWRITABLE_REASON_SQL } from './unwritable-reason.sql';
import { unpaidSql } from './rebill/unpaid.sql';

/**
 * Two subscriptions whose customers a person would take for one, by name or billing token: `mine`, which a row of `due` is of, and `other`,
 * which has or had the product of this row; by age `earlier` and `later`.
 */
export const PAIRS_SQL = `subscription AS mine
  JOIN ${alikeSql('due.store_product_id')} AS other ON true
  JOIN subscription AS earlier ON earlier.id = least(mine.id, other.id)
  JOIN subscription AS later ON later.id = greatest(mine.id, other.id)`;

/** That `other` has a charge of what `mine` is due for, which `condition` says more of. */
const otherChargedSql = (condition: string): string => `EXISTS (
      SELECT FROM charge LEFT JOIN charge_sent USING (bulk_payment_job_id)
      LEFT JOIN charge_sent_alone ON charge_sent_alone.charge_id = charge.id
      WHERE charge.subscription_id = other.id AND charge.store_product_id = due.store_product_id
        AND due.next_billing_on < billing_date_after(charge.period_start_on, other.interval_months::integer, other.anchor_day::integer)
        AND ${condition})`;

/**
 * That `other` has paid for the day a row of `due` begins, or for later ones; for the product of that row, because who changed
 * to it or from it has paid for another one.
 */
export const PAID_BY_OTHER_SQL = `(other.paid_through_on > due.next_billing_on AND ${otherChargedSql(`EXISTS (
          SELECT FROM settlement WHERE settlement.charge_id = charge.id AND settlement.kind = 'paid')
        AND NOT ${allRefundedSql('charge.id')}`)})`;

/**
 * The other one is due on the billing date `$1`, too, for days that `mine` would be charged for: of two first charges in one run the
 * older subscription's goes. What can't be written is not charged, and keeps nobody waiting.
 */
const DUE_TOO_SQL = `EXISTS (
  SELECT FROM (${DUE_CHARGES_SQL}) AS due
  WHERE due.subscription_id = other.id AND due.store_product_id = asked.store_product_id AND (other.id < mine.id OR NOT due.is_first)
    AND mine.next_billing_on < billing_date_after(due.next_billing_on, other.interval_months::integer, other.anchor_day::integer)
    AND due.next_billing_on < billing_date_after(mine.next_billing_on, mine.interval_months::integer, mine.anchor_day::integer)
    AND ${UNWRITABLE_REASON_SQL} IS NULL)`;

/**
 * That the days a row of `due` is for are paid for by another subscription of the customer, or of whom a person would take for the
 * customer, or are being charged by it; NULL when they are not, when a person told the two apart, or has let this period
 * be billed, by resolving the line stop which that was. For the first charge of a subscription: two that both have paid are seen
 * by the check of the line.
 *
 * @param told SQL of what is to be told, over `due`, `mine`, `other`, `earlier` and `later`
 * @param of SQL that makes one row of those others
 */
const chargedAlreadySql = (told: string, of: string): string => `(
  SELECT ${told}
  FROM ${PAIRS_SQL} CROSS JOIN (SELECT due.store_product_id) AS asked
  WHERE mine.id = due.subscription_id
    AND (${PAID_BY_OTHER_SQL}
      OR ${otherChargedSql(`charge.period_start_on <= due.next_billing_on
        AND (coalesce(charge_sent.sent_at, charge_sent_alone.sent_at) IS NOT NULL OR other.state IN ('Active', 'PastDue'))
        AND NOT EXISTS (SELECT FROM settlement WHERE settlement.charge_id = charge.id)
        AND NOT ${withdrawnSql('charge')} AND NOT ${unpaidSql('charge')}`)}
      OR ${DUE_TOO_SQL})
    AND NOT ${TOLD_APART_SQL}
    AND NOT EXISTS (
      SELECT FROM line_stop
      WHERE line_stop.subscription_id = mine.id AND line_stop.kind = 'unbillable' AND line_stop.state = 'Resolved'
        AND line_stop.evidence ->> 'periodStartOn' = due.next_billing_on::text)
  ${of})`;

/** In words, of the oldest. */
export const CHARGED_ALREADY_SQL = chargedAlreadySql(
  `format('the days from %s are paid for, or being charged, by subscription %s of %s%s', due.next_billing_on, other.id,
    to_json(other.customer_reference), CASE WHEN other.by_token THEN ', by the same billing token' END)`,
  'ORDER BY other.id LIMIT 1',
);

/** Who they all are, the one that would be charged last, as the check of the line tells it. */
export const CHARGED_ALREADY_CUSTOMERS_SQL = chargedAlreadySql(
  `jsonb_agg(jsonb_build_object('subscriptionId', other.id::text, 'customerReference', other.customer_reference) ORDER BY other.id)
    || jsonb_build_object('subscriptionId', mine.id::text, 'customerReference', mine.customer_reference)`,
  'GROUP BY mine.id',
);
