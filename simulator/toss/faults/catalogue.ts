import { ANSWER_FAULTS } from '../../shared/faults/answer-faults';
import {
  ArmedFaults,
  type ArmedFaultViewOf,
  type FaultDefinition,
  type FaultOrderOf,
} from '../../shared/faults/armed-faults';

/** Where in the gateway's work a fault strikes: before a call does anything, in its answer, or in a message. */
export type TossFaultPoint = 'call' | 'answer' | 'lookup' | 'report' | 'webhook';

/** The one list of faults: arming, the README's table and the tests read it. Delays are real milliseconds unless said. */
export const TOSS_FAULTS = {
  'call-refused': {
    point: 'call',
    what: 'refused with this code, nothing done; status 0 is the code’s own',
    options: { code: 'PROVIDER_ERROR', status: 0 },
  },
  'call-failing': { point: 'call', what: '500, nothing done', options: { status: 500 } },
  'call-cut': { point: 'call', what: 'connection cut, nothing done', options: {} },
  'call-html': { point: 'call', what: 'a proxy’s HTML page, nothing done', options: { status: 502 } },

  ...ANSWER_FAULTS,
  'answer-failing': { point: 'answer', what: 'done, then 500', options: { status: 500 } },
  'answer-refused': {
    point: 'answer',
    what: 'done, then answered as if it were not',
    options: { code: 'FORBIDDEN_CONSECUTIVE_REQUEST', status: 429 },
  },
  'answer-html': { point: 'answer', what: 'done, then a proxy’s HTML page', options: { status: 502 } },
  'answer-other-amount': { point: 'answer', what: 'a payment with another amount', options: { byWon: 1 } },
  'answer-other-order': { point: 'answer', what: 'a payment of another order', options: {} },
  'answer-other-status': { point: 'answer', what: 'a payment in this state', options: { status: 'IN_PROGRESS' } },
  'answer-other-currency': { point: 'answer', what: 'a payment in this currency', options: { currency: 'USD' } },
  'answer-unknown-members': { point: 'answer', what: 'members nobody knows', options: {} },

  'lookup-absent': { point: 'lookup', what: 'answers that there is no such payment', options: {} },
  'lookup-stale': { point: 'lookup', what: 'knows nothing of cancellations', options: {} },

  'transactions-missing': { point: 'report', what: 'rows left out', options: { rows: 1 } },
  'transactions-amount-altered': { point: 'report', what: 'rows with another amount', options: { rows: 1, byWon: 1 } },
  'transactions-negative-cancels': { point: 'report', what: 'rows of cancellations with a minus', options: {} },

  'webhook-lost': { point: 'webhook', what: 'the first delivery never leaves; re-sent later', options: {} },
  'webhook-duplicated': { point: 'webhook', what: 'the same message several times at once', options: { copies: 3 } },
  'webhook-late': { point: 'webhook', what: 'late by this much simulator time', options: { delayMs: 600_000 } },
  'webhook-out-of-order': { point: 'webhook', what: 'held back until a later message was sent', options: {} },
  'webhook-before-answer': {
    point: 'webhook',
    what: 'sent and answered before the answer of the call that caused it',
    options: {},
  },
  'webhook-contradicted': { point: 'webhook', what: 'a message ABORTED follows at once', options: {} },
  'webhook-thin': { point: 'webhook', what: 'data holds paymentKey, status and orderId only', options: {} },
  'webhook-flat': { point: 'webhook', what: 'the members of data at the top level', options: {} },
  'webhook-unknown-members': { point: 'webhook', what: 'members nobody knows', options: {} },
} as const satisfies Record<string, FaultDefinition & { point: TossFaultPoint }>;

export type TossFaultKind = keyof typeof TOSS_FAULTS;

/** A fault may strike one kind of call only, or one order. */
export type TossFaultSubject = 'call' | 'orderId';
export type TossFaultOrder = FaultOrderOf<TossFaultKind, TossFaultSubject>;
export type TossFaultView = ArmedFaultViewOf<TossFaultKind, TossFaultSubject>;

/** The armed faults of Toss Payments. */
export class TossFaults extends ArmedFaults<TossFaultKind, TossFaultSubject> {
  constructor(seed: string) {
    super(seed, TOSS_FAULTS, ['call', 'orderId']);
  }
}
