import type { Declines } from '../declines';
import { TossRefusal } from '../error-codes';
import { requiredAmount, requiredText } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import { wasApproved, type Payment } from './payment';
import { paymentBody } from './payment-body';
import type { PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';

/** Confirm, by the current path and by the older one that has the payment key in it. */
export class ConfirmCall {
  constructor(
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
    private readonly declines: Declines,
  ) {}

  handle({ merchant, body, parameters: [keyInPath] }: TossRequest): TossAnswer {
    const paymentKey = keyInPath ?? requiredText(body, 'paymentKey', 200);
    const orderId = requiredText(body, 'orderId', 64);
    const amount = requiredAmount(body, 'amount');
    const payment = this.register.find(paymentKey);
    if (!payment) throw new TossRefusal('NOT_FOUND_PAYMENT');
    // The window was opened with the client key of another set.
    if (payment.merchant !== merchant) throw new TossRefusal('INVALID_API_KEY');
    if (payment.orderId !== orderId) throw new TossRefusal('NOT_FOUND_PAYMENT_SESSION');
    if (wasApproved(payment) || payment.status === 'WAITING_FOR_DEPOSIT') {
      throw new TossRefusal('ALREADY_PROCESSED_PAYMENT');
    }
    if (payment.status !== 'IN_PROGRESS') throw new TossRefusal('NOT_FOUND_PAYMENT_SESSION');
    if (payment.totalAmount !== amount) throw new TossRefusal('FORBIDDEN_REQUEST', 'amount');
    if (this.register.isUsedUp(merchant, orderId)) throw new TossRefusal('DUPLICATED_ORDER_ID');
    this.confirm(payment);
    return ok(paymentBody(payment));
  }

  private confirm(payment: Payment): void {
    const { means, orderId, customerKey, totalAmount: amount } = payment;
    if (means?.kind === 'virtualAccount') return this.life.issueAccount(payment, means.account);
    try {
      this.declines.check({ orderId, customerKey, amount, card: means?.kind === 'card' ? means.card : null });
    } catch (error) {
      if (error instanceof TossRefusal) this.life.abort(payment, error.code);
      throw error;
    }
    this.life.approve(payment);
  }
}
