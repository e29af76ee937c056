import { ANSWER_FAULTS } from '../../shared/faults/answer-faults';
import {
  ArmedFaults,
  type ArmedFaultViewOf,
  type FaultDefinition,
  type FaultOrderOf,
} from '../../shared/faults/armed-faults';

/** Where in the gateway's work a fault strikes: before a call does anything, in its answer, or in a lookup's. */
export type KakaoPayFaultPoint = 'call' | 'answer' | 'order';

/** The one list of faults: arming, the README's table and the tests read it. Delays are real milliseconds. */
export const KAKAOPAY_FAULTS = {
  'call-refused': {
    point: 'call',
    what: 'refused with this code, nothing done; without extras where resultCode is empty; status 0 is the code’s own',
    options: { code: '-1', resultCode: '', status: 0 },
  },
  'call-refused-otherwise': {
    point: 'call',
    what: 'the same, in the error form of the other generation',
    options: { code: '-1', resultCode: '', status: 0 },
  },
  'call-failing': { point: 'call', what: '500, nothing done', options: { status: 500 } },
  'call-empty': { point: 'call', what: 'an empty body with this status, nothing done', options: { status: 401 } },
  'call-cut': { point: 'call', what: 'connection cut, nothing done', options: {} },
  'call-html': { point: 'call', what: 'a proxy’s HTML page, nothing done', options: { status: 502 } },

  ...ANSWER_FAULTS,
  'answer-failing': { point: 'answer', what: 'done, then 500', options: { status: 500 } },
  'answer-refused': {
    point: 'answer',
    what: 'done, then answered as if it were not',
    options: { code: '-10', resultCode: '', status: 429 },
  },
  'answer-html': { point: 'answer', what: 'done, then a proxy’s HTML page', options: { status: 502 } },
  'answer-other-amount': { point: 'answer', what: 'another amount.total', options: { byWon: 1 } },
  'answer-other-order': { point: 'answer', what: 'another partner_order_id', options: {} },
  'answer-other-cid': { point: 'answer', what: 'another cid', options: {} },
  'answer-other-status': { point: 'answer', what: 'this status', options: { status: 'AUTH_PASSWORD' } },
  'answer-numbers-as-text': { point: 'answer', what: 'every number as text', options: {} },
  'answer-without-sid': { point: 'answer', what: 'no sid, as of a single contract', options: {} },
  'answer-without-card': { point: 'answer', what: 'no card_info, though paid by card', options: {} },
  'answer-unknown-members': { point: 'answer', what: 'members nobody knows', options: {} },

  'order-absent': { point: 'order', what: 'answers that there is no such tid', options: {} },
  'order-stale': { point: 'order', what: 'knows nothing of cancellations', options: {} },
  'order-nothing-left': {
    point: 'order',
    what: 'cancel_available_amount 0 whatever is left, as the vendor’s printed sample',
    options: {},
  },
  'order-thin-rows': {
    point: 'order',
    what: 'rows of aid, type, approved_at, point and discount only, as recorded',
    options: {},
  },
} as const satisfies Record<string, FaultDefinition & { point: KakaoPayFaultPoint }>;

export type KakaoPayFaultKind = keyof typeof KAKAOPAY_FAULTS;

/** A fault may strike one kind of call only, or one order number. */
export type KakaoPayFaultSubject = 'call' | 'orderId';
export type KakaoPayFaultOrder = FaultOrderOf<KakaoPayFaultKind, KakaoPayFaultSubject>;
export type KakaoPayFaultView = ArmedFaultViewOf<KakaoPayFaultKind, KakaoPayFaultSubject>;

/** The armed faults of KakaoPay. */
export class KakaoPayFaults extends ArmedFaults<KakaoPayFaultKind, KakaoPayFaultSubject> {
  constructor(seed: string) {
    super(seed, KAKAOPAY_FAULTS, ['call', 'orderId']);
  }
}
