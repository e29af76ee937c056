import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a refund.
 *
 * - AwaitingRelease: the day's refunds are above what one person may order; a second person releases it.
 * - Requested: it may be sent; the queue sends it when its turn comes. One that T store made without us is recorded from
 *   here in the transaction that stores it, and never sent.
 * - Refunding: sending began, which is recorded before the first byte leaves. Back to Requested only when it is certain
 *   that T store has not taken it.
 * - Unknown: T store may have refunded. It is never sent again by itself; a lookup resolves it, or a person.
 * - Refunded, Failed, Canceled: ended. Only Refunded moved money.
 */
export const REFUND_TRANSITIONS = {
  AwaitingRelease: { release: 'Requested', cancel: 'Canceled' },
  Requested: { send: 'Refunding', fail: 'Failed', cancel: 'Canceled', record: 'Refunded' },
  Refunding: { succeed: 'Refunded', fail: 'Failed', doubt: 'Unknown', withdraw: 'Requested' },
  Unknown: { succeed: 'Refunded', fail: 'Failed' },
  Refunded: {},
  Failed: {},
  Canceled: {},
} as const satisfies TransitionTable<RefundStateName, RefundEvent>;

type RefundStateName = 'AwaitingRelease' | 'Requested' | 'Refunding' | 'Unknown' | 'Refunded' | 'Failed' | 'Canceled';
export type RefundEvent = 'release' | 'send' | 'succeed' | 'fail' | 'doubt' | 'withdraw' | 'cancel' | 'record';
export type RefundState = keyof typeof REFUND_TRANSITIONS;
