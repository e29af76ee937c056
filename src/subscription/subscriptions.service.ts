import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { seoulDateAt } from '../kernel/seoul-calendar';
import type { PaymentMethod } from '../payment-method';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { ProductRepository } from '../product';
import { SubscriptionTokens } from './subscription-tokens';
import type { SubscriptionHistory } from './subscription.entity';
import {
  SubscriptionRecordRepository,
  type SubscriptionFilter,
  type SubscriptionRecord,
} from './subscription-record.repository';
import {
  duplicateSubscription,
  methodUnusable,
  productNotSold,
  subscriptionNotFound,
  tokenUnusable,
} from './subscription.errors';
import { SubscriptionRepository, type NewSubscription } from './subscription.repository';
import {
  anchorDayOf,
  faultsOfOrder,
  refusePriceOf,
  type SubscriptionByMethod,
  type SubscriptionOrder,
  type SubscriptionTerms,
} from './subscription-rules';

/** Takes subscriptions in and shows them. What happens to them later is {@link SubscriptionLife}. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly products: ProductRepository,
    private readonly records: SubscriptionRecordRepository,
    private readonly tokens: SubscriptionTokens,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `invalid-request` with every fault, the product's among them; `duplicate-subscription` */
  async create(order: SubscriptionOrder | SubscriptionByMethod, actor: string): Promise<SubscriptionRecord> {
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

  /** What the customer paid with and does no longer, latest first. */
  endedMethods({ customerReference }: SubscriptionRecord): Promise<PaymentMethod[]> {
    return this.tokens.endedOf(customerReference);
  }

  private store(order: SubscriptionOrder | SubscriptionByMethod, actor: string, at: Date): Promise<string> {
    return this.database.transaction(async (session) => {
      const product = await this.products.active(session, order.storeProductId);
      if (product === undefined) throw productNotSold();
      if ('billingToken' in order && product.gateway !== 'tstore') throw tokenUnusable(product.gateway);
      if (order.priceOverride !== undefined) refusePriceOf(product.gateway, order.priceOverride);
      const added = { ...termsOf(order), ...(await this.payerOf(session, order, at)) };
      if ((await this.subscriptions.addSubscriptions(session, [added], at, actor)) === 0) throw duplicateSubscription();
      const id = await this.subscriptions.openOf(session, order.customerReference, order.storeProductId);
      if (id === undefined) throw new DomainError('internal-error', 'a subscription vanished while it was stored');
      return id;
    });
  }

  /** What it is to be paid by, the token in the vault. */
  private async payerOf(
    session: SqlSession,
    order: SubscriptionOrder | SubscriptionByMethod,
    at: Date,
  ): Promise<Pick<NewSubscription, 'billingTokenHash' | 'paymentMethodId'>> {
    if ('billingToken' in order) return { billingTokenHash: await this.tokens.store(session, order.billingToken, at) };
    const { paymentMethodId, customerReference } = order;
    if (!(await this.tokens.usable(session, paymentMethodId, customerReference))) throw methodUnusable();
    return { paymentMethodId };
  }
}

/** The order without what it is paid by. */
function termsOf(order: SubscriptionTerms): NewSubscription {
  const { customerReference, storeProductId, startedOn, intervalMonths } = order;
  const { trialUntil, endsOn, nextBillingOn, priceOverride } = order;
  const anchorDay = anchorDayOf(order);
  return {
    customerReference,
    storeProductId,
    startedOn,
    anchorDay,
    intervalMonths,
    trialUntil,
    endsOn,
    nextBillingOn,
    priceOverride,
  };
}
