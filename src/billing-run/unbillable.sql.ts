import { CHARGED_ALREADY_CUSTOMERS_SQL, CHARGED_ALREADY_SQL } from './charged-already.sql';
import { DUE_CHARGES_SQL, ORDER_NO_SQL } from './due-charges.sql';
import { UNWRITABLE_REASON_SQL } from './unwritable-reason.sql';

/** Why a row of `due` on the billing date `$1` is parked instead of charged, in words; NULL for all but a few, ever. */
export const UNBILLABLE_REASON_SQL = `coalesce(${UNWRITABLE_REASON_SQL}, CASE WHEN due.is_first THEN ${CHARGED_ALREADY_SQL} END)`;

/** What is due and can be charged on the billing date `$1`: a SELECT as {@link DUE_CHARGES_SQL}, as a dry run asks for it. */
export const BILLABLE_CHARGES_SQL = `
  SELECT due.* FROM (${DUE_CHARGES_SQL}) AS due WHERE ${UNBILLABLE_REASON_SQL} IS NULL`;

/** Puts what of `due` can't be billed, with the reason, into the temporary table `unbillable`; `$1` is the billing date. */
export const SELECT_UNBILLABLE_SQL = `
  CREATE TEMPORARY TABLE unbillable ON COMMIT DROP AS
  SELECT subscription_id, ${ORDER_NO_SQL} AS order_no, next_billing_on, amount, reason,
    CASE WHEN is_first AND ${UNWRITABLE_REASON_SQL} IS NULL THEN ${CHARGED_ALREADY_CUSTOMERS_SQL} END AS customers
  FROM due CROSS JOIN LATERAL (SELECT ${UNBILLABLE_REASON_SQL} AS reason) AS found
  WHERE reason IS NOT NULL`;

/** `due` without what is in `unbillable`, and without gaps in its places. */
export const SELECT_BILLABLE_SQL = `
  CREATE TEMPORARY TABLE billable ON COMMIT DROP AS
  SELECT row_number() OVER (PARTITION BY gateway_account, billing_group ORDER BY place) - 1 AS place, subscription_id, state,
    next_billing_on, billing_token_hash, payment_method_id, gateway_account, billing_group, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, attempt, is_first
  FROM due WHERE subscription_id NOT IN (SELECT subscription_id FROM unbillable)`;

/**
 * The rows of `unbillable` as violations that stop the line. The billing date `$1` is part of each: what was resolved without
 * being mended is found again by the next run, but for days that are charged already, which a person may let go.
 */
export const UNBILLABLE_SQL = `
  SELECT 'unbillable' AS kind, NULL::bigint AS bulk_payment_job_id, subscription_id,
    format('subscription %s can’t be charged on %s: %s', subscription_id, $1::date, reason) AS violation,
    jsonb_build_object('orderNo', order_no, 'periodStartOn', next_billing_on, 'amount', amount, 'reason', reason)
      || CASE WHEN customers IS NULL THEN '{}' ELSE jsonb_build_object('customers', customers) END AS evidence
  FROM unbillable`;
