/**
 * The open stop by which nothing more is given back of a charge, as `id` and `violation` of a query; few are open at once. Only a
 * refund too much keeps refunds from being sent: they are what heals the other stops.
 */
export function refundStopSql(chargeId: string): string {
  return `SELECT line_stop.id, line_stop.violation FROM line_stop, charge
    WHERE line_stop.state = 'Open' AND line_stop.kind = 'refunded-too-much' AND charge.id = ${chargeId}
      AND (line_stop.bulk_payment_job_id = charge.bulk_payment_job_id
        OR line_stop.subscription_id = charge.subscription_id OR line_stop.evidence ->> 'orderNo' = charge.order_no)
    ORDER BY line_stop.id LIMIT 1`;
}
