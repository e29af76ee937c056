import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { isUsedUp } from './payment';
import type { PaymentRegister } from './payment-register';

/** Says beforehand what the sum is: a browser that asks for another one fails. The latest word counts. */
export class PreRegisterCall {
  constructor(private readonly register: PaymentRegister) {}

  handle({ store, parameters, body }: PortOneRequest): Members {
    const predefined = {
      totalAmount: reader.optionalAmount(body, 'totalAmount'),
      taxFreeAmount: reader.optionalAmount(body, 'taxFreeAmount'),
      currency: reader.optionalText(body, 'currency', 3),
    };
    const payment = this.register.openOf(store, paymentIdIn(parameters));
    if (isUsedUp(payment)) throw new PortOneRefusal('ALREADY_PAID');
    payment.predefined = predefined;
    return {};
  }
}
