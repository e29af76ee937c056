import type { GatewayName } from '../gateway-account';
import { DomainError } from '../kernel/errors';
import { METHOD_EXPECTATION, ONCE_EXPECTATION, PRODUCT_EXPECTATION } from './subscription-rules';
import type { SubscriptionState } from './subscription.state';

export function subscriptionNotFound(id: string): DomainError {
  return new DomainError('subscription-not-found', `There is no subscription ${id}`);
}

export function productNotSold(): DomainError {
  const faults = [{ field: 'storeProductId', expected: PRODUCT_EXPECTATION }];
  return new DomainError('invalid-request', 'The product is not sold', { faults });
}

export function duplicateSubscription(): DomainError {
  const faults = [{ field: 'customerReference', expected: ONCE_EXPECTATION }];
  return new DomainError('duplicate-subscription', 'One open subscription for a customer and a product', { faults });
}

export function methodUnusable(): DomainError {
  const faults = [{ field: 'paymentMethodId', expected: METHOD_EXPECTATION }];
  return new DomainError('invalid-request', 'Nothing can be charged by that payment method', { faults });
}

/** What is paid by a billing token, T store alone collects. */
export function tokenUnusable(gateway: GatewayName): DomainError {
  const faults = [
    { field: 'billingToken', expected: `a paymentMethodId in its place: ${gateway} collects the product` },
  ];
  return new DomainError('invalid-request', 'Nothing can be charged for that product by a billing token', { faults });
}

export function stateConflict(id: string, state: SubscriptionState): DomainError {
  return new DomainError('state-conflict', `Subscription ${id} is ${state}, which does not allow this`, { state });
}

export function versionConflict(id: string): DomainError {
  return new DomainError('version-conflict', `Somebody changed subscription ${id} since you read it`);
}
