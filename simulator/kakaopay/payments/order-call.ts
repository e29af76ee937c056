import type { Members } from '../../shared/http/members';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { reader } from '../http/members';
import { orderBody } from './payment-body';
import type { PaymentRegister } from './payment-register';

/** The lookup, by `tid` only. */
export class OrderCall {
  constructor(private readonly register: PaymentRegister) {}

  handle({ contract, body }: KakaoPayRequest): Members {
    const payment = this.register.findOf(contract, reader.requiredText(body, 'tid', 100));
    if (!payment) throw new KakaoPayRefusal(-721, 'tid');
    return orderBody(payment);
  }
}
