import { Injectable } from '@nestjs/common';
import { Gateways, type MethodSecret, type PreparedPayment } from '../gateways';
import { DomainError } from '../kernel/errors';
import { checkoutSecretOf } from './checkout-secret';
import { PaymentMethodRepository, type PaymentMethod } from '../payment-method';
import { Batcher } from '../platform/work';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';

/** A call that is ready to leave, and what of it is kept so that it can be made again. */
export interface ReadyCall {
  prepared: PreparedPayment;
  /** The longest it may take. */
  longestCallMs: number;
  /** What the gateway is told beside the charge; a secret. */
  reference: string;
}

/** How a payment is asked for: by what came back from a window, or by a payment method's secret. */
@Injectable()
export class DirectPaymentCalls {
  /** Those of payments that are to be sent at the same time are read together. */
  private readonly methodsOf = new Batcher<string, PaymentMethod | undefined>(async (ids) => {
    const found = new Map((await this.methods.findAll(ids)).map((method) => [method.id, method]));
    return ids.map((id) => found.get(id));
  });

  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly methods: PaymentMethodRepository,
    private readonly gateways: Gateways,
  ) {}

  /** @throws {DomainError} as {@link ConfirmsCheckouts.prepare} and {@link ChargesMethods.prepare}; nothing was sent then */
  async ready(payment: DirectPayment): Promise<ReadyCall> {
    const { gateway, gatewayAccount: account, orderNo, amount, idempotencyKey, sentBy } = payment;
    const same = sentBy === null ? {} : { sentBy };
    const call = { account, orderNo, amount, idempotencyKey, ...same };
    if (payment.origin === 'checkout') {
      const port = this.gateways.confirming(gateway);
      const reference = this.payments.referenceOf(payment) ?? '';
      const { proof, customerKey, ...secret } = checkoutSecretOf(reference);
      const known = { ...(proof !== undefined && { proof }), ...(customerKey !== undefined && { customerKey }) };
      const prepared = await port.prepare({ ...call, ...secret, ...known });
      return { prepared, longestCallMs: port.longestCallMs, reference };
    }
    const port = this.gateways.charging(gateway);
    const { taxFreeAmount, productName } = payment;
    const reference = this.payments.referenceOf(payment) ?? JSON.stringify(await this.secretOf(payment));
    const method = JSON.parse(reference) as MethodSecret;
    const prepared = await port.prepare({ ...call, method, taxFreeAmount, productName });
    return { prepared, longestCallMs: port.longestCallMs, reference };
  }

  /** For how many hours after it was sent first the same call may be sent again. */
  sameCallHours({ gateway, origin }: DirectPayment): number {
    const port = origin === 'checkout' ? this.gateways.confirming(gateway) : this.gateways.charging(gateway);
    return port.sameCallForHours;
  }

  /** Whether its money may move before we confirm it, and goes back by the same call where it is not what was asked. */
  takesInWindow({ gateway, origin }: DirectPayment): boolean {
    return origin === 'checkout' && this.gateways.confirming(gateway).takesInWindow === true;
  }

  /** For how many seconds after it was sent it may turn out to be taken although the gateway has it as open, or not at all. */
  openSeconds({ gateway, origin }: DirectPayment): number {
    return origin === 'checkout' ? this.gateways.confirming(gateway).openForSeconds : 0;
  }

  private async secretOf({ id, paymentMethodId }: DirectPayment): Promise<MethodSecret> {
    const method = paymentMethodId === null ? undefined : await this.methodsOf.do(paymentMethodId);
    if (method === undefined) throw new DomainError('internal-error', `direct payment ${id} has no payment method`);
    // Before it is sent the method is looked at once more, and one that has ended is not charged.
    if (method.erasedAt !== null) return { methodKey: '', customerKey: '' };
    return this.methods.secretOf(method);
  }
}
