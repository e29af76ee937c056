import { DomainError } from '../kernel/errors';
import { ONCE_EXPECTATION, PRODUCT_EXPECTATION } from './subscription-rules';
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

export function stateConflict(id: string, state: SubscriptionState): DomainError {
  return new DomainError('state-conflict', `Subscription ${id} is ${state}, which does not allow this`, { state });
}

export function versionConflict(id: string): DomainError {
  return new DomainError('version-conflict', `Somebody changed subscription ${id} since you read it`);
}
