import { Injectable } from '@nestjs/common';
import type { SettlementEffects, SettlementRange } from '../charge';
import type { SqlSession } from '../platform/database';

/** What settled charges mean to subscriptions: a paid period moves them one period on, a declined one makes them past due. */
@Injectable()
export class SubscriptionSettlement implements SettlementEffects {
  async apply(session: SqlSession, settled: SettlementRange, at: Date): Promise<void> {
    const range = [settled.firstPosition, settled.lastPosition];
    await this.extendPaid(session, range, at);
    await this.markDeclined(session, range, at);
  }

  /** Moves by exactly one period, counted from the anchor day; the guard on the period makes a second time impossible. */
  private async extendPaid(session: SqlSession, range: string[], at: Date): Promise<void> {
    await session.rows(
      `WITH before AS (
         SELECT subscription.id, subscription.state
         FROM settlement
         JOIN charge ON charge.id = settlement.charge_id
         JOIN subscription ON subscription.id = charge.subscription_id
           AND subscription.next_billing_on = charge.period_start_on
         WHERE settlement.position BETWEEN $1 AND $2 AND settlement.kind = 'paid'
         FOR UPDATE OF subscription),
       paid AS (
         UPDATE subscription SET
           paid_through_on = billing_date_after(next_billing_on, interval_months, anchor_day),
           next_billing_on = billing_date_after(next_billing_on, interval_months, anchor_day),
           state = CASE subscription.state WHEN 'PastDue' THEN 'Active' ELSE subscription.state END
         FROM before WHERE subscription.id = before.id
         RETURNING subscription.id, before.state AS from_state, subscription.state AS to_state)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, from_state, to_state, 'period paid', 'settlement', $3 FROM paid WHERE from_state <> to_state`,
      [...range, at],
    );
  }

  private async markDeclined(session: SqlSession, range: string[], at: Date): Promise<void> {
    await session.rows(
      `WITH declined AS (
         UPDATE subscription SET state = 'PastDue'
         FROM settlement JOIN charge ON charge.id = settlement.charge_id
         WHERE settlement.position BETWEEN $1 AND $2 AND settlement.kind = 'declined'
           AND subscription.id = charge.subscription_id AND subscription.next_billing_on = charge.period_start_on
           AND subscription.state = 'Active'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, 'Active', 'PastDue', 'charge declined', 'settlement', $3 FROM declined`,
      [...range, at],
    );
  }
}
