import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a charge that one call collects.
 *
 * - Pending: it may be sent; whoever claims it sends it. Declined from here when the gateway's rules forbid it before it is sent.
 * - Sending: sending began, which is recorded before the first byte leaves. Back to Pending only when it is certain that the
 *   gateway has not taken it.
 * - Unknown: the gateway may have the money. The same call goes again under the same key while the gateway honours that, and
 *   is looked up after; where neither tells, a person does.
 * - Awaited: the gateway has issued an account, and the customer may pay into it. It is looked up until the deposit has stayed for a
 *   while, or can't come any more.
 * - Paid, Declined, Canceled: ended. Only Paid moved money; a Canceled one was never sent.
 */
export const DIRECT_PAYMENT_TRANSITIONS = {
  Pending: { send: 'Sending', decline: 'Declined', cancel: 'Canceled' },
  Sending: { pay: 'Paid', decline: 'Declined', doubt: 'Unknown', withdraw: 'Pending', await: 'Awaited' },
  Unknown: { pay: 'Paid', decline: 'Declined', send: 'Sending', await: 'Awaited' },
  Awaited: { pay: 'Paid', decline: 'Declined', doubt: 'Unknown' },
  Paid: {},
  Declined: {},
  Canceled: {},
} as const satisfies TransitionTable<DirectPaymentStateName, DirectPaymentEvent>;

type DirectPaymentStateName = 'Pending' | 'Sending' | 'Unknown' | 'Awaited' | 'Paid' | 'Declined' | 'Canceled';
export type DirectPaymentEvent = 'send' | 'pay' | 'decline' | 'doubt' | 'withdraw' | 'await' | 'cancel';
export type DirectPaymentState = keyof typeof DIRECT_PAYMENT_TRANSITIONS;

/** Where a payment may begin. */
export const DIRECT_PAYMENT_FIRST_STATES = ['Pending'] as const satisfies readonly DirectPaymentState[];
