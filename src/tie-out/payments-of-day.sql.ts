/**
 * The next payment of a day of an account, by the gateway's id of it: what we have of the day (payments, refunds and windows that were
 * opened at the gateway), and what the gateway has of it as far as that is known, and as downloaded lists tell.
 *
 * `$1` the account, `$2` its gateway, `$3` the day, `$4` and `$5` where it begins and ends, `$6` the payment before it.
 */
export const NEXT_PAYMENT_SQL = `
  SELECT transaction_id AS "transactionId" FROM (
    SELECT settlement.transaction_id
    FROM settlement JOIN charge ON charge.id = settlement.charge_id
    WHERE settlement.gateway = $2 AND settlement.gateway <> 'tstore' AND settlement.kind = 'paid'
      AND charge.gateway_account = $1 AND settlement.settled_at >= $4 AND settlement.settled_at < $5
    UNION
    SELECT transaction_id FROM refund
    WHERE gateway = $2 AND gateway <> 'tstore' AND gateway_account = $1 AND ended_at >= $4 AND ended_at < $5
    UNION
    SELECT transaction_id FROM refund
    WHERE gateway = $2 AND gateway <> 'tstore' AND gateway_account = $1 AND ended_at IS NULL AND sent_at >= $4 AND sent_at < $5
    UNION
    SELECT attempt.gateway_reference
    FROM order_attempt AS attempt JOIN customer_order ON customer_order.id = attempt.order_id
    WHERE attempt.gateway_reference IS NOT NULL AND customer_order.gateway_account = $1
      AND attempt.opened_at >= $4 AND attempt.opened_at < $5
    UNION
    SELECT transaction_id FROM gateway_transaction WHERE gateway_account = $1 AND day = $3
    UNION
    SELECT transaction_id FROM list_file_row WHERE gateway_account = $1 AND day = $3) AS payment
  WHERE transaction_id > $6
  ORDER BY transaction_id LIMIT 1`;
