import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import type { SqlSession } from '../platform/database';
import type { Price } from '../product';
import { isSpelledOtherwiseSql } from './customer-name.sql';

export interface NewSubscription {
  customerReference: string;
  storeProductId: string;
  /** T store's token, in the vault; without it the payment method is there. */
  billingTokenHash?: Buffer | undefined;
  /** Of another gateway. */
  paymentMethodId?: string | undefined;
  startedOn: SeoulDate;
  /** 1 to 31; an anchor of 31 may start on 28 Feb. */
  anchorDay: number;
  intervalMonths: number;
  /** First day that is not free any more; none without a trial. */
  trialUntil?: SeoulDate | undefined;
  /** First day the subscription is over; none for one without end. */
  endsOn?: SeoulDate | undefined;
  /** First billing date when it is neither the trial's end nor the start: for customers who paid elsewhere until then. */
  nextBillingOn?: SeoulDate | undefined;
  /** What this customer pays instead of the product's price. */
  priceOverride?: Price | undefined;
}

@Injectable()
export class SubscriptionRepository {
  /**
   * Adds subscriptions, each Active with its history; a customer who has the product already keeps the existing one.
   *
   * @returns how many are new
   */
  async addSubscriptions(
    session: SqlSession,
    subscriptions: readonly NewSubscription[],
    at: Date,
    actor = 'merchant',
  ): Promise<number> {
    const items = subscriptions.map((subscription) => ({
      ...subscription,
      billingTokenHash: subscription.billingTokenHash && `\\x${subscription.billingTokenHash.toString('hex')}`,
      ...subscription.priceOverride,
    }));
    const [added] = await session.rows<{ count: number }>(
      `WITH added AS (
         INSERT INTO subscription (customer_reference, product_id, billing_token_hash, payment_method_id, state, started_on, anchor_day,
           interval_months, trial_until, ends_on, next_billing_on, amount_override, carrier_amount_override,
           credit_card_amount_override, tmembership_amount_override, created_at)
         SELECT item."customerReference", product.id, item."billingTokenHash", item."paymentMethodId", 'Active', item."startedOn",
           item."anchorDay", item."intervalMonths", item."trialUntil", item."endsOn",
           coalesce(item."nextBillingOn", item."trialUntil", item."startedOn"), item.amount, item."carrierAmount",
           item."creditCardAmount", item."tmembershipAmount", $2
         FROM jsonb_to_recordset($1::jsonb) AS item("customerReference" text, "storeProductId" text,
           "billingTokenHash" bytea, "paymentMethodId" bigint, "startedOn" date, "anchorDay" smallint, "intervalMonths" smallint,
           "trialUntil" date, "endsOn" date, "nextBillingOn" date, amount bigint, "carrierAmount" bigint,
           "creditCardAmount" bigint, "tmembershipAmount" bigint)
         JOIN product ON product.store_product_id = item."storeProductId"
         WHERE NOT EXISTS (
           SELECT FROM subscription
           WHERE ${isSpelledOtherwiseSql('subscription.customer_reference', 'item."customerReference"')}
             AND subscription.product_id = product.id AND subscription.state NOT IN ('Canceled', 'Expired'))
         ON CONFLICT (customer_reference, product_id) WHERE state NOT IN ('Canceled', 'Expired') DO NOTHING
         RETURNING id),
       history AS (
         INSERT INTO subscription_history (subscription_id, to_state, cause, actor, at)
         SELECT id, 'Active', 'subscribed', $3, $2 FROM added)
       SELECT count(*)::int AS count FROM added`,
      [JSON.stringify(items), at, actor],
    );
    return added?.count ?? 0;
  }

  /** @returns the id of the customer's subscription of the product that is not over */
  async openOf(session: SqlSession, customerReference: string, storeProductId: string): Promise<string | undefined> {
    const [subscription] = await session.rows<{ id: string }>(
      `SELECT subscription.id FROM subscription JOIN product ON product.id = subscription.product_id
       WHERE subscription.customer_reference = $1 AND product.store_product_id = $2
         AND subscription.state NOT IN ('Canceled', 'Expired')`,
      [customerReference, storeProductId],
    );
    return subscription?.id;
  }
}
