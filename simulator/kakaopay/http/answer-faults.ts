import type { StruckBy } from '../../shared/faults/answer-faults';
import type { Strike } from '../../shared/faults/armed-faults';
import { membersOf, type Members } from '../../shared/http/members';
import { definitionOf, extrasOf } from '../error-codes';
import type { KakaoPayFaultKind } from '../faults/catalogue';
import { amountsBody, NOTHING } from '../payments/amounts';
import { errorBody, otherGeneration, type Generation } from './generations';
import type { KakaoPayAnswer } from './kakaopay-call';

export type Struck = StruckBy<KakaoPayFaultKind>;

/** A no that a fault wants. */
export function refusalOf(strike: Strike, generation: Generation): KakaoPayAnswer {
  const code = Number(strike.text('code'));
  const { status, message } = definitionOf(code);
  const resultCode = strike.text('resultCode');
  const extras = resultCode === '' ? null : extrasOf(resultCode);
  const wanted = strike.number('status');
  return { status: wanted === 0 ? status : wanted, body: errorBody(generation, code, message, extras) };
}

/** An error that was asked for before anything is done. */
export function forcedAnswer(struck: Struck, generation: Generation): KakaoPayAnswer | null {
  const refused = struck('call-refused');
  if (refused) return refusalOf(refused, generation);
  const otherwise = struck('call-refused-otherwise');
  if (otherwise) return refusalOf(otherwise, otherGeneration(generation));
  const failing = struck('call-failing');
  if (failing) return failureOf(failing, generation);
  const empty = struck('call-empty');
  return empty ? { status: empty.number('status'), body: null } : null;
}

export function failureOf(strike: Strike, generation: Generation): KakaoPayAnswer {
  return { status: strike.number('status'), body: errorBody(generation, -1, definitionOf(-1).message, null) };
}

/** What armed faults change in an answer; what was done stays as it was. */
export function alteredBody(body: Members, struck: Struck): Members {
  let altered = body;
  const amount = membersOf(body.amount);
  const byWon = amount && struck('answer-other-amount');
  if (byWon) altered = { ...altered, amount: { ...amount, total: Number(amount.total) + byWon.number('byWon') } };
  if ('partner_order_id' in body && struck('answer-other-order')) {
    altered = { ...altered, partner_order_id: 'order-of-somebody-else' };
  }
  if ('cid' in body && struck('answer-other-cid')) altered = { ...altered, cid: 'CSOMEBODY1' };
  const status = 'status' in body ? struck('answer-other-status') : null;
  if (status) altered = { ...altered, status: status.text('status') };
  if ('sid' in body && struck('answer-without-sid')) altered = without(altered, 'sid');
  if ('card_info' in body && struck('answer-without-card')) altered = without(altered, 'card_info');
  if (struck('answer-unknown-members')) altered = { ...altered, new_since_2027: { 가: 1 }, risk_score: null };
  return struck('answer-numbers-as-text') ? (numbersAsText(altered) as Members) : altered;
}

/** The same of a lookup's answer. */
export function alteredOrder(body: Members, struck: Struck): Members {
  let altered = body;
  if (body.canceled_at !== undefined && struck('order-stale')) {
    altered = {
      ...without(altered, 'canceled_at'),
      status: 'SUCCESS_PAYMENT',
      canceled_amount: amountsBody(NOTHING),
      cancel_available_amount: altered.amount,
      payment_action_details: rowsOf(altered).slice(0, 1),
    };
  }
  if (body.cancel_available_amount !== undefined && struck('order-nothing-left')) {
    altered = { ...altered, cancel_available_amount: amountsBody(NOTHING) };
  }
  if (body.payment_action_details !== undefined && struck('order-thin-rows')) {
    altered = { ...altered, payment_action_details: rowsOf(altered).map(thinRow) };
  }
  return altered;
}

function rowsOf({ payment_action_details: rows }: Members): Members[] {
  return rows as Members[];
}

function thinRow({ aid, payment_action_type, approved_at, point_amount, discount_amount }: Members): Members {
  return { aid, payment_action_type, approved_at, point_amount, discount_amount };
}

function without(body: Members, name: string): Members {
  return Object.fromEntries(Object.entries(body).filter(([one]) => one !== name));
}

function numbersAsText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(numbersAsText);
  const members = membersOf(value);
  if (!members) return value;
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, numbersAsText(one)]));
}
