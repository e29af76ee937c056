import { Injectable } from '@nestjs/common';
import { Gateways, type GatewayAnswer, type MethodSecret, type PaymentReceipt } from '../gateways';
import { seoulTimestamp } from '../kernel/seoul-calendar';
import { secondsAfter } from '../platform/clock';
import { checkoutSecretOf } from './checkout-secret';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';

/** What may be thought of a payment that can't be looked up. */
export interface PaymentHint {
  /** Whether its method was charged since it was sent. */
  isSince: boolean;
  inWords: string;
}

/** A gateway's clock and ours. */
const CLOCKS_APART_SECONDS = 300;

/** Looks payments up by all that is known of them. */
@Injectable()
export class DirectPaymentFinder {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly gateways: Gateways,
  ) {}

  /**
   * Call it with no transaction open.
   *
   * @param transactionId under which somebody says that the gateway has it
   * @throws {DomainError} as `FindsOrders.findByOrder`
   */
  find(payment: DirectPayment, transactionId?: string): Promise<GatewayAnswer<PaymentReceipt>> {
    const { gateway, gatewayAccount: account, orderNo } = payment;
    const reference = transactionId ?? this.referenceOf(payment);
    return this.gateways.findingOrders(gateway).findByOrder({ account, orderNo, reference });
  }

  /** Whether the gateway can be asked about it at all: of a lost answer nobody may know what it calls the payment. */
  canFind(payment: DirectPayment): boolean {
    return !this.gateways.findingOrders(payment.gateway).needsReference || this.referenceOf(payment) !== null;
  }

  /**
   * What the gateway says of the method of a payment that it can't be asked about: whether that was charged since, by none of our other
   * payments. Nobody has said that it always tells, so it is a hint for people, or a reason to doubt.
   *
   * @returns `undefined` where it gives none
   */
  async hint(payment: DirectPayment): Promise<PaymentHint | undefined> {
    const { gateway, gatewayAccount: account, sentAt, origin } = payment;
    const secret = origin === 'method' ? this.payments.referenceOf(payment) : undefined;
    const port = origin === 'method' ? this.gateways.charging(gateway) : undefined;
    if (secret === undefined || sentAt === null || port?.hint === undefined) return undefined;
    const answer = await port.hint(account, JSON.parse(secret) as MethodSecret);
    if (answer.kind !== 'success') return undefined;
    const { lastChargedAt } = answer.value;
    if (lastChargedAt === null) return { isSince: false, inWords: 'its payment method was never charged (a hint)' };
    const other = await this.payments.otherByMethodAt(payment, lastChargedAt, CLOCKS_APART_SECONDS);
    const isSince = other === undefined && lastChargedAt >= secondsAfter(sentAt, -CLOCKS_APART_SECONDS);
    const by = other === undefined ? '' : ` by order ${other.orderNo}`;
    const when = `${seoulTimestamp(lastChargedAt)}${by}; this was sent at ${seoulTimestamp(sentAt)}`;
    return { isSince, inWords: `its payment method was charged last at ${when} (a hint)` };
  }

  private referenceOf(payment: DirectPayment): string | null {
    if (payment.transactionId !== null) return payment.transactionId;
    if (payment.origin !== 'checkout') return null;
    const secret = this.payments.referenceOf(payment);
    return secret === undefined ? null : checkoutSecretOf(secret).reference;
  }
}
