import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a billing run.
 *
 * - Planned: like the runs before it; its jobs are sent without asking.
 * - AwaitingConfirmation: far larger or dearer than the usual; its jobs are held until a person decides.
 * - Confirmed: a person let its jobs go.
 * - Rejected: a person stopped it; its jobs have failed without being sent, and each is billed again only by an
 *   explicit act.
 */
export const BILLING_RUN_TRANSITIONS = {
  Planned: {},
  AwaitingConfirmation: { confirm: 'Confirmed', reject: 'Rejected' },
  Confirmed: {},
  Rejected: {},
} as const satisfies TransitionTable<BillingRunStateName, BillingRunEvent>;

type BillingRunStateName = 'Planned' | 'AwaitingConfirmation' | 'Confirmed' | 'Rejected';
export type BillingRunEvent = 'confirm' | 'reject';
export type BillingRunState = keyof typeof BILLING_RUN_TRANSITIONS;
