import type { StruckBy } from '../../shared/faults/answer-faults';
import { definitionOf } from '../error-codes';
import type { TossFaultKind } from '../faults/catalogue';
import { membersOf, type Members } from './members';
import type { TossAnswer } from './toss-call';

export type Struck = StruckBy<TossFaultKind>;

export function refusalAnswer(code: string, status: number): TossAnswer {
  const { status: own, ko } = definitionOf(code);
  return { status: status === 0 ? own : status, body: { code, message: ko } };
}

/** What armed faults change in a payment's answer; what was done stays as it was. */
export function alteredBody(body: object, struck: Struck): object {
  let payment: Members | null = membersOf(body);
  if (payment?.paymentKey === undefined || payment.totalAmount === undefined) return body;
  const amount = struck('answer-other-amount');
  if (amount) {
    const byWon = amount.number('byWon');
    payment = {
      ...payment,
      totalAmount: Number(payment.totalAmount) + byWon,
      balanceAmount: Number(payment.balanceAmount) + byWon,
    };
  }
  if (struck('answer-other-order')) payment = { ...payment, orderId: 'order-of-somebody-else' };
  const status = struck('answer-other-status');
  if (status) payment = { ...payment, status: status.text('status') };
  const currency = struck('answer-other-currency');
  if (currency) payment = { ...payment, currency: currency.text('currency') };
  if (struck('answer-unknown-members')) payment = { ...payment, newSince2027: { 가: 1 }, riskScore: null };
  return payment;
}
