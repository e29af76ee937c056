import type { SeoulDate } from '../kernel/seoul-calendar';
import { arrowOf } from '../kernel/transitions';
import type { SqlSession } from '../platform/database';
import { SUBSCRIPTION_TRANSITIONS, type SubscriptionState } from './subscription.state';

interface Arrow {
  from: SubscriptionState[];
  to: SubscriptionState;
}

/**
 * A charge that was sent and whose result is not known; a pause, an end or a cancellation must not decide over it. One that
 * was not sent is held against the subscription before it is.
 */
export const CHARGE_IN_FLIGHT_SQL = `EXISTS (
  SELECT FROM charge LEFT JOIN charge_sent USING (bulk_payment_job_id)
  LEFT JOIN charge_sent_alone ON charge_sent_alone.charge_id = charge.id
  WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on
    AND (coalesce(charge_sent.sent_at, charge_sent_alone.sent_at) IS NOT NULL
      OR coalesce(charge.bulk_payment_job_id, charge_sent_alone.charge_id) IS NULL)
    AND NOT EXISTS (SELECT FROM settlement WHERE settlement.charge_id = charge.id AND refund_id IS NULL))`;

/**
 * Ends what is over on a date, set-based. Comes after the date's charges are written: a day that was missed before the
 * end is still billed, and its result still counts.
 *
 * @returns how many expired, and how many were canceled at the end of their period
 */
export async function endSubscriptions(
  session: SqlSession,
  date: SeoulDate,
  at: Date,
): Promise<{ expiredCount: number; canceledCount: number }> {
  const expiredCount = await end(session, arrowOf(SUBSCRIPTION_TRANSITIONS, 'expire'), 'end reached', 'ends_on <= $1', [
    date,
    at,
  ]);
  // Whether the next period is paid for decides which period ends, so a result on the way is waited for.
  const periodIsOver = `cancel_at_period_end AND next_billing_on <= $1 AND NOT ${CHARGE_IN_FLIGHT_SQL}`;
  const canceledCount = await end(
    session,
    arrowOf(SUBSCRIPTION_TRANSITIONS, 'cancel'),
    'canceled at period end',
    periodIsOver,
    [date, at],
  );
  return { expiredCount, canceledCount };
}

async function end(
  session: SqlSession,
  { from, to }: Arrow,
  cause: string,
  conditionSql: string,
  parameters: [SeoulDate, Date],
): Promise<number> {
  const [ended] = await session.rows<{ count: number }>(
    `WITH before AS (
       SELECT id, state FROM subscription
       WHERE state = ANY ($5) AND ${conditionSql}
       ORDER BY id FOR UPDATE),
     ended AS (
       UPDATE subscription SET state = $3, cancel_at_period_end = false, retry_on = NULL
       FROM before WHERE subscription.id = before.id
       RETURNING subscription.id, before.state AS from_state),
     history AS (
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, from_state, $3, $4, 'billing-scheduler', $2 FROM ended)
     SELECT count(*)::int AS count FROM ended`,
    [...parameters, to, cause, from],
  );
  return ended?.count ?? 0;
}
