import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a refund.
 *
 * - AwaitingRelease: the day's refunds are above what one person may order, or other orders claim the payment; a second person
 *   releases it.
 * - Requested: it may be sent; the queue sends it when its turn comes. One that the gateway made without us is recorded from
 *   here in the transaction that stores it, and never sent.
 * - Refunding: sending began, which is recorded before the first byte leaves. Back to Requested only when it is certain
 *   that the gateway has not taken it.
 * - Unknown: the gateway may have refunded. It is never sent again by itself; a lookup resolves it, or a person.
 * - Refunded, Failed, Canceled: ended. Only Refunded moved money.
 * - Reversed: persons had said that it was made, and two have said since that it was not, or not so much; it counts no more.
 */
export const REFUND_TRANSITIONS = {
  AwaitingRelease: { release: 'Requested', cancel: 'Canceled' },
  Requested: { send: 'Refunding', fail: 'Failed', cancel: 'Canceled', record: 'Refunded' },
  Refunding: { succeed: 'Refunded', fail: 'Failed', doubt: 'Unknown', withdraw: 'Requested' },
  Unknown: { succeed: 'Refunded', fail: 'Failed' },
  Refunded: { reverse: 'Reversed' },
  Failed: {},
  Canceled: {},
  Reversed: {},
} as const satisfies TransitionTable<RefundStateName, RefundEvent>;

type RefundStateName =
  'AwaitingRelease' | 'Requested' | 'Refunding' | 'Unknown' | 'Refunded' | 'Failed' | 'Canceled' | 'Reversed';
export type RefundEvent =
  'release' | 'send' | 'succeed' | 'fail' | 'doubt' | 'withdraw' | 'cancel' | 'record' | 'reverse';
export type RefundState = keyof typeof REFUND_TRANSITIONS;

/** Where one begins. */
export const REFUND_FIRST_STATES = ['AwaitingRelease', 'Requested'] as const satisfies readonly RefundState[];
