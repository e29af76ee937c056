import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of an order.
 *
 * - Created: stored, before a customer has seen anything.
 * - Ready: an attempt is open: the customer may be in the payment window.
 * - Confirming: what came back is as it was stored, and the payment is on its way to the gateway.
 * - InDoubt: nobody knows whether the gateway has taken it; it is found out, and the customer pays nothing meanwhile.
 * - AwaitingDeposit: the customer chose to pay into an account, which the gateway has issued; nothing is settled before the deposit.
 * - Paid: money was taken. Money back is the charge's refund.
 * - Failed: declined, and no attempt is left. Expired: not paid in time. Canceled: by the shop, before it was paid.
 *
 * A payment that the gateway turns out to have after all pays whatever is not paid and not canceled.
 */
export const ORDER_TRANSITIONS = {
  Created: { begin: 'Ready', expire: 'Expired', cancel: 'Canceled' },
  Ready: { confirm: 'Confirming', pay: 'Paid', expire: 'Expired', cancel: 'Canceled' },
  Confirming: { pay: 'Paid', decline: 'Ready', fail: 'Failed', doubt: 'InDoubt', await: 'AwaitingDeposit' },
  InDoubt: { pay: 'Paid', decline: 'Ready', fail: 'Failed', await: 'AwaitingDeposit' },
  AwaitingDeposit: { pay: 'Paid', decline: 'Ready', doubt: 'InDoubt', lapse: 'Expired', cancel: 'Canceled' },
  Paid: {},
  Failed: { pay: 'Paid' },
  Expired: { pay: 'Paid' },
  Canceled: {},
} as const satisfies TransitionTable<OrderStateName, OrderEvent>;

type OrderStateName =
  'Created' | 'Ready' | 'Confirming' | 'InDoubt' | 'AwaitingDeposit' | 'Paid' | 'Failed' | 'Expired' | 'Canceled';
export type OrderEvent =
  'begin' | 'confirm' | 'pay' | 'decline' | 'fail' | 'doubt' | 'await' | 'lapse' | 'expire' | 'cancel';
export type OrderState = keyof typeof ORDER_TRANSITIONS;

/** Where an order may begin. */
export const ORDER_FIRST_STATES = ['Created'] as const satisfies readonly OrderState[];

/** Where an order has ended, and the customer has nothing more to do: its CHECK ties these to the time of the end. */
export const ORDER_ENDS = ['Paid', 'Failed', 'Expired', 'Canceled'] as const satisfies readonly OrderState[];
