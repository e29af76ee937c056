import type { SqlSession } from '../platform/database';

/**
 * Charges with what became of them, as a query that many can use: a SELECT of charge_id, subscription_id,
 * period_start_on, kind, amount, gateway, transaction_id, result_code, result_message, bulk_payment_job_id, and either
 * result_line_number, discrepancy_id or refund_id, which tells what it follows from; of a charge in no job, at most the last. The kinds are `paid`, `declined` and
 * `closed`, of which a charge gets one; then `partially-refunded` for a refund that leaves something, and `refunded` for the one that
 * leaves nothing, each for the refund's own amount; and `refund-reversed` for one of these that was none after all.
 */
export interface SettlementOutcomes {
  sql: string;
  /** `$1` and on of the query. */
  parameters: readonly unknown[];
  /** Of declines: no further attempt at their periods can help, whatever the policy says. */
  isFinal?: boolean;
}

/**
 * What settled charges mean to whoever asked for them. `charge` declares it and features above implement it, so that
 * the arrows keep pointing down.
 *
 * Called once for each set of outcomes, in the transaction that settles them: work set-based, call nobody.
 */
export abstract class SettlementEffects {
  /** What `paid`, `declined` and `closed` mean. */
  abstract apply(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<void>;

  /** What `refunded`, `partially-refunded` and `refund-reversed` mean; apart, because millions of the others shall not be looked through. */
  abstract refund(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<void>;
}

/** Whether nothing is left of what was paid for a charge, by the totals of its refunds. */
export const allRefundedSql = (chargeId: string): string => `EXISTS (
  SELECT FROM refund_total
  WHERE refund_total.charge_id = ${chargeId} AND refund_total.refunded_amount = refund_total.amount)`;

/** What an entry of a refund, in `settlement`, says was given back: of a reversed one, so much less. */
export const GIVEN_BACK_SQL = `(CASE settlement.kind WHEN 'refund-reversed' THEN -settlement.amount ELSE settlement.amount END)`;

/**
 * In the place of the gateway's code where persons declined a charge although its line says otherwise. Were it not declined,
 * another attempt would charge the customer twice, so none is made by itself.
 */
export const DECLINED_AGAINST_EVIDENCE = 'declined-against-evidence';

/** The same where they closed it: neither paid nor declined. */
export const CLOSED_BY_DECISION = 'closed-by-decision';

/** The same where they said that a payment by one call was or was not made: of one that was not, another is theirs to ask for, too. */
export const PAYMENT_BY_DECISION = 'by-decision';

/** Charges that people ended otherwise than the gateway's answer does; no further attempt follows by itself. */
export const ENDED_BY_PEOPLE_SQL = `result_code IN ('${DECLINED_AGAINST_EVIDENCE}', '${CLOSED_BY_DECISION}')`;
