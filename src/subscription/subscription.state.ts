import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a subscription.
 *
 * - Active: billed on its billing dates. A declined charge makes it past due.
 * - PastDue: its last charge was declined and a later one may still be paid, which makes it active again.
 * - Paused: not billed until it is resumed.
 * - Canceled: over, because somebody said so; never billed again.
 * - Expired: over, because its end had come; never billed again.
 */
export const SUBSCRIPTION_TRANSITIONS = {
  Active: { decline: 'PastDue', pause: 'Paused', cancel: 'Canceled', expire: 'Expired' },
  PastDue: { pay: 'Active', cancel: 'Canceled', expire: 'Expired' },
  Paused: { resume: 'Active', cancel: 'Canceled', expire: 'Expired' },
  Canceled: {},
  Expired: {},
} as const satisfies TransitionTable<SubscriptionStateName, SubscriptionEvent>;

type SubscriptionStateName = 'Active' | 'PastDue' | 'Paused' | 'Canceled' | 'Expired';
export type SubscriptionEvent = 'decline' | 'pay' | 'pause' | 'resume' | 'cancel' | 'expire';
export type SubscriptionState = keyof typeof SUBSCRIPTION_TRANSITIONS;

/** Where one begins. */
export const SUBSCRIPTION_FIRST_STATES = ['Active'] as const satisfies readonly SubscriptionState[];
