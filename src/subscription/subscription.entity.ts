import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { ChangeEntry } from '../platform/work';
import type { SubscriptionState } from './subscription.state';

/** A customer's standing order for a product, with a billing token and an anchor day. */
@Entity('subscription')
export class Subscription {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** The merchant's own name for the customer. */
  @Column({ type: 'text', name: 'customer_reference' })
  customerReference!: string;

  @Column({ type: 'bigint', name: 'product_id' })
  productId!: string;

  /** T store's token in the vault; `null` for one that another gateway collects. */
  @Column(nullable('bytea', 'billing_token_hash'))
  billingTokenHash!: Buffer | null;

  /** The payment method of another gateway; one of the two is there, and never both. */
  @Column({ type: 'bigint', name: 'payment_method_id', nullable: true })
  paymentMethodId!: string | null;

  @Column({ type: 'text' })
  state!: SubscriptionState;

  @Column({ type: 'date', name: 'started_on' })
  startedOn!: string;

  @Column({ type: 'smallint', name: 'anchor_day' })
  anchorDay!: number;

  @Column({ type: 'smallint', name: 'interval_months', default: 1 })
  intervalMonths!: number;

  /** First day of the period that is to be paid next; moves when that period is paid. */
  @Column({ type: 'date', name: 'next_billing_on' })
  nextBillingOn!: string;

  /** Declines of the period that is to be paid next; 0 unless past due, or canceled for want of payment. */
  @Column({ type: 'smallint', name: 'decline_count', default: 0 })
  declineCount!: number;

  /** From when on a declined period is tried again, once the attempt before has its result; `null` when none is left. */
  @Column({ type: 'date', name: 'retry_on', nullable: true })
  retryOn!: string | null;

  /** First day that is not paid for any more; `null` before the first payment. */
  @Column({ type: 'date', name: 'paid_through_on', nullable: true })
  paidThroughOn!: string | null;

  /** What this customer pays instead of the product's price; the four are stated together or not at all. */
  @Column(wonColumn({ name: 'amount_override', nullable: true }))
  amountOverride!: Won | null;

  @Column(wonColumn({ name: 'carrier_amount_override', nullable: true }))
  carrierAmountOverride!: Won | null;

  @Column(wonColumn({ name: 'credit_card_amount_override', nullable: true }))
  creditCardAmountOverride!: Won | null;

  @Column(wonColumn({ name: 'tmembership_amount_override', nullable: true }))
  tmembershipAmountOverride!: Won | null;

  /** First day that is not free any more, which is the first billing date; `null` without a trial. */
  @Column({ type: 'date', name: 'trial_until', nullable: true })
  trialUntil!: string | null;

  /** First day the subscription is over; no period that begins on it or later is billed. */
  @Column({ type: 'date', name: 'ends_on', nullable: true })
  endsOn!: string | null;

  /** Not billed again, and canceled when the paid period is over. */
  @Column({ type: 'boolean', name: 'cancel_at_period_end', default: false })
  cancelAtPeriodEnd!: boolean;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** A move or a change of its terms, or both at once. */
@Entity('subscription_history')
export class SubscriptionHistory extends ChangeEntry {
  @Column({ type: 'bigint', name: 'subscription_id' })
  subscriptionId!: string;

  @Column(nullable('text', 'from_state'))
  fromState!: SubscriptionState | null;

  @Column({ type: 'text', name: 'to_state' })
  toState!: SubscriptionState;
}
