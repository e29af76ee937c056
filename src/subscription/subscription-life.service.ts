import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../billing-token';
import { DomainError } from '../kernel/errors';
import { billingDateAfter, billingDateNotBefore, seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { nextState } from '../kernel/transitions';
import { Clock } from '../platform/clock';
import { Database, violatesUnique, type SqlSession } from '../platform/database';
import { ProductRepository, faultsOfPrice, type Price } from '../product';
import { SubscriptionChangeRepository, type SubscriptionChange } from './subscription-change.repository';
import { SubscriptionRecordRepository, type SubscriptionRecord } from './subscription-record.repository';
import { BILLING_TOKEN_EXPECTATION, isBillingToken } from './subscription-rules';
import { SUBSCRIPTION_TRANSITIONS, type SubscriptionEvent } from './subscription.state';
import {
  duplicateSubscription,
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
 * What a subscription is changed by while it runs. Charges on their way are never touched; docs/billing-rules.md. Each
 * throws `version-conflict` when it was changed since the version the caller has seen.
 */
@Injectable()
export class SubscriptionLife {
  constructor(
    private readonly changes: SubscriptionChangeRepository,
    private readonly products: ProductRepository,
    private readonly records: SubscriptionRecordRepository,
    private readonly vault: BillingTokenVault,
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
   * @throws {DomainError} `subscription-not-found`, `state-conflict`; `charge-in-flight` while the result of a charge made
   *   before the pause is not known
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
      await this.vault.store(session, [billingToken], this.clock.now());
      const billingTokenHash = this.vault.hashOf(billingToken);
      return { cause: 'billing token replaced', change: { billingTokenHash } };
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
      const product = storeProductId === undefined ? {} : await this.productChange(session, storeProductId);
      const change = { ...product, ...overrideOf(terms.price), endsOn, cancelAtPeriodEnd };
      return { cause: 'terms changed', change };
    }).catch((error: unknown) => {
      throw violatesUnique(error, 'subscription_open_once') ? duplicateSubscription() : error;
    });
  }

  private async productChange(session: SqlSession, storeProductId: string): Promise<SubscriptionChange> {
    const productId = await this.products.idOfActive(session, storeProductId);
    if (productId === undefined) throw productNotSold();
    return { productId, ...overrideOf(null) };
  }

  /** Locked while it is decided on: a settlement that comes meanwhile waits, and meets what was decided. */
  private step(
    id: string,
    { actor, version }: ChangeBy,
    decide: (subscription: SubscriptionRecord, session: SqlSession) => Promise<Step>,
  ): Promise<void> {
    return this.database.transaction(async (session) => {
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
