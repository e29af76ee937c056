import type { Strike } from '../../shared/faults/armed-faults';
import { membersOf, type Members } from '../../shared/http/members';
import { definitionOf, errorBody } from '../error-types';
import type { PortOneAnswer, Struck } from './portone-call';

/** A no that a fault wants. */
export function refusalOf(strike: Strike): PortOneAnswer {
  const type = strike.text('type');
  const wanted = strike.number('status');
  const pgCode = strike.text('pgCode');
  const status = wanted === 0 ? definitionOf(type).status : wanted;
  return { status, body: errorBody(type, '', pgCode === '' ? null : pgCode) };
}

/** An error of PortOne's own, which has no type that anybody has listed. */
export function failureOf(strike: Strike): PortOneAnswer {
  return { status: strike.number('status'), body: { type: 'INTERNAL_SERVER_ERROR', message: '서버 오류입니다.' } };
}

/** An error that was asked for before anything is done. */
export function forcedAnswer(struck: Struck): PortOneAnswer | null {
  const refused = struck('call-refused');
  if (refused) return refusalOf(refused);
  const failing = struck('call-failing');
  return failing ? failureOf(failing) : null;
}

/** What armed faults change in a payment's answer; what was done stays as it was. */
export function alteredBody(body: Members, struck: Struck): Members {
  let altered = body;
  if (isPayment(body)) {
    const amount = membersOf(body.amount) ?? {};
    const byWon = struck('answer-other-amount')?.number('byWon');
    if (byWon !== undefined) {
      const more = { total: Number(amount.total) + byWon, paid: Number(amount.paid) + byWon };
      altered = { ...altered, amount: { ...amount, ...more } };
    }
    if (struck('answer-other-payment')) altered = { ...altered, id: 'payment-of-somebody-else' };
    if (struck('answer-other-store')) altered = { ...altered, storeId: 'store-of-somebody-else' };
    const status = struck('answer-other-status');
    if (status) altered = { ...altered, status: status.text('status') };
    const currency = struck('answer-other-currency');
    if (currency) altered = { ...altered, currency: currency.text('currency') };
    const channel = membersOf(body.channel);
    if (channel && struck('answer-test-channel')) altered = { ...altered, channel: { ...channel, type: 'TEST' } };
    if (struck('answer-first-version')) altered = { ...altered, version: 'V1' };
  }
  return struck('answer-unknown-members') ? { ...altered, newSince2027: { 가: 1 }, riskScore: null } : altered;
}

/** The same of a lookup's answer. */
export function alteredLookup(body: Members, struck: Struck): Members {
  if (body.cancellations !== undefined && struck('lookup-stale')) return withoutCancellations(body);
  const { status, paidAt } = body;
  if (status !== 'READY' && struck('lookup-behind')) return asOpened(body, paidAt !== undefined);
  return body;
}

/** The same of a list's answer: `items` of payments, or of what is wrapped with a cursor. */
export function alteredList(body: Members, isUnstable: boolean, struck: Struck): Members {
  if (!Array.isArray(body.items)) return body;
  if (isUnstable && struck('list-unreadable')) return { entries: body.items, next: null };
  let items: unknown[] = body.items;
  const missing = items.length > 0 ? struck('list-rows-missing') : null;
  if (missing) items = items.slice(missing.number('rows'));
  const altered = items.length > 0 ? struck('list-amount-altered') : null;
  if (altered) {
    const [rows, byWon] = [altered.number('rows'), altered.number('byWon')];
    items = items.map((item, at) => (at < rows ? withOtherAmount(item, byWon) : item));
  }
  return { ...body, items };
}

function withOtherAmount(item: unknown, byWon: number): unknown {
  const members = membersOf(item) ?? {};
  for (const wrapper of ['payment', 'paymentEvent']) {
    if (members[wrapper] !== undefined) return { ...members, [wrapper]: withOtherAmount(members[wrapper], byWon) };
  }
  if (members.eventAmount !== undefined) return { ...members, eventAmount: Number(members.eventAmount) + byWon };
  const amount = membersOf(members.amount) ?? {};
  return { ...members, amount: { ...amount, total: Number(amount.total) + byWon } };
}

function isPayment(body: Members): boolean {
  return typeof body.status === 'string' && body.transactionId !== undefined && membersOf(body.amount) !== null;
}

function withoutCancellations(body: Members): Members {
  const { cancellations: _none, cancelledAt: _never, amount, ...rest } = body;
  return {
    ...rest,
    status: 'PAID',
    amount: { ...membersOf(amount), cancelled: 0, cancelledTaxFree: 0 },
    disputes: [],
  };
}

const OF_LATER = [
  'method',
  'channel',
  'paidAt',
  'pgTxId',
  'receiptUrl',
  'disputes',
  'cancellations',
  'cancelledAt',
  'failedAt',
  'failure',
];

function asOpened(body: Members, wasPaid: boolean): Members {
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !OF_LATER.includes(name)));
  const amount = membersOf(body.amount) ?? {};
  const nothing = wasPaid ? { paid: 0, cancelled: 0, cancelledTaxFree: 0 } : {};
  return { ...rest, status: 'READY', amount: { ...amount, ...nothing } };
}
