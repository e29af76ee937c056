import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { billingDateAfter, billingDateNotBefore, seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { nextState } from '../kernel/transitions';
import { Clock } from '../platform/clock';
import { Database, violatesUnique, type SqlSession } from '../platform/database';
import { ProductRepository, faultsOfPrice, type Price, type SoldProduct } from '../product';
import { SubscriptionChangeRepository, type SubscriptionChange } from './subscription-change.repository';
import { shareChanges } from './subscription-changes-lock';
import { SubscriptionRecordRepository, type SubscriptionRecord } from './subscription-record.repository';
import { BILLING_TOKEN_EXPECTATION, isBillingToken, refusePriceOf } from './subscription-rules';
import { SubscriptionTokens } from './subscription-tokens';
import { SUBSCRIPTION_TRANSITIONS, type SubscriptionEvent } from './subscription.state';
import {
  duplicateSubscription,
  methodUnusable,
  productNotSold,
  stateConflict,
  subscriptionNotFound,
  versionConflict,
} from './subscription.errors';

/** Terms to change; what is left out stays, `null` takes away. */
export interface NewTerms {
  storeProductId?: string | undefined;
  price?: Price | null | undefined;
  endsOn?: SeoulDate | null | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
}

/** Who changes it; and the only version it may be changed from, when there is one. */
export interface ChangeBy {
  actor: string;
  version?: string | undefined;
}

/** A move, a change, or both, with its cause for the history. */
interface Step {
  cause: string;
  event?: SubscriptionEvent;
  change: SubscriptionChange;
}

/**
 * What a subscription is changed by while it runs. Charges on their way are never touched, and those that are not sent yet are
 * held against it before they are; docs/billing-rules.md. Each throws `version-conflict` when it was changed since the version the caller has seen.
 */
@Injectable()
export class SubscriptionLife {
  constructor(
    private readonly changes: SubscriptionChangeRepository,
    private readonly products: ProductRepository,
    private readonly records: SubscriptionRecordRepository,
    private readonly tokens: SubscriptionTokens,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Not billed until resumed. @throws {DomainError} `subscription-not-found`, `state-conflict` */
  pause(id: string, by: ChangeBy): Promise<void> {
    return this.step(id, by, () => Promise.resolve({ cause: 'paused', event: 'pause', change: {} }));
  }

  /**
   * Billed again, from the first billing date that is today or later: dates that passed are not billed afterwards.
   *
   * @throws {DomainError} `subscription-not-found`, `state-conflict`; `charge-in-flight` while the result of a charge sent
   *   before is not known
   */
  resume(id: string, by: ChangeBy): Promise<void> {
    return this.step(id, by, async (subscription, session) => {
      refuseUnless(subscription, 'resume');
      const nextBillingOn = await this.nextAfterPause(subscription, session);
      return { cause: 'resumed', event: 'resume', change: { nextBillingOn } };
    });
  }

  /**
   * Cancels now, or lets the paid period come to its end first.
   *
   * @throws {DomainError} `subscription-not-found`, `state-conflict`
   */
  cancel(id: string, when: 'now' | 'period-end', by: ChangeBy): Promise<void> {
    return this.step(id, by, (subscription) => {
      refuseUnless(subscription, 'cancel');
      return Promise.resolve(
        when === 'now'
          ? { cause: 'canceled', event: 'cancel', change: { cancelAtPeriodEnd: false } }
          : { cause: 'cancellation at period end asked for', change: { cancelAtPeriodEnd: true } },
      );
    });
  }

  /** What is charged from the next charge on. @throws {DomainError} as `change`; `invalid-request` */
  replaceBillingToken(id: string, billingToken: string, by: ChangeBy): Promise<void> {
    if (!isBillingToken(billingToken)) throw invalid('billingToken', BILLING_TOKEN_EXPECTATION);
    return this.step(id, by, async (subscription, session) => {
      refuseWhenOver(subscription);
      const { gateway } = subscription.paymentMethod;
      if (gateway !== 'tstore') throw invalid('billingToken', `none: it is paid by a payment method of ${gateway}`);
      const cause = 'billing token replaced';
      const why = { cause, actor: by.actor, at: this.clock.now() };
      return {
        cause,
        change: { billingTokenHash: await this.tokens.replace(session, subscription, billingToken, why) },
      };
    });
  }

  /**
   * Has another gateway's payment method pay it from the next charge on. A past due period is tried again at the next run.
   *
   * @throws {DomainError} as `change`; `invalid-request` unless the method is the customer's and may be charged
   */
  payBy(id: string, paymentMethodId: string, by: ChangeBy): Promise<void> {
    return this.step(id, by, async (subscription, session) => {
      refuseWhenOver(subscription);
      const isUsable = await this.tokens.usable(session, paymentMethodId, subscription.customerReference);
      if (!isUsable) throw methodUnusable();
      const at = this.clock.now();
      const cause = 'payment method replaced';
      await this.tokens.recordReplaced(session, subscription, { cause, actor: by.actor, at });
      const retryOn = await this.changes.retryByAnotherMethod(session, id, seoulDateAt(at));
      return { cause, change: { paymentMethodId, billingTokenHash: null, retryOn } };
    });
  }

  /**
   * Changes terms from the next period on. Another product ends the customer's own price, unless a new one comes with it.
   *
   * @throws {DomainError} `invalid-request`, `subscription-not-found`, `duplicate-subscription`; `state-conflict` when it
   *   is over
   */
  async change(id: string, terms: NewTerms, by: ChangeBy): Promise<void> {
    if (terms.price) refusePrice(terms.price);
    if (terms.endsOn && terms.endsOn <= seoulDateAt(this.clock.now())) throw invalid('endsOn', 'a day after today');
    await this.step(id, by, async (subscription, session) => {
      refuseWhenOver(subscription);
      if (terms.endsOn && terms.endsOn <= subscription.startedOn) throw invalid('endsOn', 'a day after startedOn');
      const { endsOn, cancelAtPeriodEnd, storeProductId } = terms;
      const product = await this.productOf(session, subscription, storeProductId);
      if (terms.price) refusePriceOf(product.gateway, terms.price);
      const another = storeProductId === undefined ? {} : { productId: product.id, ...overrideOf(null) };
      const change = { ...another, ...overrideOf(terms.price), endsOn, cancelAtPeriodEnd };
      return { cause: 'terms changed', change };
    }).catch((error: unknown) => {
      throw violatesUnique(error, 'subscription_open_once') ? duplicateSubscription() : error;
    });
  }

  /** The product it is to be of: the one that is stated, or its own. */
  private async productOf(
    session: SqlSession,
    { id, productId, paymentMethod }: SubscriptionRecord,
    stated: string | undefined,
  ): Promise<SoldProduct> {
    const product =
      stated === undefined
        ? await this.products.sellerOf(session, productId)
        : await this.products.active(session, stated);
    if (product === undefined && stated === undefined) throw subscriptionNotFound(id);
    if (product === undefined) throw productNotSold();
    const isByToken = paymentMethod.gateway === 'tstore';
    if (isByToken && product.gateway !== 'tstore') {
      throw invalid('storeProductId', `a product that T store collects, or another payment method first`);
    }
    return product;
  }

  /** Locked while it is decided on: a settlement that comes meanwhile waits, and meets what was decided. */
  private step(
    id: string,
    { actor, version }: ChangeBy,
    decide: (subscription: SubscriptionRecord, session: SqlSession) => Promise<Step>,
  ): Promise<void> {
    return this.database.transaction(async (session) => {
      await shareChanges(session);
      const subscription = await this.records.lock(session, id);
      if (subscription === undefined) throw subscriptionNotFound(id);
      if (version !== undefined && version !== subscription.version) throw versionConflict(id);
      const { cause, event, change } = await decide(subscription, session);
      if (event === undefined && Object.values(change).every((value) => value === undefined)) return;
      await this.changes.change(session, subscription, { event, change }, { cause, actor, at: this.clock.now() });
    });
  }

  private async nextAfterPause(subscription: SubscriptionRecord, session: SqlSession): Promise<SeoulDate> {
    const charge = await this.changes.periodChargeOf(session, subscription.id);
    if (charge === 'in-flight') {
      throw new DomainError(
        'charge-in-flight',
        `A charge of the period from ${subscription.nextBillingOn} is on its way; resume when its result is known`,
      );
    }
    const { nextBillingOn, intervalMonths, anchorDay } = subscription;
    // A period that was declined in the pause had its charge; the next one is the first that can be billed.
    const from = charge === 'none' ? nextBillingOn : billingDateAfter(nextBillingOn, intervalMonths, anchorDay);
    return billingDateNotBefore(seoulDateAt(this.clock.now()), from, intervalMonths, anchorDay);
  }
}

/** @throws {DomainError} `state-conflict` when the event is not allowed in this state */
function refuseUnless({ id, state }: SubscriptionRecord, event: SubscriptionEvent): void {
  if (nextState(SUBSCRIPTION_TRANSITIONS, state, event) === undefined) throw stateConflict(id, state);
}

function refuseWhenOver({ id, state }: SubscriptionRecord): void {
  if (Object.keys(SUBSCRIPTION_TRANSITIONS[state]).length === 0) throw stateConflict(id, state);
}

function overrideOf(price: Price | null | undefined): SubscriptionChange {
  if (price === undefined) return {};
  return {
    amountOverride: price?.amount ?? null,
    carrierAmountOverride: price?.carrierAmount ?? null,
    creditCardAmountOverride: price?.creditCardAmount ?? null,
    tmembershipAmountOverride: price?.tmembershipAmount ?? null,
  };
}

function refusePrice(price: Price): void {
  const faults = faultsOfPrice(price, 'priceOverride.');
  if (faults.length > 0) throw new DomainError('invalid-request', 'The price could not be billed', { faults });
}

function invalid(field: string, expected: string): DomainError {
  return new DomainError('invalid-request', 'The change is not possible', { faults: [{ field, expected }] });
}
