import type { GatewayAnswer, PaymentAnswer, PaymentReceipt } from '../gateway';
import { unknown } from '../reading';
import type { TossPayment } from './api/payment';
import { receiptOf } from './found-payment';

/** An answer with a payment, for whoever compares it with what was asked; a status that nobody knows is no yes. */
export function asReceipt(answer: GatewayAnswer<TossPayment>): GatewayAnswer<PaymentReceipt>;
export function asReceipt(answer: PaymentAnswer<TossPayment>): PaymentAnswer<PaymentReceipt>;
export function asReceipt(answer: PaymentAnswer<TossPayment>): PaymentAnswer<PaymentReceipt> {
  if (answer.kind !== 'success') return answer;
  const value = receiptOf(answer.value);
  if (value !== undefined) return { ...answer, value };
  const { traceId } = answer;
  const why = `a payment in a state that nobody knows: ${answer.value.status.slice(0, 40)}`;
  return { ...unknown('unreadable-answer', why), ...(traceId !== undefined && { traceId }) };
}
