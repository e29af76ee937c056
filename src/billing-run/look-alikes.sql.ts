import { TOLD_APART_SQL } from '../bulk-payment';
import { STEP_BY_STEP } from '../platform/database';
import { PAID_BY_OTHER_SQL, PAIRS_SQL } from './charged-already.sql';
import { DUE_CHARGES_SQL, ORDER_NO_SQL } from './due-charges.sql';

const STANDS_IN_PRODUCT_SQL = `(other.state NOT IN ('Canceled', 'Expired')
        AND other.product_id = (SELECT product.id FROM product WHERE product.store_product_id = due.store_product_id))`;

/**
 * Who is due on the billing date `$1` while somebody whose name reads the same, or who pays by the same billing token, stands in the
 * same product, or has paid for the day the charge begins; each two once, `$2` of them, with how many there are. Whom a person told apart are not among them; whose
 * days are paid for already are, and the run parks these.
 */
export const LOOK_ALIKES_SQL = `
  WITH due AS MATERIALIZED (${DUE_CHARGES_SQL})
  SELECT count(*) OVER ()::int AS count, ${ORDER_NO_SQL} AS "orderNo", pair.*
  FROM due CROSS JOIN LATERAL (
    SELECT mine.id AS "subscriptionId", mine.customer_reference AS "customerReference", other.id AS "otherSubscriptionId",
      other.customer_reference AS "otherCustomerReference", other.paid_through_on::text AS "otherPaidThroughOn",
      other.by_token AS "byBillingToken"
    FROM ${PAIRS_SQL}
    WHERE mine.id = due.subscription_id
      AND (${STANDS_IN_PRODUCT_SQL} OR ${PAID_BY_OTHER_SQL})
      AND (other.id < mine.id OR other.id NOT IN (SELECT subscription_id FROM due))
      AND NOT ${TOLD_APART_SQL}
    ${STEP_BY_STEP}) AS pair
  ORDER BY "subscriptionId", "otherSubscriptionId" LIMIT $2`;
