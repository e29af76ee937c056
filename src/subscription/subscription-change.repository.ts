import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import type { SqlSession } from '../platform/database';
import { move, note, type Aggregate, type Cause } from '../platform/work';
import { CHARGE_IN_FLIGHT_SQL } from './subscription-endings';
import { RETRY_BY_ANOTHER_METHOD_SQL } from './subscription-methods';
import { Subscription, SubscriptionHistory } from './subscription.entity';
import {
  SUBSCRIPTION_FIRST_STATES,
  SUBSCRIPTION_TRANSITIONS,
  type SubscriptionEvent,
  type SubscriptionState,
} from './subscription.state';

const SUBSCRIPTION: Aggregate<Subscription, typeof SUBSCRIPTION_TRANSITIONS> = {
  name: 'subscription',
  rows: Subscription,
  history: SubscriptionHistory,
  keepsChanges: true,
  subject: 'subscriptionId',
  transitions: SUBSCRIPTION_TRANSITIONS,
  firstStates: SUBSCRIPTION_FIRST_STATES,
};

/** What is changed of a subscription's terms; what is left out stays, `null` is NULL. */
export type SubscriptionChange = {
  [Name in ChangedMember]?: Subscription[Name] | undefined;
};

type ChangedMember =
  | 'productId'
  | 'billingTokenHash'
  | 'paymentMethodId'
  | 'retryOn'
  | 'endsOn'
  | 'cancelAtPeriodEnd'
  | 'nextBillingOn'
  | 'amountOverride'
  | 'carrierAmountOverride'
  | 'creditCardAmountOverride'
  | 'tmembershipAmountOverride';

/** What a change rests on: it is made only while this is still so. */
export interface SubscriptionGuard {
  id: string;
  state: SubscriptionState;
  nextBillingOn: SeoulDate;
}

/** What is known of the charge of the period that is to be paid next; none where nothing of it was sent. */
export type PeriodCharge = 'none' | 'in-flight' | 'settled';

@Injectable()
export class SubscriptionChangeRepository {
  /**
   * Moves a subscription along its transition table, changes its terms, or both, with one entry in its history; none where
   * nothing differs.
   *
   * @throws {DomainError} `state-conflict` when it moved since it was read, or the event is not allowed in its state
   */
  async change(
    session: SqlSession,
    { id, state, nextBillingOn }: SubscriptionGuard,
    { event, change }: { event?: SubscriptionEvent | undefined; change: SubscriptionChange },
    why: Cause,
  ): Promise<void> {
    const guard = { nextBillingOn };
    if (event === undefined) return note(session, SUBSCRIPTION, { id, state }, why, { changes: change, guard });
    // Who leaves a state leaves its retries: only the past due are tried again.
    await move(session, SUBSCRIPTION, { id, state }, event, why, {
      changes: { ...change, retryOn: null },
      guard,
    });
  }

  /** @returns when its period is tried again once another method pays for it */
  async retryByAnotherMethod(session: SqlSession, subscriptionId: string, today: SeoulDate): Promise<SeoulDate | null> {
    const [row] = await session.rows<{ on: SeoulDate | null }>(
      `SELECT (${RETRY_BY_ANOTHER_METHOD_SQL('$2')})::text AS on FROM subscription WHERE id = $1`,
      [subscriptionId, today],
    );
    return row?.on ?? null;
  }

  /** @returns what became of the period's charge so far, of its last attempt when there are several */
  async periodChargeOf(session: SqlSession, subscriptionId: string): Promise<PeriodCharge> {
    const [row] = await session.rows<{ charge: PeriodCharge }>(
      `SELECT CASE WHEN ${CHARGE_IN_FLIGHT_SQL} THEN 'in-flight'
         WHEN EXISTS (
           SELECT FROM charge JOIN settlement ON settlement.charge_id = charge.id
           WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on)
         THEN 'settled' ELSE 'none' END AS charge
       FROM subscription WHERE id = $1`,
      [subscriptionId],
    );
    return row?.charge ?? 'none';
  }
}
