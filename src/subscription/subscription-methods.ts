import { Injectable } from '@nestjs/common';
import { ENDED_BY_PEOPLE_SQL } from '../charge';
import { seoulDateAt } from '../kernel/seoul-calendar';
import type { MethodEffects } from '../payment-method';
import type { SqlSession } from '../platform/database';
import type { Cause } from '../platform/work';
import { shareChanges } from './subscription-changes-lock';

/**
 * When a past due period is tried again by another method: as soon as a run comes, for that is what the customer registered it for. One
 * that people ended stays theirs.
 */
export const RETRY_BY_ANOTHER_METHOD_SQL = (today: string): string => `
  CASE WHEN subscription.state = 'PastDue' AND NOT EXISTS (
    SELECT FROM charge JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
    WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on
      AND settlement.${ENDED_BY_PEOPLE_SQL})
  THEN ${today}::date ELSE subscription.retry_on END`;

/** What a new payment method means to subscriptions: those that were paid by the one before are paid by it. */
@Injectable()
export class SubscriptionMethods implements MethodEffects {
  async replaced(session: SqlSession, fromId: string, toId: string, why: Cause): Promise<void> {
    await shareChanges(session);
    await session.execute(
      `WITH before AS (
         SELECT id, state, retry_on FROM subscription
         WHERE payment_method_id = $1 AND state NOT IN ('Canceled', 'Expired') ORDER BY id FOR UPDATE),
       moved AS (
         UPDATE subscription SET payment_method_id = $2, retry_on = ${RETRY_BY_ANOTHER_METHOD_SQL('$6')}
         FROM before WHERE subscription.id = before.id
         RETURNING subscription.id, subscription.state, before.retry_on AS retry_before, subscription.retry_on)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT id, state, state, $3, jsonb_build_object('payment_method_id', jsonb_build_array($1::bigint, $2::bigint))
           || CASE WHEN retry_before IS DISTINCT FROM retry_on
             THEN jsonb_build_object('retry_on', jsonb_build_array(retry_before, retry_on)) ELSE '{}' END, $4, $5
       FROM moved`,
      [fromId, toId, why.cause, why.actor, why.at, seoulDateAt(why.at)],
    );
  }
}
