import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a notification.
 *
 * - Received: it is stored and answered, and nobody has asked PNS about it yet, or PNS could not be reached. The verify
 *   step moves it on.
 * - Verified: PNS says the message is its own. Final; repeats only count.
 * - Rejected: PNS disowns it. The same message sent again is verified anew, because a stranger may have sent it first.
 */
export const NOTIFICATION_TRANSITIONS = {
  Received: { confirm: 'Verified', disown: 'Rejected' },
  Verified: {},
  Rejected: { 'send-again': 'Received' },
} as const satisfies TransitionTable<NotificationStateName, NotificationEvent>;

type NotificationStateName = 'Received' | 'Verified' | 'Rejected';
export type NotificationEvent = 'confirm' | 'disown' | 'send-again';
export type NotificationState = keyof typeof NOTIFICATION_TRANSITIONS;

/** Where one begins. */
export const NOTIFICATION_FIRST_STATES = ['Received'] as const satisfies readonly NotificationState[];
