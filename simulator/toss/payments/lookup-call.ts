import { TossRefusal } from '../error-codes';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Payment } from './payment';
import { paymentBody } from './payment-body';
import type { PaymentRegister } from './payment-register';

/** Lookup by payment key and by order id. */
export class LookupCall {
  constructor(private readonly register: PaymentRegister) {}

  byKey({ merchant, parameters: [paymentKey = ''] }: TossRequest): TossAnswer {
    return answerOf(this.register.findOf(merchant, paymentKey));
  }

  byOrder({ merchant, parameters: [orderId = ''] }: TossRequest): TossAnswer {
    return answerOf(this.register.shownOfOrder(merchant, orderId));
  }
}

function answerOf(payment: Payment | undefined): TossAnswer {
  if (!payment) throw new TossRefusal('NOT_FOUND_PAYMENT');
  return ok(paymentBody(payment));
}
