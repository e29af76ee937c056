import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import type { SqlSession } from '../platform/database';
import { changesSql } from '../platform/work';
import { CHARGE_IN_FLIGHT_SQL } from './subscription-endings';
import type { SubscriptionState } from './subscription.state';

/** Columns that change in a subscription's life; what is left out stays, `null` is NULL. */
export interface SubscriptionChange {
  state?: SubscriptionState;
  productId?: string;
  billingTokenHash?: Buffer;
  endsOn?: SeoulDate | null | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
  nextBillingOn?: SeoulDate;
  amountOverride?: number | null;
  carrierAmountOverride?: number | null;
  creditCardAmountOverride?: number | null;
  tmembershipAmountOverride?: number | null;
}

const COLUMNS = {
  state: 'state',
  productId: 'product_id',
  billingTokenHash: 'billing_token_hash',
  endsOn: 'ends_on',
  cancelAtPeriodEnd: 'cancel_at_period_end',
  nextBillingOn: 'next_billing_on',
  amountOverride: 'amount_override',
  carrierAmountOverride: 'carrier_amount_override',
  creditCardAmountOverride: 'credit_card_amount_override',
  tmembershipAmountOverride: 'tmembership_amount_override',
} as const satisfies Record<keyof SubscriptionChange, string>;

/** What a change rests on: it is made only while this is still so. */
export interface SubscriptionGuard {
  id: string;
  state: SubscriptionState;
  nextBillingOn: SeoulDate;
}

/** What is known of the charge of the period that is to be paid next. */
export type PeriodCharge = 'none' | 'in-flight' | 'settled';

@Injectable()
export class SubscriptionChangeRepository {
  /**
   * Changes a subscription and writes its history in one statement. A change that changes nothing writes none.
   *
   * @returns whether it was made; not, when the subscription moved since it was read
   */
  async change(
    session: SqlSession,
    guard: SubscriptionGuard,
    change: SubscriptionChange,
    why: { cause: string; actor: string; at: Date },
  ): Promise<boolean> {
    const names = (Object.keys(COLUMNS) as (keyof SubscriptionChange)[]).filter((name) => change[name] !== undefined);
    const sets = names.map((name, index) => `${COLUMNS[name]} = $${index + 7}`);
    // Who leaves a state leaves its retries: only the past due are tried again.
    if (change.state !== undefined) sets.push('retry_on = NULL');
    const [made] = await session.rows<{ count: number }>(
      `WITH before AS (
         SELECT * FROM subscription WHERE id = $1 AND state = $2 AND next_billing_on = $3 FOR UPDATE),
       after AS (
         UPDATE subscription SET ${sets.join(', ')} FROM before WHERE subscription.id = before.id
         RETURNING subscription.*),
       changed AS (
         SELECT after.id, before.state AS from_state, after.state AS to_state,
           ${changesSql('before', 'after')} AS changes
         FROM before JOIN after USING (id)),
       history AS (
         INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
         SELECT id, from_state, to_state, $4, nullif(changes - 'state', '{}'), $5, $6 FROM changed WHERE changes IS NOT NULL)
       SELECT count(*)::int AS count FROM changed`,
      [guard.id, guard.state, guard.nextBillingOn, why.cause, why.actor, why.at, ...names.map((name) => change[name])],
    );
    return made?.count === 1;
  }

  /** @returns what became of the period's charge so far, of its last attempt when there are several */
  async periodChargeOf(session: SqlSession, subscriptionId: string): Promise<PeriodCharge> {
    const [row] = await session.rows<{ charge: PeriodCharge }>(
      `SELECT CASE WHEN ${CHARGE_IN_FLIGHT_SQL} THEN 'in-flight'
         WHEN EXISTS (
           SELECT FROM charge
           WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on)
         THEN 'settled' ELSE 'none' END AS charge
       FROM subscription WHERE id = $1`,
      [subscriptionId],
    );
    return row?.charge ?? 'none';
  }
}
