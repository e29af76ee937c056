import type { TransitionTable } from '../../kernel/transitions';

/**
 * The life of a refund that the gateway made without us: on its own site, or for another program of the merchant's.
 *
 * - Suspected: a lookup shows a payment as refunded of which we have given nothing back; a person decides.
 * - Recorded: a person said how much it was; it counts like a refund of ours. Suspected again when that is reversed.
 * - Dismissed: a person said that nothing was given back; the same showing does not come up again.
 */
export const OUTSIDE_REFUND_TRANSITIONS = {
  Suspected: { record: 'Recorded', dismiss: 'Dismissed' },
  Recorded: { reopen: 'Suspected' },
  Dismissed: { record: 'Recorded' },
} as const satisfies TransitionTable<OutsideRefundStateName, 'record' | 'dismiss' | 'reopen'>;

type OutsideRefundStateName = 'Suspected' | 'Recorded' | 'Dismissed';
export type OutsideRefundState = keyof typeof OUTSIDE_REFUND_TRANSITIONS;

/** Where one begins. */
export const OUTSIDE_REFUND_FIRST_STATES = ['Suspected'] as const satisfies readonly OutsideRefundState[];
