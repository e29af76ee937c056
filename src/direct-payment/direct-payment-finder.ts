import { Injectable } from '@nestjs/common';
import { Gateways, type GatewayAnswer, type PaymentReceipt } from '../gateways';
import { checkoutSecretOf } from './checkout-secret';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';

/** Looks payments up by all that is known of them. */
@Injectable()
export class DirectPaymentFinder {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly gateways: Gateways,
  ) {}

  /** Call it with no transaction open. @throws {DomainError} as `FindsOrders.findByOrder` */
  find(payment: DirectPayment): Promise<GatewayAnswer<PaymentReceipt>> {
    const { gateway, gatewayAccount: account, orderNo } = payment;
    return this.gateways.findingOrders(gateway).findByOrder({ account, orderNo, reference: this.referenceOf(payment) });
  }

  private referenceOf(payment: DirectPayment): string | null {
    if (payment.transactionId !== null) return payment.transactionId;
    if (payment.origin !== 'checkout') return null;
    const secret = this.payments.referenceOf(payment);
    return secret === undefined ? null : checkoutSecretOf(secret).reference;
  }
}
