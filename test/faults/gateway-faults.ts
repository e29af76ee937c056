import type { FaultOrder } from '../../simulator/tstore/faults/armed-faults';
import { FAULTS, type FaultKind } from '../../simulator/tstore/faults/catalogue';
import {
  KAKAOPAY_FAULTS,
  TOSS_FAULTS,
  type KakaoPayFaultKind,
  type KakaoPayFaultOrder,
  type TossFaultKind,
  type TossFaultOrder,
} from '../../simulator';
import type { SeededRandom } from '../../simulator/shared/seeded';

/** Where faults strike, each as often as the other. */
const POINTS = ['token', 'api', 'submission', 'notification', 'verification', 'result', 'lookup', 'refund'];
/**
 * How long a lookup may be stale the service is told by a setting; a clock that jumps would make it any time. And nobody is
 * there who disarms what is held until then.
 */
const KINDS = (Object.keys(FAULTS) as FaultKind[]).filter((kind) => kind !== 'lookup-stale' && !kind.endsWith('-held'));

/** Real time, of which there is little. */
const QUICK: Readonly<Record<string, number>> = { delayMs: 20, everyMs: 1 };

/** Draws a fault of T store that strikes a few times, now or some calls later. */
export function drawFault(random: SeededRandom): FaultOrder {
  const point = POINTS[random.below(POINTS.length)];
  const kinds = KINDS.filter((kind) => FAULTS[kind].point === point);
  const kind = kinds[random.below(kinds.length)] as FaultKind;
  const known = Object.keys(FAULTS[kind].options);
  const options = Object.fromEntries(Object.entries(QUICK).filter(([name]) => known.includes(name)));
  return { kind, times: 1 + random.below(2), skip: random.below(3), options };
}

/** Calls that move money, or that tell whether it was moved. */
const TOSS_CALLS = ['confirm', 'billing-charge', 'cancel', 'billing-issue', 'billing-delete', 'lookup'];
const TOSS_POINTS = ['call', 'answer', 'answer', 'lookup', 'webhook', 'webhook'];
/** A moment's failure, a key that is refused, too many calls at once, and one that is still being worked on. */
const TOSS_REFUSALS = [
  'PROVIDER_ERROR',
  'FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING',
  'UNAUTHORIZED_KEY',
  'FORBIDDEN_CONSECUTIVE_REQUEST',
  'IDEMPOTENT_REQUEST_PROCESSING',
];
/** Of a payment that is done. */
const TOSS_STATUSES = ['IN_PROGRESS', 'ABORTED', 'EXPIRED', 'CANCELED', 'WAITING_FOR_DEPOSIT', 'NEVER_HEARD_OF'];
const TOSS_KINDS = (Object.keys(TOSS_FAULTS) as TossFaultKind[]).filter(
  (kind) => kind !== 'lookup-stale' && !kind.endsWith('-held'),
);

/** Draws a fault of Toss Payments, in the same way. */
export function drawTossFault(random: SeededRandom): TossFaultOrder {
  const point = TOSS_POINTS[random.below(TOSS_POINTS.length)];
  const kinds = TOSS_KINDS.filter((kind) => TOSS_FAULTS[kind].point === point);
  const kind = kinds[random.below(kinds.length)] as TossFaultKind;
  const drawn: Record<string, number | string> = {
    ...QUICK,
    ...(kind === 'call-refused' && { code: TOSS_REFUSALS[random.below(TOSS_REFUSALS.length)] as string }),
    ...(kind === 'answer-other-status' && { status: TOSS_STATUSES[random.below(TOSS_STATUSES.length)] as string }),
  };
  const known = Object.keys(TOSS_FAULTS[kind].options);
  const options = Object.fromEntries(Object.entries(drawn).filter(([name]) => known.includes(name)));
  const call: { call?: string } =
    point !== 'call' && point !== 'answer' ? {} : { call: TOSS_CALLS[random.below(TOSS_CALLS.length)] as string };
  // A key that was issued and denied has no other call that tells of it: it is nobody's, and nobody can charge it.
  if (kind === 'answer-refused' && call.call === 'billing-issue') call.call = 'billing-charge';
  return { kind, ...call, times: 1 + random.below(2), skip: random.below(3), options };
}

const KAKAOPAY_CALLS = [
  'ready',
  'approve',
  'approve',
  'order',
  'cancel',
  'subscription',
  'subscription',
  'status',
  'inactive',
];
const KAKAOPAY_POINTS = ['call', 'answer', 'answer', 'order'];
/** Not known, not now, a key that is refused, the customer's no, and what was done before. */
const KAKAOPAY_REFUSALS = ['-1', '-10', '-9798', '-401', '-780', '-782', '-702', '-785'];
const KAKAOPAY_STATUSES = [
  'AUTH_PASSWORD',
  'READY',
  'QUIT_PAYMENT',
  'FAIL_PAYMENT',
  'CANCEL_PAYMENT',
  'NEVER_HEARD_OF',
];
const KAKAOPAY_KINDS = (Object.keys(KAKAOPAY_FAULTS) as KakaoPayFaultKind[]).filter(
  (kind) => kind !== 'order-stale' && !kind.endsWith('-held'),
);

/** Draws a fault of KakaoPay, in the same way. */
export function drawKakaopayFault(random: SeededRandom): KakaoPayFaultOrder {
  const point = KAKAOPAY_POINTS[random.below(KAKAOPAY_POINTS.length)];
  const kinds = KAKAOPAY_KINDS.filter((kind) => KAKAOPAY_FAULTS[kind].point === point);
  const kind = kinds[random.below(kinds.length)] as KakaoPayFaultKind;
  const isRefusal = kind === 'call-refused' || kind === 'call-refused-otherwise';
  const drawn: Record<string, number | string> = {
    ...QUICK,
    ...(isRefusal && { code: KAKAOPAY_REFUSALS[random.below(KAKAOPAY_REFUSALS.length)] as string }),
    ...(kind === 'answer-other-status' && {
      status: KAKAOPAY_STATUSES[random.below(KAKAOPAY_STATUSES.length)] as string,
    }),
  };
  const known = Object.keys(KAKAOPAY_FAULTS[kind].options);
  const options = Object.fromEntries(Object.entries(drawn).filter(([name]) => known.includes(name)));
  const call = point === 'order' ? {} : { call: KAKAOPAY_CALLS[random.below(KAKAOPAY_CALLS.length)] as string };
  return { kind, ...call, times: 1 + random.below(2), skip: random.below(3), options };
}
