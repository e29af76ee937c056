import { TAKEN_ORDER_NOS_SQL } from '../charge';
import { UNWRITABLE_TEXT_PATTERN } from '../bulk-payment';
import { MAX_CHARGE_WON, wonInWords } from '../kernel/won';
import { DUE_CHARGES_SQL, ORDER_NO_SQL } from './due-charges.sql';

/**
 * Why a row of `due` can't become a charge that a request file carries, in words; NULL for all but a few, ever. Whoever asks
 * about a million rows pays for a comparison each: the products with faulty texts and the taken order numbers are read once.
 *
 * A billing token that is missing is none of these: the subscription's foreign key and the vault's triggers keep it.
 */
export const UNBILLABLE_REASON_SQL = `CASE
  WHEN due.amount > ${MAX_CHARGE_WON} THEN format('its price of %s is above %s', to_char(due.amount, 'FM9,999,999,999,999,999') || ' won', '${wonInWords(MAX_CHARGE_WON)}')
  WHEN due.store_product_id IN (SELECT store_product_id FROM product WHERE store_product_id ~ '${UNWRITABLE_TEXT_PATTERN}')
    OR due.product_name IN (SELECT name FROM product WHERE name ~ '${UNWRITABLE_TEXT_PATTERN}')
    THEN 'a request file can’t carry the id or the name of its product'
  WHEN due.gateway_account IN (SELECT id FROM gateway_account WHERE gateway <> 'tstore')
    THEN format('its product is sold by the account %s, whose gateway takes no request files', due.gateway_account)
  WHEN due.subscription_id IN (SELECT subscription_id FROM (${TAKEN_ORDER_NOS_SQL}) AS taken) THEN (
    SELECT format('its order number %s was used by the uploaded job %s', taken.order_no, taken.job_id)
    FROM (${TAKEN_ORDER_NOS_SQL}) AS taken WHERE taken.order_no = ${ORDER_NO_SQL})
  END`;

/** What is due and can be charged on the billing date `$1`: a SELECT as {@link DUE_CHARGES_SQL}, as a dry run asks for it. */
export const BILLABLE_CHARGES_SQL = `
  SELECT due.* FROM (${DUE_CHARGES_SQL}) AS due WHERE ${UNBILLABLE_REASON_SQL} IS NULL`;

/** Puts what of `due` can't be billed, with the reason, into the temporary table `unbillable`; `$1` is the billing date. */
export const SELECT_UNBILLABLE_SQL = `
  CREATE TEMPORARY TABLE unbillable ON COMMIT DROP AS
  SELECT subscription_id, ${ORDER_NO_SQL} AS order_no, next_billing_on, amount, reason
  FROM due CROSS JOIN LATERAL (SELECT ${UNBILLABLE_REASON_SQL} AS reason) AS found
  WHERE reason IS NOT NULL`;

/** `due` without what is in `unbillable`, and without gaps in its places. */
export const SELECT_BILLABLE_SQL = `
  CREATE TEMPORARY TABLE billable ON COMMIT DROP AS
  SELECT row_number() OVER (PARTITION BY gateway_account, billing_group ORDER BY place) - 1 AS place, subscription_id, state,
    next_billing_on, billing_token_hash, gateway_account, billing_group, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, attempt
  FROM due WHERE subscription_id NOT IN (SELECT subscription_id FROM unbillable)`;

/**
 * The rows of `unbillable` as violations that stop the line. The billing date `$1` is part of each: what was resolved without
 * being mended is found again by the next run.
 */
export const UNBILLABLE_SQL = `
  SELECT 'unbillable' AS kind, NULL::bigint AS bulk_payment_job_id, subscription_id,
    format('subscription %s can’t be charged on %s: %s', subscription_id, $1::date, reason) AS violation,
    jsonb_build_object('orderNo', order_no, 'periodStartOn', next_billing_on, 'amount', amount, 'reason', reason) AS evidence
  FROM unbillable`;
