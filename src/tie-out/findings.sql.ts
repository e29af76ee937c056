import { STEP_BY_STEP } from '../platform/database';

/** Has rows of the large tables looked for by an index, for each of those before them. */
const oneByOne = (select: string): string => `(${select} ${STEP_BY_STEP})`;

/** All that is listed of a payment; for which account, is to be asked of it. */
const listedOf = (transactionId: string): string =>
  oneByOne(`SELECT * FROM gateway_transaction WHERE transaction_id = ${transactionId}`);

/**
 * What the gateway's lists have otherwise than we do, of one day of an account, by the gateway's id of each thing that happened. A
 * payment is found under its transaction and a refund under its own id, on whichever day either side has it: so what
 * stands on this side of midnight there and on the other here is no difference. What was taken back before it counted is none either.
 *
 * `$1` the account, `$2` its gateway, `$3` the day, `$4` and `$5` where it begins and ends.
 */
export const FINDINGS_SQL = `
  act AS MATERIALIZED (
    SELECT 'transaction:' || act_id AS subject, act_id, kind, status, transaction_id, order_no, amount, currency
    FROM gateway_transaction AS listed
    WHERE gateway_account = $1 AND day = $3 AND kind IN ('payment', 'refund')
      AND NOT (kind = 'payment' AND EXISTS (
        SELECT FROM ${listedOf('listed.transaction_id')} AS later
        WHERE later.gateway_account = $1 AND later.kind = 'other' AND later.at > listed.at))
    UNION ALL
    SELECT 'payout:' || act_id, act_id, kind, 'paid out', transaction_id, order_no, abs(amount), currency
    FROM gateway_settlement AS payout
    WHERE gateway_account = $1 AND sold_on = $3 AND NOT EXISTS ${oneByOne(`
      SELECT FROM gateway_transaction AS listed
      WHERE listed.gateway_account = $1 AND listed.act_id = payout.act_id AND listed.amount = abs(payout.amount)`)}),
  own_payment AS (
    SELECT settlement.position, settlement.transaction_id, settlement.amount, charge.order_no
    FROM settlement CROSS JOIN LATERAL ${oneByOne(`
      SELECT order_no, gateway_account FROM charge WHERE charge.id = settlement.charge_id`)} AS charge
    WHERE settlement.gateway <> 'tstore' AND settlement.kind = 'paid' AND charge.gateway_account = $1
      AND settlement.settled_at >= $4 AND settlement.settled_at < $5),
  own_refund AS MATERIALIZED (
    SELECT refund.id, refund.transaction_id, refund.refund_transaction_id, refund.amount, charge.order_no
    FROM refund CROSS JOIN LATERAL ${oneByOne(`SELECT order_no FROM charge WHERE charge.id = refund.charge_id`)} AS charge
    WHERE refund.gateway <> 'tstore' AND refund.state = 'Refunded' AND refund.gateway_account = $1
      AND refund.ended_at >= $4 AND refund.ended_at < $5),
  -- Where a person recorded a refund without the gateway's id of it, one of the same amount is it; each is one and no more.
  refunded AS (
    SELECT transaction_id FROM act WHERE kind = 'refund' UNION SELECT transaction_id FROM own_refund),
  nameless_act AS (
    SELECT listed.act_id, listed.transaction_id, listed.amount,
      row_number() OVER (PARTITION BY listed.transaction_id, listed.amount ORDER BY listed.at, listed.act_id) AS place
    FROM refunded CROSS JOIN LATERAL ${listedOf('refunded.transaction_id')} AS listed
    WHERE listed.gateway_account = $1 AND listed.kind = 'refund'
      AND NOT EXISTS ${oneByOne(`SELECT FROM refund WHERE refund.transaction_id = listed.transaction_id
        AND refund.gateway <> 'tstore' AND refund.refund_transaction_id = listed.act_id`)}),
  nameless AS (
    SELECT nameless_act.act_id, refund.id
    FROM nameless_act JOIN (
      SELECT refund.id, refund.transaction_id, refund.amount,
        row_number() OVER (PARTITION BY refund.transaction_id, refund.amount ORDER BY refund.id) AS place
      FROM refunded CROSS JOIN LATERAL ${oneByOne(`SELECT * FROM refund
        WHERE refund.transaction_id = refunded.transaction_id AND refund.gateway <> 'tstore'`)} AS refund
      WHERE refund.gateway_account = $1 AND refund.state = 'Refunded' AND refund.refund_transaction_id IS NULL) AS refund
      USING (transaction_id, amount, place)),
  finding (subject, kind, movement, order_no, transaction_id, act_id, our_amount, their_amount, our_state, their_state) AS MATERIALIZED (
    SELECT act.subject,
      CASE WHEN paid.position IS NULL AND known.id IS NULL THEN 'only-theirs'
        WHEN paid.position IS NULL OR paid.order_no <> act.order_no OR paid.gateway_account <> $1 THEN 'state'
        ELSE 'amount' END,
      'payment', act.order_no, act.transaction_id, act.act_id, coalesce(paid.amount, known.amount), act.amount,
      CASE WHEN paid.position IS NULL THEN coalesce(known.state, CASE WHEN known.id IS NOT NULL THEN 'not paid' END)
        ELSE 'paid as ' || paid.order_no END,
      act.status || CASE WHEN act.currency = 'KRW' THEN '' ELSE ' in ' || act.currency END
    FROM act
    LEFT JOIN LATERAL ${oneByOne(`
      SELECT settlement.position, settlement.amount, charge.order_no, charge.gateway_account
      FROM settlement CROSS JOIN LATERAL ${oneByOne(`
        SELECT order_no, gateway_account FROM charge WHERE charge.id = settlement.charge_id`)} AS charge
      WHERE settlement.transaction_id = act.transaction_id AND settlement.gateway = $2 AND settlement.kind = 'paid'`)} AS paid
      ON true
    LEFT JOIN LATERAL ${oneByOne(`
      SELECT id, amount, (SELECT state FROM direct_payment WHERE charge_id = charge.id) AS state
      FROM charge WHERE order_no = act.order_no AND gateway_account = $1`)} AS known ON true
    WHERE act.kind = 'payment' AND (paid.position IS NULL OR paid.amount <> act.amount OR act.currency <> 'KRW'
      OR paid.order_no <> act.order_no OR paid.gateway_account <> $1)
    UNION ALL
    SELECT act.subject,
      CASE WHEN made.id IS NULL THEN 'only-theirs' WHEN made.state <> 'Refunded' THEN 'state' ELSE 'amount' END,
      'refund', act.order_no, act.transaction_id, act.act_id, made.amount, act.amount, made.state,
      act.status || CASE WHEN act.currency = 'KRW' THEN '' ELSE ' in ' || act.currency END
    FROM act
    LEFT JOIN nameless ON nameless.act_id = act.act_id
    LEFT JOIN LATERAL (
      SELECT id, amount, state FROM refund
      WHERE transaction_id = act.transaction_id AND gateway <> 'tstore' AND gateway_account = $1 AND (
        refund_transaction_id = act.act_id AND state = 'Refunded'
        OR amount = act.amount AND state IN ('Refunding', 'Unknown'))
      ORDER BY state = 'Refunded' DESC LIMIT 1) AS made ON true
    WHERE act.kind = 'refund' AND nameless.act_id IS NULL
      AND (made.id IS NULL OR made.state <> 'Refunded' OR made.amount <> act.amount OR act.currency <> 'KRW')
    UNION ALL
    SELECT 'ours:payment:' || position, 'only-ours', 'payment', order_no, transaction_id, NULL, amount, NULL, 'paid', NULL
    FROM own_payment
    WHERE NOT EXISTS (SELECT FROM ${listedOf('own_payment.transaction_id')} AS listed
      WHERE listed.gateway_account = $1 AND listed.kind = 'payment')
    UNION ALL
    SELECT 'ours:refund:' || own_refund.id, 'only-ours', 'refund', order_no, transaction_id, refund_transaction_id, amount, NULL,
      'Refunded', NULL
    FROM own_refund LEFT JOIN nameless ON nameless.id = own_refund.id
    WHERE nameless.id IS NULL AND NOT EXISTS ${oneByOne(`SELECT FROM gateway_transaction AS listed
        WHERE listed.gateway_account = $1 AND listed.act_id = own_refund.refund_transaction_id`)}
    UNION ALL
    SELECT 'payout:' || act_id, 'amount', 'payout', order_no, transaction_id, act_id, abs(amount - fee), abs(pay_out),
      NULL, 'paid out'
    FROM gateway_settlement WHERE gateway_account = $1 AND sold_on = $3 AND pay_out <> amount - fee)`;

/** For the rest of a transaction, what is found and what was told before are joined by hashes, for the same reason. */
export const HASHED = 'SET LOCAL enable_nestloop = off';

/** Whether something is ours alone as far as was listed, `$1` to `$5` as above. */
export const ANY_ONLY_OURS_SQL = `WITH ${FINDINGS_SQL} SELECT 1 FROM finding WHERE kind = 'only-ours' LIMIT 1`;

/**
 * Brings the differences of a day to what is found now, by one statement: what is new begins, what is gone is cleared, what came back
 * or looks otherwise than a person was told is open again. `$6` is now, `$7` who. After {@link HASHED}.
 */
export const COMPARE_SQL = `
  WITH ${FINDINGS_SQL},
  born AS (
    INSERT INTO tie_out_difference (gateway, gateway_account, day, subject, kind, movement, state, order_no, transaction_id,
      act_id, our_amount, their_amount, our_state, their_state, found_at)
    SELECT $2, $1, $3, subject, kind, movement, 'Open', order_no, transaction_id, act_id, our_amount, their_amount,
      our_state, their_state, $6 FROM finding
    ON CONFLICT (gateway_account, subject, kind) DO NOTHING
    RETURNING id, NULL::text AS was, state),
  again AS (
    UPDATE tie_out_difference AS one
    SET state = 'Open', decided_at = NULL, decided_by = NULL, decision_reason = NULL, looked_up_at = NULL,
      our_amount = finding.our_amount, their_amount = finding.their_amount, our_state = finding.our_state,
      their_state = finding.their_state
    FROM finding JOIN tie_out_difference AS before
      ON before.gateway_account = $1 AND before.subject = finding.subject AND before.kind = finding.kind
    WHERE one.id = before.id AND (before.state = 'Cleared'
      OR (before.our_amount, before.their_amount, before.our_state, before.their_state)
        IS DISTINCT FROM (finding.our_amount, finding.their_amount, finding.our_state, finding.their_state))
    RETURNING one.id, before.state AS was, one.state),
  gone AS (
    UPDATE tie_out_difference AS one SET state = 'Cleared'
    WHERE gateway_account = $1 AND day = $3 AND state = 'Open'
      AND NOT EXISTS (SELECT FROM finding WHERE finding.subject = one.subject AND finding.kind = one.kind)
    RETURNING id, 'Open' AS was, state),
  moved AS (SELECT * FROM born UNION ALL SELECT * FROM again UNION ALL SELECT * FROM gone),
  told AS (
    INSERT INTO tie_out_difference_history (tie_out_difference_id, from_state, to_state, cause, actor, at)
    SELECT id, was, state,
      CASE WHEN was IS NULL THEN 'found' WHEN state = 'Cleared' THEN 'found no more' ELSE 'found again' END, $7, $6
    FROM moved)
  SELECT count(*) FILTER (WHERE state = 'Open')::int AS opened, count(*) FILTER (WHERE state = 'Cleared')::int AS cleared
  FROM moved`;
