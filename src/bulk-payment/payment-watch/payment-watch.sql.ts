import { tellsSql } from '../../transaction-lookup';

/** The last that the gateway told of the payment that `watch` names. */
const LAST_WORD_SQL = `
  SELECT lookup.at, lookup.answer = 'found' AND (lookup.found ->> 'isRefunded') IS DISTINCT FROM 'true' AS "isThere"
  FROM transaction_lookup AS lookup
  WHERE lookup.transaction_id = watch.transaction_id AND lookup.gateway = watch.gateway AND ${tellsSql('lookup.answer')}
  ORDER BY lookup.id DESC LIMIT 1`;

/**
 * Begins to watch what was named for the charge of discrepancy `$1`, which people ended unpaid at `$2`: by any of its lines, by
 * the decision, or by whoever looked it up and saw it as it was asked. First to be looked up again at `$3`; at `$4` where the
 * gateway has it as everybody knows, who closed the charge all the same.
 */
export const BEGIN_WATCH_SQL = `
  INSERT INTO payment_watch (charge_id, gateway, gateway_account, transaction_id, since, next_look_at)
  SELECT watch.*, $2::timestamptz, CASE WHEN word."isThere" THEN $4::timestamptz ELSE $3::timestamptz END
  FROM (
    SELECT DISTINCT charge.id, charge.gateway, charge.gateway_account, named.transaction_id
    FROM discrepancy AS decided JOIN charge ON charge.id = decided.charge_id
    CROSS JOIN LATERAL (
      SELECT transaction_id FROM settlement WHERE settlement.charge_id = charge.id AND refund_id IS NULL
      UNION ALL
      SELECT found ->> 'transactionId' FROM discrepancy WHERE discrepancy.charge_id = charge.id
      UNION ALL
      SELECT lookup.transaction_id
      FROM discrepancy JOIN discrepancy_lookup AS lookup ON lookup.discrepancy_id = discrepancy.id
      WHERE discrepancy.charge_id = charge.id AND lookup.suggestion = 'accept-as-paid') AS named
    WHERE decided.id = $1 AND named.transaction_id IS NOT NULL) AS watch
  LEFT JOIN LATERAL (${LAST_WORD_SQL}) AS word ON true
  ON CONFLICT ON CONSTRAINT payment_watch_once DO NOTHING`;

/** A payment that settled another charge is that one's, and no question any more. */
const IS_ANOTHERS_SQL = `EXISTS (
  SELECT FROM settlement AS other
  WHERE other.transaction_id = watch.transaction_id AND other.gateway = watch.gateway AND other.kind = 'paid')`;

/**
 * What is watched of the charges `attempt` that a condition names, with the gateway's last word, and what came of asking last.
 *
 * @param condition SQL over `attempt`
 */
export const watchedSql = (condition: string): string => `
  SELECT watch.gateway, watch.gateway_account AS "gatewayAccount", watch.transaction_id AS "transactionId",
    attempt.order_no AS "orderNo", word.at AS "toldAt", coalesce(word."isThere", false) AS "isThere",
    (SELECT coalesce(message, answer) FROM transaction_lookup AS lookup
     WHERE lookup.transaction_id = watch.transaction_id AND lookup.gateway = watch.gateway ORDER BY id DESC LIMIT 1)
      AS "lastAnswer"
  FROM payment_watch AS watch JOIN charge AS attempt ON attempt.id = watch.charge_id
  LEFT JOIN LATERAL (${LAST_WORD_SQL}) AS word ON true
  WHERE ${condition} AND NOT ${IS_ANOTHERS_SQL}
  ORDER BY watch.id`;

/**
 * Whether a payment that was named for the charge `charge` may be there: the gateway has it, or has not told since `since`.
 *
 * @param charge SQL of a charge's id
 * @param since SQL of an instant
 */
export const maybePaidSql = (charge: string, since: string): string => `EXISTS (
  SELECT FROM payment_watch AS watch LEFT JOIN LATERAL (${LAST_WORD_SQL}) AS word ON true
  WHERE watch.charge_id = ${charge} AND (NOT word."isThere" AND word.at >= ${since}) IS NOT TRUE
    AND NOT ${IS_ANOTHERS_SQL})`;
