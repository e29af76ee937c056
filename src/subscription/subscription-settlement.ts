import { Injectable } from '@nestjs/common';
import type { SettlementEffects, SettlementRange } from '../charge';
import type { SqlSession } from '../platform/database';

/** What settled charges mean to subscriptions: a paid period moves them one period on, a declined one makes them past due. */
@Injectable()
export class SubscriptionSettlement implements SettlementEffects {
  async apply(session: SqlSession, settled: SettlementRange, at: Date): Promise<void> {
    const range = [settled.firstPosition, settled.lastPosition];
    await this.extendPaid(session, range);
    await this.extendPastDue(session, range, at);
    await this.markDeclined(session, range, at);
  }

  /**
   * Moves by exactly one period, counted from the anchor day; the guard on the period makes a second time impossible.
   *
   * Almost all of a batch are of this kind. They change no state, so each row is touched once and nothing else.
   */
  private async extendPaid(session: SqlSession, range: string[]): Promise<void> {
    await session.execute(
      `UPDATE subscription SET ${ONE_PERIOD_ON}
       FROM settlement WHERE ${SETTLED_PERIOD} AND settlement.kind = 'paid' AND subscription.state <> 'PastDue'`,
      range,
    );
  }

  private async extendPastDue(session: SqlSession, range: string[], at: Date): Promise<void> {
    await session.execute(
      `WITH paid AS (
         UPDATE subscription SET ${ONE_PERIOD_ON}, state = 'Active'
         FROM settlement WHERE ${SETTLED_PERIOD} AND settlement.kind = 'paid' AND subscription.state = 'PastDue'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, 'PastDue', 'Active', 'period paid', 'settlement', $3 FROM paid`,
      [...range, at],
    );
  }

  private async markDeclined(session: SqlSession, range: string[], at: Date): Promise<void> {
    await session.execute(
      `WITH declined AS (
         UPDATE subscription SET state = 'PastDue'
         FROM settlement WHERE ${SETTLED_PERIOD} AND settlement.kind = 'declined' AND subscription.state = 'Active'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, 'Active', 'PastDue', 'charge declined', 'settlement', $3 FROM declined`,
      [...range, at],
    );
  }
}

/** Settlements from position `$1` to `$2` whose period is the one their subscription is to be billed for. */
const SETTLED_PERIOD = `settlement.position BETWEEN $1 AND $2
  AND subscription.id = settlement.subscription_id AND subscription.next_billing_on = settlement.period_start_on`;

const ONE_PERIOD_ON = `
  paid_through_on = billing_date_after(next_billing_on, interval_months, anchor_day),
  next_billing_on = billing_date_after(next_billing_on, interval_months, anchor_day)`;
