/**
 * Joins to a `charge` who ordered it, as `charge_buyer`. Neither a subscription nor a file has a charge of an order, so that nothing
 * is looked for where there are millions.
 */
export const JOIN_BUYER_SQL = `LEFT JOIN charge_buyer ON charge_buyer.order_no = charge.order_no
    AND charge.subscription_id IS NULL AND charge.bulk_payment_job_id IS NULL`;
