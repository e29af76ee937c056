import { Injectable } from '@nestjs/common';
import type { GatewayAnswer, GatewayUnknown, LookedUpPayment, OrderAt, PaymentAt, PaymentReceipt } from '../gateway';
import type { FindsOrders, FindsPayments } from '../ports';
import { unknown } from '../reading';
import { TossClient } from './api/toss.client';
import { TossBasis, foundOf } from './found-payment';
import { asReceipt } from './receipts';
import { TossAccounts } from './toss-accounts';

/** Looks payments up at Toss, by its key or by our order number. */
@Injectable()
export class TossPayments implements FindsPayments, FindsOrders {
  readonly needsReference = false;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {}

  async find({ account, transactionId }: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>> {
    const answer = await this.accounts.asking(account, (secretKey) =>
      this.client.payment(transactionId, { account, secretKey }),
    );
    if (answer.kind !== 'success') return answer;
    const { value: payment } = answer;
    if (payment.paymentKey !== transactionId) return anotherPayment();
    return { ...answer, value: { payment: foundOf(payment), basis: new TossBasis(payment) } };
  }

  async findByOrder({ account, orderNo }: OrderAt): Promise<GatewayAnswer<PaymentReceipt>> {
    const answer = await this.accounts.asking(account, (secretKey) =>
      this.client.order(orderNo, { account, secretKey }),
    );
    return answer.kind === 'success' && answer.value.orderId !== orderNo ? anotherPayment() : asReceipt(answer);
  }
}

/** An answer about another payment is not an answer. */
function anotherPayment(): GatewayUnknown {
  return unknown('another-payment', 'the answer is about another payment');
}
