import type { TransitionTable } from '../kernel/transitions';

/**
 * The life of a registration: a customer's way to a payment method.
 *
 * - Open: the customer may be in the gateway's window.
 * - Issuing: what came back is of this registration, and the gateway is asked for the method, by one call that is repeated under
 *   one key until it is answered.
 * - Issued: the method is there. Failed: the gateway said no; the customer registers anew. Expired: nobody came back in time.
 */
export const METHOD_REGISTRATION_TRANSITIONS = {
  Open: { return: 'Issuing', expire: 'Expired' },
  Issuing: { issue: 'Issued', fail: 'Failed' },
  Issued: {},
  Failed: {},
  Expired: {},
} as const satisfies TransitionTable<MethodRegistrationStateName, MethodRegistrationEvent>;

type MethodRegistrationStateName = 'Open' | 'Issuing' | 'Issued' | 'Failed' | 'Expired';
export type MethodRegistrationEvent = 'return' | 'expire' | 'issue' | 'fail';
export type MethodRegistrationState = keyof typeof METHOD_REGISTRATION_TRANSITIONS;

/** Where one begins. */
export const METHOD_REGISTRATION_FIRST_STATES = ['Open'] as const satisfies readonly MethodRegistrationState[];
