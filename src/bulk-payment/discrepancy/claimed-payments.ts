import { Injectable } from '@nestjs/common';
import type { SqlSession } from '../../platform/database';
import type { ClaimedPayment, PaymentClaims } from '../../refund';

/**
 * Orders that claim a payment beside the charge `$1` that it settled (`$2` its gateway, `$3` the payment): charges that ended
 * by it otherwise, lines that name it, decided or not, and charges for which somebody looked it up and found what they asked.
 * Decisions end none of these: that two persons gave the payment to one order does not say that they were right.
 */
const OTHERS_SQL = `
  SELECT DISTINCT order_no AS "orderNo" FROM (
    SELECT charge.order_no FROM settlement JOIN charge ON charge.id = settlement.charge_id
    WHERE settlement.transaction_id = $3 AND settlement.gateway = $2 AND settlement.refund_id IS NULL
      AND settlement.charge_id <> $1
    UNION ALL
    SELECT coalesce(order_no, format('line %s of job %s', line_number, bulk_payment_job_id)) FROM discrepancy
    WHERE found ->> 'transactionId' = $3 AND $2 = 'tstore' AND charge_id IS DISTINCT FROM $1
    UNION ALL
    SELECT charge.order_no FROM discrepancy_lookup AS lookup
    JOIN discrepancy ON discrepancy.id = lookup.discrepancy_id
    JOIN charge ON charge.id = discrepancy.charge_id
    WHERE lookup.transaction_id = $3 AND $2 = 'tstore' AND discrepancy.charge_id <> $1
      AND (lookup.found ->> 'amount')::bigint = charge.amount) AS claim
  WHERE order_no <> (SELECT order_no FROM charge WHERE id = $1)
  ORDER BY order_no LIMIT 100`;

/** What `refund` asks before a payment is given back. */
@Injectable()
export class ClaimedPayments implements PaymentClaims {
  async others(session: SqlSession, { chargeId, gateway, transactionId }: ClaimedPayment): Promise<string[]> {
    const rows = await session.rows<{ orderNo: string }>(OTHERS_SQL, [chargeId, gateway, transactionId]);
    return rows.map(({ orderNo }) => orderNo);
  }
}
