import { UNWRITABLE_TEXT_PATTERN } from '../bulk-payment';
import { TAKEN_ORDER_NOS_SQL } from '../charge';
import { MAX_CHARGE_WON, wonInWords } from '../kernel/won';
import { ORDER_NO_SQL } from './due-charges.sql';

/**
 * Why a row of `due` can't become a charge that a request file carries, or that its payment method is asked for, in words; NULL for all but a few, ever. Whoever asks
 * about a million rows pays for a comparison each: the products with faulty texts and the taken order numbers are read once.
 *
 * A billing token that is missing is none of these: the subscription's foreign key and the vault's triggers keep it.
 */
export const UNWRITABLE_REASON_SQL = `CASE
  WHEN due.amount > ${MAX_CHARGE_WON} THEN format('its price of %s is above %s', to_char(due.amount, 'FM9,999,999,999,999,999') || ' won', '${wonInWords(MAX_CHARGE_WON)}')
  WHEN due.payment_method_id IS NULL AND (due.store_product_id IN (SELECT store_product_id FROM product WHERE store_product_id ~ '${UNWRITABLE_TEXT_PATTERN}')
    OR due.product_name IN (SELECT name FROM product WHERE name ~ '${UNWRITABLE_TEXT_PATTERN}'))
    THEN 'a request file can’t carry the id or the name of its product'
  WHEN due.payment_method_id IS NULL AND due.gateway_account IN (SELECT id FROM gateway_account WHERE gateway <> 'tstore')
    THEN format('its product is sold by the account %s, whose gateway takes no request files', due.gateway_account)
  WHEN due.payment_method_id IS NOT NULL AND due.gateway_account IN (SELECT id FROM gateway_account WHERE gateway = 'tstore') THEN 'it is paid by a payment method that no request file can carry'
  WHEN due.subscription_id IN (SELECT subscription_id FROM (${TAKEN_ORDER_NOS_SQL}) AS taken) THEN (
    SELECT format('its order number %s was used by the uploaded job %s', taken.order_no, taken.job_id)
    FROM (${TAKEN_ORDER_NOS_SQL}) AS taken WHERE taken.order_no = ${ORDER_NO_SQL})
  END`;
