import { Injectable } from '@nestjs/common';
import { TossConfig } from '../../config';
import { MAX_CHARGE_WON } from '../../kernel/won';
import type { CheckoutOrder, CheckoutPayment, GatewayAnswer, OpenWindow, WindowReturn } from '../gateway';
import type { ConfirmsCheckouts, PreparedPayment } from '../ports';
import { countOf, textOf } from '../reading';
import { TossClient } from './api/toss.client';
import { asReceipt } from './receipts';
import { TossAccounts } from './toss-accounts';
import { IDEMPOTENCY_HOURS, LONGEST_NAME, WON_CURRENCY, cut } from './wire';

/** Nothing that would lead to another path where it is looked up. */
const RETURNED_KEY = /^(?!\.{1,2}$)[!-~]{1,200}$/;
const RETURNED_ORDER_NO = /^[A-Za-z0-9_=-]{1,64}$/;

/** Takes what customers agree to in Toss's window. Without the confirmation no money moves. */
@Injectable()
export class TossCheckouts implements ConfirmsCheckouts {
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  /** The same call tells, for as long as that is. */
  readonly openForSeconds = 0;
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
  async window(order: CheckoutOrder): Promise<GatewayAnswer<OpenWindow>> {
    const window = {
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
    return { kind: 'success', value: { window, reference: null } };
  }

  returned({ paymentKey, orderId, amount: stated }: Readonly<Record<string, unknown>>): WindowReturn | undefined {
    const [reference, orderNo, amount] = [textOf(paymentKey), textOf(orderId), countOf(stated)];
    if (reference === undefined || !RETURNED_KEY.test(reference)) return undefined;
    if (orderNo === undefined || !RETURNED_ORDER_NO.test(orderNo)) return undefined;
    if (amount === undefined || amount < 1 || amount > MAX_CHARGE_WON) return undefined;
    return { reference, orderNo, amount };
  }

  async prepare(payment: CheckoutPayment): Promise<PreparedPayment> {
    const { account, reference: paymentKey, orderNo: orderId, amount, idempotencyKey, sentBy } = payment;
    const { key, secretKey } = await this.accounts.keyFor(account, sentBy);
    const call = { account, secretKey, idempotencyKey };
    const send = async () => asReceipt(await this.client.confirm({ paymentKey, orderId, amount }, call));
    return { idempotencyKey, sentBy: key, send };
  }
}
