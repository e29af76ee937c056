import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../billing-token';
import { DomainError } from '../kernel/errors';
import { seoulDateAt } from '../kernel/seoul-calendar';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { ProductRepository } from '../product';
import type { SubscriptionHistory } from './subscription.entity';
import {
  SubscriptionRecordRepository,
  type SubscriptionFilter,
  type SubscriptionRecord,
} from './subscription-record.repository';
import { duplicateSubscription, productNotSold, subscriptionNotFound } from './subscription.errors';
import { SubscriptionRepository, type NewSubscription } from './subscription.repository';
import { anchorDayOf, faultsOfOrder, type SubscriptionOrder } from './subscription-rules';

/** Takes subscriptions in and shows them. What happens to them later is {@link SubscriptionLife}. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly products: ProductRepository,
    private readonly records: SubscriptionRecordRepository,
    private readonly vault: BillingTokenVault,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `invalid-request` with every fault, the product's among them; `duplicate-subscription` */
  async create(order: SubscriptionOrder, actor: string): Promise<SubscriptionRecord> {
    const at = this.clock.now();
    const faults = faultsOfOrder(order, seoulDateAt(at));
    if (faults.length > 0) throw new DomainError('invalid-request', 'The subscription could not be billed', { faults });
    const id = await this.store(order, actor, at);
    return this.get(id);
  }

  /** @throws {DomainError} `subscription-not-found` */
  async get(id: string): Promise<SubscriptionRecord> {
    const record = await this.records.find(id);
    if (record === undefined) throw subscriptionNotFound(id);
    return record;
  }

  /** Newest first. */
  list(
    filter: SubscriptionFilter,
    page: { beforeId: string | undefined; limit: number },
  ): Promise<SubscriptionRecord[]> {
    return this.records.list(filter, page.beforeId, page.limit);
  }

  /** Every state and every change of terms, oldest first. */
  history(id: string): Promise<SubscriptionHistory[]> {
    return this.records.history(id);
  }

  private store(order: SubscriptionOrder, actor: string, at: Date): Promise<string> {
    return this.database.transaction(async (session) => {
      if (!(await this.products.idOfActive(session, order.storeProductId))) throw productNotSold();
      await this.vault.store(session, [order.billingToken], at);
      const billingTokenHash = this.vault.hashOf(order.billingToken);
      const added = termsOf(order, billingTokenHash);
      if ((await this.subscriptions.addSubscriptions(session, [added], at, actor)) === 0) throw duplicateSubscription();
      const id = await this.subscriptions.openOf(session, order.customerReference, order.storeProductId);
      if (id === undefined) throw new DomainError('internal-error', 'a subscription vanished while it was stored');
      return id;
    });
  }
}

/** The order with its token's hash, and without the token. */
function termsOf(order: SubscriptionOrder, billingTokenHash: Buffer): NewSubscription {
  const { customerReference, storeProductId, startedOn, intervalMonths } = order;
  const { trialUntil, endsOn, nextBillingOn, priceOverride } = order;
  const anchorDay = anchorDayOf(order);
  return {
    customerReference,
    storeProductId,
    billingTokenHash,
    startedOn,
    anchorDay,
    intervalMonths,
    trialUntil,
    endsOn,
    nextBillingOn,
    priceOverride,
  };
}
