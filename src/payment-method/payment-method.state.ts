import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a payment method.
 *
 * - Active: it is charged.
 * - Invalid: its gateway says that it is gone, expired or stopped. It may not be charged, and another is to take its place.
 * - Replaced: another took its place in the subscriptions that were paid by it.
 * - Removed: the customer took it away.
 *
 * Of one that is Replaced or Removed the gateway deletes what it has, and its secrets are erased after that.
 */
export const PAYMENT_METHOD_TRANSITIONS = {
  Active: { replace: 'Replaced', invalidate: 'Invalid', remove: 'Removed' },
  Invalid: { replace: 'Replaced', remove: 'Removed' },
  Replaced: {},
  Removed: {},
} as const satisfies TransitionTable<PaymentMethodStateName, PaymentMethodEvent>;

type PaymentMethodStateName = 'Active' | 'Invalid' | 'Replaced' | 'Removed';
export type PaymentMethodEvent = 'replace' | 'invalidate' | 'remove';
export type PaymentMethodState = keyof typeof PAYMENT_METHOD_TRANSITIONS;

/** Where one begins. */
export const PAYMENT_METHOD_FIRST_STATES = ['Active'] as const satisfies readonly PaymentMethodState[];
