import type { SimulatorClock } from '../../shared/clock';
import { TossRefusal } from '../error-codes';
import { requiredAmount, requiredText, taxFreeOf } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Keys } from '../keys';
import { paymentBody } from '../payments/payment-body';
import type { PaymentLife } from '../payments/payment-life';
import type { PaymentRegister } from '../payments/payment-register';
import { accountFor } from './virtual-account';

export class VirtualAccountCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
  ) {}

  handle({ merchant, body }: TossRequest): TossAnswer {
    const totalAmount = requiredAmount(body, 'amount');
    if (totalAmount < 1) throw new TossRefusal('INVALID_REQUEST', 'amount');
    // Two digits were taken by the service.
    const orderId = requiredText(body, 'orderId', 64);
    const orderName = requiredText(body, 'orderName', 100);
    const taxFreeAmount = taxFreeOf(body, totalAmount);
    const account = accountFor(body, this.keys, this.clock.now());
    if (this.register.isUsedUp(merchant, orderId)) throw new TossRefusal('DUPLICATED_ORDER_ID');
    const payment = this.life.begin({
      merchant,
      orderId,
      orderName,
      type: 'NORMAL',
      totalAmount,
      taxFreeAmount,
      customerKey: null,
      useEscrow: body.useEscrow === true,
    });
    this.life.issueAccount(payment, account);
    return ok(paymentBody(payment));
  }
}
