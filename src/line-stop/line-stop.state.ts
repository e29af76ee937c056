import type { TransitionTable } from '../kernel/transitions';

/**
 * What can stop the line.
 *
 * - charged-twice: an order number took money more than once.
 * - customer-charged-twice: a customer stands in a product several times, under names that read the same.
 * - period-paid-twice: a subscription's period was paid more than once, under whatever order numbers.
 * - refunded-too-much: more was given back of a charge than was paid.
 * - numbers-differ: a job's numbers don't add up, or are not those of the settlement log.
 * - gateway-contradicts: what the gateway says of a job can't be true beside what is recorded of it, such as the
 *   completion of a job that was closed as not accepted.
 * - unbillable: what a subscription is to be charged can't be planned or written into a request file.
 */
export const LINE_STOP_KINDS = [
  'charged-twice',
  'customer-charged-twice',
  'period-paid-twice',
  'refunded-too-much',
  'numbers-differ',
  'gateway-contradicts',
  'unbillable',
] as const;
export type LineStopKind = (typeof LINE_STOP_KINDS)[number];

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
