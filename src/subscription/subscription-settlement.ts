import { Injectable } from '@nestjs/common';
import {
  CLOSED_BY_DECISION,
  DECLINED_AGAINST_EVIDENCE,
  PAYMENT_BY_DECISION,
  allRefundedSql,
  type SettlementEffects,
  type SettlementOutcomes,
} from '../charge';
import { BillingConfig } from '../config';
import { seoulDateAt } from '../kernel/seoul-calendar';
import { arrowOf } from '../kernel/transitions';
import type { SqlSession } from '../platform/database';
import { SUBSCRIPTION_TRANSITIONS } from './subscription.state';

/**
 * What settled charges mean to subscriptions: a paid period moves them one period on; a declined one makes them past due
 * until a later attempt is paid or the policy has no more; so does a closed one, with no attempt by itself; a period given
 * back no longer counts as paid for.
 */
@Injectable()
export class SubscriptionSettlement implements SettlementEffects {
  constructor(private readonly billing: BillingConfig) {}

  async apply(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<void> {
    const rest = await this.extendPaid(session, outcomes);
    if (rest.paid > 0) await this.extendPastDue(session, outcomes, at);
    if (rest.unpaid > 0) await this.applyUnpaid(session, outcomes, at);
  }

  /**
   * Money given back ends nothing and bills nothing again: state and calendar stay. Only the day the customer has paid
   * through falls back, to the end of the latest period that is still paid for, and comes back with a refund that was none. A
   * part given back is a discount. The totals of refunds are right already.
   */
  async refund(session: SqlSession, { sql, parameters }: SettlementOutcomes, at: Date): Promise<void> {
    const changed = `(SELECT * FROM (${sql}) AS outcome
      WHERE kind IN ('refunded', 'refund-reversed') AND subscription_id IS NOT NULL)`;
    // Locked in a statement before, so that those that follow see what a settlement at work meanwhile has committed.
    await session.rows(
      `SELECT FROM subscription WHERE id IN (SELECT subscription_id FROM ${changed} AS outcome) ORDER BY id FOR UPDATE`,
      parameters,
    );
    const stillPaidThrough = `(
      SELECT max(billing_date_after(charge.period_start_on, subscription.interval_months, subscription.anchor_day))
      FROM charge JOIN settlement ON settlement.charge_id = charge.id AND settlement.kind = 'paid'
      WHERE charge.subscription_id = subscription.id
        AND NOT ${allRefundedSql('charge.id')})`;
    await session.execute(
      `WITH before AS (
         SELECT id, paid_through_on FROM subscription
         WHERE id IN (SELECT subscription_id FROM ${changed} AS outcome)),
       after AS (
         UPDATE subscription SET paid_through_on = ${stillPaidThrough} FROM before WHERE subscription.id = before.id
         RETURNING subscription.id, state, before.paid_through_on AS paid_before, subscription.paid_through_on)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT after.id, state, state, CASE kind WHEN 'refunded' THEN 'period refunded' ELSE 'refund reversed' END,
         jsonb_build_object('refunded_period', CASE kind WHEN 'refunded'
             THEN jsonb_build_array(NULL, outcome.period_start_on) ELSE jsonb_build_array(outcome.period_start_on, NULL) END,
           'paid_through_on', jsonb_build_array(paid_before, paid_through_on)), 'settlement', $${parameters.length + 1}
       FROM ${changed} AS outcome JOIN after ON after.id = outcome.subscription_id
       WHERE kind = 'refunded' OR paid_before IS DISTINCT FROM paid_through_on`,
      [...parameters, at],
    );
  }

  /**
   * Moves by exactly one period, counted from the anchor day; the guard on the period makes a second time impossible.
   *
   * Almost all of a batch are of this kind. They change no state, so each row is touched once and nothing else.
   *
   * @returns how many outcomes are left: paid ones that moved nothing here, and unpaid ones
   */
  private async extendPaid(session: SqlSession, { sql, parameters }: SettlementOutcomes): Promise<Rest> {
    const [rest] = await session.rows<Rest>(
      `WITH outcome AS MATERIALIZED (SELECT subscription_id, period_start_on, kind FROM (${sql}) AS outcome),
       moved AS (
         UPDATE subscription SET ${ONE_PERIOD_ON}
         FROM outcome
         WHERE ${PERIOD_OF_OUTCOME} AND outcome.kind = 'paid' AND subscription.state <> '${PAST_DUE}'
         RETURNING 1)
       SELECT (count(*) FILTER (WHERE kind = 'paid') - (SELECT count(*) FROM moved))::int AS paid,
         count(*) FILTER (WHERE ${UNPAID})::int AS unpaid
       FROM outcome WHERE subscription_id IS NOT NULL`,
      parameters,
    );
    return rest as Rest;
  }

  /** A paid retry counts from the anchor too: the days it was late are neither lost to the customer nor a gift. */
  private async extendPastDue(session: SqlSession, { sql, parameters }: SettlementOutcomes, at: Date): Promise<void> {
    await session.execute(
      `WITH paid AS (
         UPDATE subscription SET ${ONE_PERIOD_ON}, state = '${ACTIVE}', decline_count = 0, retry_on = NULL
         FROM (${sql}) AS outcome
         WHERE ${PERIOD_OF_OUTCOME} AND outcome.kind = 'paid' AND subscription.state = '${PAST_DUE}'
         RETURNING subscription.id)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, actor, at)
       SELECT id, '${PAST_DUE}', '${ACTIVE}', 'period paid', 'settlement', $${parameters.length + 1} FROM paid`,
      [...parameters, at],
    );
  }

  /**
   * Counts the attempt and sets the day of the next attempt, or ends the attempts, in the one update a decline costs
   * anyway. A subscription without a decline was Active, which is how its history knows where it came from.
   */
  private async applyUnpaid(
    session: SqlSession,
    { sql, parameters, isFinal = false }: SettlementOutcomes,
    at: Date,
  ): Promise<void> {
    const { days, neverCodes, exhausted } = this.billing.retry;
    const never = [...neverCodes, ...BY_PEOPLE];
    const own = (index: number): string => `$${parameters.length + index}`;
    // Beyond its end an array yields NULL: no day, no further attempt.
    const isOver = `(${own(6)}::boolean OR (${own(2)}::int[])[subscription.decline_count + 1] IS NULL OR outcome.result_code = ANY (${own(3)}::text[]))`;
    // Whether the customer has paid after all, only persons know.
    const isByPeople = `result_code IN ('${BY_PEOPLE.join("', '")}')`;
    const isCanceled = `(${isOver} AND ${own(4)} AND NOT outcome.${isByPeople})`;
    await session.execute(
      `WITH declined AS (
         UPDATE subscription SET
           decline_count = decline_count + 1,
           retry_on = CASE WHEN NOT ${isOver}
             THEN ${own(5)}::date + (${own(2)}::int[])[subscription.decline_count + 1] END,
           state = CASE WHEN ${isCanceled} THEN '${CANCELED}' ELSE '${PAST_DUE}' END,
           cancel_at_period_end = cancel_at_period_end AND NOT ${isCanceled}
         FROM (${sql}) AS outcome
         WHERE ${PERIOD_OF_OUTCOME} AND outcome.${UNPAID} AND subscription.state IN ('${ACTIVE}', '${PAST_DUE}')
         RETURNING subscription.id, subscription.state, decline_count, retry_on, outcome.result_code)
       INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT id, CASE decline_count WHEN 1 THEN '${ACTIVE}' ELSE '${PAST_DUE}' END, '${PAST_DUE}',
         CASE result_code WHEN '${CLOSED_BY_DECISION}' THEN 'charge closed' ELSE 'charge declined' END,
         jsonb_build_object('decline_count', jsonb_build_array(decline_count - 1, decline_count),
           'retry_on', jsonb_build_array(NULL, retry_on), 'result_code', jsonb_build_array(NULL, result_code)),
         'settlement', ${own(1)}::timestamptz
       FROM declined
       UNION ALL
       SELECT id, '${PAST_DUE}', state, CASE
         WHEN result_code = '${DECLINED_AGAINST_EVIDENCE}' THEN 'no further attempt: declined against what its line says'
         WHEN result_code = '${CLOSED_BY_DECISION}' THEN 'no further attempt by itself: closed by decision'
         WHEN result_code = '${PAYMENT_BY_DECISION}' THEN 'no further attempt by itself: ended by decision'
         WHEN ${own(6)}::boolean OR result_code = ANY (${own(3)}::text[])
         THEN 'no further attempt: the result code is never retried' ELSE 'no further attempt: all were declined' END,
         NULL, 'settlement', ${own(1)}::timestamptz
       FROM declined WHERE retry_on IS NULL`,
      [...parameters, at, days, never, exhausted === 'cancel', seoulDateAt(at), isFinal],
    );
  }
}

/** Outcomes that {@link SubscriptionSettlement.apply} has still to look at. */
interface Rest {
  paid: number;
  unpaid: number;
}

/** Where an unpaid charge leads, where a paid one does, and where no attempt is left. */
const { to: PAST_DUE } = arrowOf(SUBSCRIPTION_TRANSITIONS, 'decline');
const { to: ACTIVE } = arrowOf(SUBSCRIPTION_TRANSITIONS, 'pay');
const { to: CANCELED } = arrowOf(SUBSCRIPTION_TRANSITIONS, 'cancel');

const UNPAID = `kind IN ('declined', 'closed')`;

/** Codes of attempts that people ended: whether another is made, they say too. */
const BY_PEOPLE = [DECLINED_AGAINST_EVIDENCE, CLOSED_BY_DECISION, PAYMENT_BY_DECISION];

/** An outcome counts for the period its subscription is to be billed for, and for no other. */
const PERIOD_OF_OUTCOME = `subscription.id = outcome.subscription_id
  AND subscription.next_billing_on = outcome.period_start_on`;

const ONE_PERIOD_ON = `
  paid_through_on = billing_date_after(next_billing_on, interval_months, anchor_day),
  next_billing_on = billing_date_after(next_billing_on, interval_months, anchor_day)`;
