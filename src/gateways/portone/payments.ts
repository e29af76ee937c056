import { Injectable } from '@nestjs/common';
import type { GatewayAnswer, LookedUpPayment, OrderAt, PaymentAt, PaymentReceipt } from '../gateway';
import type { FindsOrders, FindsPayments } from '../ports';
import { unknown } from '../reading';
import type { PortonePayment } from './api/payment';
import { PortoneClient } from './api/portone.client';
import { PortoneBasis, asReceipt, foundOf } from './found-payment';
import { PortoneAccounts } from './portone-accounts';

/** Looks payments up at PortOne, which knows them by our own order number: it is their transaction id, too. */
@Injectable()
export class PortonePayments implements FindsPayments, FindsOrders {
  readonly needsReference = false;

  constructor(
    private readonly accounts: PortoneAccounts,
    private readonly client: PortoneClient,
  ) {}

  async find({ account, transactionId }: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>> {
    const terms = await this.accounts.termsOf(account);
    const answer = await this.look(account, transactionId);
    if (answer.kind !== 'success') return answer;
    const { value: payment } = answer;
    return { ...answer, value: { payment: foundOf(payment, terms), basis: new PortoneBasis(payment) } };
  }

  async findByOrder({ account, orderNo }: OrderAt): Promise<GatewayAnswer<PaymentReceipt>> {
    const terms = await this.accounts.termsOf(account);
    return asReceipt(await this.look(account, orderNo), terms);
  }

  private async look(account: string, paymentId: string): Promise<GatewayAnswer<PortonePayment>> {
    const answer = await this.accounts.asking(account, (call) => this.client.payment(paymentId, call));
    if (answer.kind !== 'success' || answer.value.id === paymentId) return answer;
    return unknown('another-payment', 'the answer is about another payment');
  }
}
