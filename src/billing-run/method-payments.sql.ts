import { withdrawnSql } from '../charge';
import { ORDER_NO_SQL } from './due-charges.sql';

/** What of the table `due` is asked for by payment methods, as charges that are in no file. */
export const METHOD_CHARGES_SQL = `
  SELECT ${ORDER_NO_SQL} AS order_no, method.gateway, due.gateway_account, due.subscription_id,
    due.next_billing_on AS period_start_on, due.attempt, due.store_product_id, due.product_name, due.amount, due.payment_method_id
  FROM due JOIN payment_method AS method ON method.id = due.payment_method_id`;

/** The charges of the payments of the run `$1`. */
export const METHOD_CHARGES_OF_RUN_SQL = `
  SELECT charge.* FROM direct_payment JOIN charge ON charge.id = direct_payment.charge_id
  WHERE direct_payment.billing_run_id = $1::bigint`;

/** An open stop that parks the subscription of one of the charges `$1`. */
export const STOP_OF_CHARGES_SQL = `
  SELECT line_stop.id, line_stop.violation FROM charge JOIN line_stop USING (subscription_id)
  WHERE charge.id = ANY ($1::bigint[]) AND line_stop.state = 'Open' ORDER BY line_stop.id LIMIT 1`;

/** Those of the charges `$1` that are still wanted, but whose method can't be charged any more, or another one pays their subscription now. */
export const METHOD_ENDED_SQL = `
  SELECT charge.id, charge.order_no, charge.subscription_id, charge.amount, 'method-ended'::text AS reason
  FROM charge JOIN direct_payment ON direct_payment.charge_id = charge.id
  JOIN subscription ON subscription.id = charge.subscription_id
  JOIN payment_method AS method ON method.id = direct_payment.payment_method_id
  WHERE charge.id = ANY ($1::bigint[]) AND NOT ${withdrawnSql('charge')}
    AND (method.state <> 'Active' OR subscription.payment_method_id IS DISTINCT FROM direct_payment.payment_method_id)`;

/** The charges of the payments of the run `$1`, all of which were canceled before they were sent. */
export const REJECTED_SQL = `
  SELECT charge.id, charge.order_no, charge.subscription_id, charge.amount, 'run-rejected'::text AS reason
  FROM direct_payment JOIN charge ON charge.id = direct_payment.charge_id
  WHERE direct_payment.billing_run_id = $1::bigint AND direct_payment.state = 'Canceled' AND direct_payment.sent_at IS NULL`;

/** How often in a row the method `$1` was declined with the code that the payment `$2` was, up to that one. */
export const SAME_CODE_IN_A_ROW_SQL = `
  SELECT count(*)::int AS times FROM direct_payment
  WHERE payment_method_id = $1 AND state = 'Declined'
    AND result_code = (SELECT result_code FROM direct_payment WHERE id = $2)
    AND id > coalesce((
      SELECT max(other.id) FROM direct_payment AS other
      WHERE other.payment_method_id = $1 AND other.id < $2 AND other.state IN ('Paid', 'Declined')
        AND other.result_code <> (SELECT result_code FROM direct_payment WHERE id = $2)), 0)`;
