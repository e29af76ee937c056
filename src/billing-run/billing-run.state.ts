import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a billing run.
 *
 * - Planned: like the runs before it; its jobs are sent without asking. Whether it is, is known once its charges are counted, in
 *   the transaction that plans it: until then it may be held.
 * - AwaitingConfirmation: far larger or dearer than the usual; its jobs are held until a person decides.
 * - Confirmed: a person let its jobs go.
 * - Rejected: a person stopped it; its jobs have failed without being sent, and each is billed again only by an
 *   explicit act.
 */
export const BILLING_RUN_TRANSITIONS = {
  Planned: { hold: 'AwaitingConfirmation' },
  AwaitingConfirmation: { confirm: 'Confirmed', reject: 'Rejected' },
  Confirmed: {},
  Rejected: {},
} as const satisfies TransitionTable<BillingRunStateName, BillingRunEvent>;

type BillingRunStateName = 'Planned' | 'AwaitingConfirmation' | 'Confirmed' | 'Rejected';
export type BillingRunEvent = 'hold' | 'confirm' | 'reject';
export type BillingRunState = keyof typeof BILLING_RUN_TRANSITIONS;

/** Where one begins. */
export const BILLING_RUN_FIRST_STATES = ['Planned'] as const satisfies readonly BillingRunState[];
