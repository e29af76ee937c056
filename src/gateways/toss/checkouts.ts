import { Injectable } from '@nestjs/common';
import { TossConfig } from '../../config';
import type { CheckoutOrder, CheckoutPayment, CheckoutWindow } from '../gateway';
import type { ConfirmsCheckouts, PreparedPayment } from '../ports';
import { TossClient } from './api/toss.client';
import { asReceipt } from './receipts';
import { TossAccounts } from './toss-accounts';
import { IDEMPOTENCY_HOURS, LONGEST_NAME, WON_CURRENCY, cut } from './wire';

/** Takes what customers agree to in Toss's window. Without the confirmation no money moves. */
@Injectable()
export class TossCheckouts implements ConfirmsCheckouts {
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;
  readonly findsAgreed: boolean;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
    config: TossConfig,
  ) {
    this.longestCallMs = accounts.longestCallMs;
    this.findsAgreed = config.findsAgreed;
  }

  /** What Toss's own script is called with (docs/protocol/toss.md, section 5); the customer chooses the method in the page. */
  async window(order: CheckoutOrder): Promise<CheckoutWindow> {
    return {
      clientKey: await this.accounts.clientKeyOf(order.account),
      customerKey: order.customerKey,
      orderId: order.orderNo,
      orderName: cut(order.orderName, LONGEST_NAME),
      amount: order.amount,
      currency: WON_CURRENCY,
      taxFreeAmount: order.taxFreeAmount,
      customerName: order.customerName && cut(order.customerName, LONGEST_NAME),
      customerEmail: order.customerEmail,
      successUrl: order.successUrl,
      failUrl: order.failUrl,
    };
  }

  async prepare(payment: CheckoutPayment): Promise<PreparedPayment> {
    const { account, reference: paymentKey, orderNo: orderId, amount, idempotencyKey, sentBy } = payment;
    const { key, secretKey } = await this.accounts.keyFor(account, sentBy);
    const call = { account, secretKey, idempotencyKey };
    const send = async () => asReceipt(await this.client.confirm({ paymentKey, orderId, amount }, call));
    return { idempotencyKey, sentBy: key, send };
  }
}
