import { Injectable } from '@nestjs/common';
import type { SettlementEffects, SettlementOutcomes } from '../charge';
import type { SqlSession } from '../platform/database';

/** What settled charges mean to subscriptions: a paid period moves them one period on, a declined one makes them past due. */
@Injectable()
export class SubscriptionSettlement implements SettlementEffects {
  async apply(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<void> {
    await this.extendPaid(session, outcomes);
    await this.extendPastDue(session, outcomes, at);
    await this.markDeclined(session, outcomes, at);
  }

  /**
   * Moves by exactly one period, counted from the anchor day; the guard on the period makes a second time impossible.
   *
   * Almost all of a batch are of this kind. They change no state, so each row is touched once and nothing else.
   */
  private async extendPaid(session: SqlSession, { sql, parameters }: SettlementOutcomes): Promise<void> {
    await session.execute(
      `UPDATE subscription SET ${ONE_PERIOD_ON}
       FROM (${sql}) AS outcome
       WHERE ${PERIOD_OF_OUTCOME} AND outcome.kind = 'paid' AND subscription.state <> 'PastDue'`,
      parameters,
    );
  }

  private async extendPastDue(session: SqlSession, { sql, parameters }: SettlementOutcomes, at: Date): Promise<void> {
    await session.execute(
      `WITH paid AS (
         UPDATE subscription SET ${ONE_PERIOD_ON}, state = 'Active'
         FROM (${sql}) AS outcome
         WHERE ${PERIOD_OF_OUTCOME} AND outcome.kind = 'paid' AND subscription.state = 'PastDue'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, 'PastDue', 'Active', 'period paid', 'settlement', $${parameters.length + 1} FROM paid`,
      [...parameters, at],
    );
  }

  private async markDeclined(session: SqlSession, { sql, parameters }: SettlementOutcomes, at: Date): Promise<void> {
    await session.execute(
      `WITH declined AS (
         UPDATE subscription SET state = 'PastDue'
         FROM (${sql}) AS outcome
         WHERE ${PERIOD_OF_OUTCOME} AND outcome.kind = 'declined' AND subscription.state = 'Active'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, 'Active', 'PastDue', 'charge declined', 'settlement', $${parameters.length + 1} FROM declined`,
      [...parameters, at],
    );
  }
}

/** An outcome counts for the period its subscription is to be billed for, and for no other. */
const PERIOD_OF_OUTCOME = `subscription.id = outcome.subscription_id
  AND subscription.next_billing_on = outcome.period_start_on`;

const ONE_PERIOD_ON = `
  paid_through_on = billing_date_after(next_billing_on, interval_months, anchor_day),
  next_billing_on = billing_date_after(next_billing_on, interval_months, anchor_day)`;
