import { TOLD_APART_SQL } from '../bulk-payment';
import { ORDER_NO_SQL } from './due-charges.sql';
import { BILLABLE_CHARGES_SQL } from './unbillable.sql';

/**
 * Who is due on the billing date `$1` while somebody whose name reads the same stands in the same product, or has paid for the
 * day the charge begins; each two once, `$2` of them, with how many there are. Whom a person told apart are not among them.
 */
export const LOOK_ALIKES_SQL = `
  WITH due AS MATERIALIZED (${BILLABLE_CHARGES_SQL})
  SELECT count(*) OVER ()::int AS count, ${ORDER_NO_SQL} AS "orderNo", mine.id AS "subscriptionId",
    mine.customer_reference AS "customerReference", other.id AS "otherSubscriptionId",
    other.customer_reference AS "otherCustomerReference", other.paid_through_on::text AS "otherPaidThroughOn"
  FROM due
  JOIN subscription AS mine ON mine.id = due.subscription_id
  JOIN subscription AS other ON name_skeleton(other.customer_reference) = name_skeleton(mine.customer_reference)
    AND other.product_id = mine.product_id AND other.id <> mine.id
  JOIN subscription AS earlier ON earlier.id = least(mine.id, other.id)
  JOIN subscription AS later ON later.id = greatest(mine.id, other.id)
  WHERE (other.state NOT IN ('Canceled', 'Expired') OR other.paid_through_on > due.next_billing_on)
    AND (other.id < mine.id OR NOT EXISTS (SELECT FROM due AS too WHERE too.subscription_id = other.id))
    AND NOT ${TOLD_APART_SQL}
  ORDER BY mine.id, other.id LIMIT $2`;
