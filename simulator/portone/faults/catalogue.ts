import { ANSWER_FAULTS } from '../../shared/faults/answer-faults';
import {
  ArmedFaults,
  type ArmedFaultViewOf,
  type FaultDefinition,
  type FaultOrderOf,
} from '../../shared/faults/armed-faults';

/** Where in the gateway's work a fault strikes: before a call does anything, in what it does, in its answer, or in a message. */
export type PortOneFaultPoint = 'call' | 'answer' | 'lookup' | 'cancel' | 'list' | 'webhook';

/** The one list of faults: arming, the README's table and the tests read it. Delays are real milliseconds unless said. */
export const PORTONE_FAULTS = {
  'call-refused': {
    point: 'call',
    what: 'refused with this type, nothing done; status 0 is the type’s own; pgCode only where it is given',
    options: { type: 'PG_PROVIDER', status: 0, pgCode: '' },
  },
  'call-failing': { point: 'call', what: '500, nothing done', options: { status: 500 } },
  'call-cut': { point: 'call', what: 'connection cut, nothing done', options: {} },
  'call-html': { point: 'call', what: 'a proxy’s HTML page, nothing done', options: { status: 502 } },

  ...ANSWER_FAULTS,
  'answer-failing': { point: 'answer', what: 'done, then 500', options: { status: 500 } },
  'answer-refused': {
    point: 'answer',
    what: 'done, then answered as if it were not',
    options: { type: 'TOO_MANY_REQUESTS', status: 429, pgCode: '' },
  },
  'answer-html': { point: 'answer', what: 'done, then a proxy’s HTML page', options: { status: 502 } },
  'answer-other-amount': { point: 'answer', what: 'a payment with another amount.total', options: { byWon: 1 } },
  'answer-other-payment': { point: 'answer', what: 'a payment of another id', options: {} },
  'answer-other-store': { point: 'answer', what: 'a payment of another store', options: {} },
  'answer-other-status': { point: 'answer', what: 'a payment in this state', options: { status: 'PENDING' } },
  'answer-other-currency': { point: 'answer', what: 'a payment in this currency', options: { currency: 'USD' } },
  'answer-test-channel': { point: 'answer', what: 'a payment of a test channel', options: {} },
  'answer-first-version': { point: 'answer', what: 'a payment of version V1', options: {} },
  'answer-unknown-members': { point: 'answer', what: 'members nobody knows', options: {} },

  'lookup-absent': { point: 'lookup', what: 'answers that there is no such payment', options: {} },
  'lookup-stale': { point: 'lookup', what: 'knows nothing of cancellations', options: {} },
  'lookup-behind': { point: 'lookup', what: 'knows nothing but that the window was opened', options: {} },

  'cancel-pending': {
    point: 'cancel',
    what: 'asked of the payment company, which says later; after afterMs of the simulator’s time, or on demand if 0',
    options: { endsAs: 'SUCCEEDED', afterMs: 0 },
  },
  'cancel-declined': {
    point: 'cancel',
    what: 'refused by the payment company',
    options: { pgCode: 'NOT_CANCELABLE_PAYMENT' },
  },

  'list-rows-missing': { point: 'list', what: 'rows left out', options: { rows: 1 } },
  'list-amount-altered': { point: 'list', what: 'rows with another amount', options: { rows: 1, byWon: 1 } },
  'list-unreadable': { point: 'list', what: 'an unstable list in another form', options: {} },

  'webhook-lost': { point: 'webhook', what: 'the first delivery never leaves; re-sent later', options: {} },
  'webhook-duplicated': { point: 'webhook', what: 'the same message several times at once', options: { copies: 6 } },
  'webhook-late': { point: 'webhook', what: 'late by this much simulator time', options: { delayMs: 600_000 } },
  'webhook-out-of-order': { point: 'webhook', what: 'held back until a later message was sent', options: {} },
  'webhook-before-answer': {
    point: 'webhook',
    what: 'sent and answered before the call’s answer, or before the browser’s return',
    options: {},
  },
  'webhook-contradicted': {
    point: 'webhook',
    what: 'a message that an earlier attempt failed follows at once',
    options: {},
  },
  'webhook-decoys': {
    point: 'webhook',
    what: 'signatures of other versions and keys around the good one',
    options: {},
  },
  'webhook-mistaken': { point: 'webhook', what: 'signed with the secret’s text as the key', options: {} },
  'webhook-other-secret': {
    point: 'webhook',
    what: 'signed with the test secret where it is about money, and the other way round',
    options: {},
  },
  'webhook-stale': { point: 'webhook', what: 'signed with a time ten minutes ago', options: {} },
  'webhook-header-twice': { point: 'webhook', what: 'the header webhook-id comes twice', options: {} },
  'webhook-form-encoded': { point: 'webhook', what: 'the version of 2024-01-01 as a form', options: {} },
  'webhook-unknown-type': { point: 'webhook', what: 'a type nobody knows', options: {} },
  'webhook-unknown-members': { point: 'webhook', what: 'members nobody knows', options: {} },
} as const satisfies Record<string, FaultDefinition & { point: PortOneFaultPoint }>;

export type PortOneFaultKind = keyof typeof PORTONE_FAULTS;

/** A fault may strike one kind of call only, or one payment. */
export type PortOneFaultSubject = 'call' | 'paymentId';
export type PortOneFaultOrder = FaultOrderOf<PortOneFaultKind, PortOneFaultSubject>;
export type PortOneFaultView = ArmedFaultViewOf<PortOneFaultKind, PortOneFaultSubject>;

/** The armed faults of PortOne. */
export class PortOneFaults extends ArmedFaults<PortOneFaultKind, PortOneFaultSubject> {
  constructor(seed: string) {
    super(seed, PORTONE_FAULTS, ['call', 'paymentId']);
  }
}
