import type { TransitionTable } from '../kernel/transitions';

/**
 * A day of a gateway account, held against what the gateway has of it.
 *
 * - Listing: its transactions are read, page by page, or each payment is looked up. Settling: its payouts and fees.
 * - Looking: compared; what was given back without us is looked up, payment by payment.
 * - Done: what differs stands open until it is gone or a person says what it is.
 */
export const TIE_OUT_TRANSITIONS = {
  Listing: { list: 'Settling' },
  Settling: { compare: 'Looking', repeat: 'Listing' },
  Looking: { finish: 'Done', repeat: 'Listing' },
  Done: { repeat: 'Listing' },
} as const satisfies TransitionTable<TieOutStateName, TieOutEvent>;

type TieOutStateName = 'Listing' | 'Settling' | 'Looking' | 'Done';
export type TieOutEvent = 'list' | 'compare' | 'finish' | 'repeat';
export type TieOutState = keyof typeof TIE_OUT_TRANSITIONS;

/** Where one begins. */
export const TIE_OUT_FIRST_STATES = ['Listing'] as const satisfies readonly TieOutState[];
