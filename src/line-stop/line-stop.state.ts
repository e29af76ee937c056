import type { TransitionTable } from '../kernel/transitions';

/**
 * What can stop the line.
 *
 * - charged-twice: an order number took money more than once.
 * - period-paid-twice: a subscription's period was paid more than once, under whatever order numbers.
 * - customer-charged-twice: subscriptions of what a person takes for one customer paid for the same days of a product,
 *   by its name or its billing token, or stand in it under names that read the same. One for each but the oldest, which
 *   names all before it. Each further month is raised again until a person says that these are different customers, or
 *   one of them ends.
 * - transaction-settled-twice: one payment settled several charges.
 * - declined-with-transaction: a charge is settled as declined although its line names a transaction.
 * - paid-after-all: a charge ended unpaid, and the gateway is seen to have its payment.
 * - deposit-taken-back: an order is settled as paid, and the bank has taken the deposit back since.
 * - refunded-too-much: more was given back of a charge, or of a payment, than was paid.
 * - refund-not-made: persons said that a refund was made, and the gateway's record stays as it was before it; or one was made, and its
 *   transfer to the customer's account has failed. It parks nothing: the customer waits for money.
 * - numbers-differ: a job's numbers don't add up, or are not those of the settlement log.
 * - gateway-contradicts: what the gateway says of a job can't be true beside what is recorded of it, such as the
 *   completion of a job that was closed as not accepted.
 * - unbillable: what a subscription is to be charged can't be planned, or what was planned can't be written into a request
 *   file and was set aside in a job of its own.
 */
export const LINE_STOP_KINDS = [
  'charged-twice',
  'period-paid-twice',
  'customer-charged-twice',
  'transaction-settled-twice',
  'declined-with-transaction',
  'paid-after-all',
  'deposit-taken-back',
  'refunded-too-much',
  'refund-not-made',
  'numbers-differ',
  'gateway-contradicts',
  'unbillable',
] as const;
export type LineStopKind = (typeof LINE_STOP_KINDS)[number];

/** Whether a stop of this kind is evidence about money that moved, or may have. Of what is unbillable nothing was ever sent. */
export function isAboutMoney(kind: LineStopKind): boolean {
  return kind !== 'unbillable';
}

/**
 * The life of a stop.
 *
 * - Open: its job or subscription is parked: no more money moves for it. A person resolves it, with a reason.
 * - Resolved: looked into and dealt with; the same violation is not raised again.
 */
export const LINE_STOP_TRANSITIONS = {
  Open: { resolve: 'Resolved' },
  Resolved: {},
} as const satisfies TransitionTable<'Open' | 'Resolved', 'resolve'>;

export type LineStopState = keyof typeof LINE_STOP_TRANSITIONS;

/** Where one begins. */
export const LINE_STOP_FIRST_STATES = ['Open'] as const satisfies readonly LineStopState[];
