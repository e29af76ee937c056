import { Injectable } from '@nestjs/common';
import type { Won } from '../../kernel/won';
import type { GatewayAnswer, RefundOrder, RefundReceipt } from '../gateway';
import type { PreparedRefund, RefundsPayments } from '../ports';
import { unknown } from '../reading';
import { KakaopayClient } from './api/kakaopay.client';
import type { KakaopayPayment } from './api/payment';
import { leftOf, openedOf } from './found-payment';
import { KakaopayAccounts } from './kakaopay-accounts';
import { partOf } from '../split';
import { LONGEST_PAYLOAD, cut } from './wire';

/**
 * Cancels payments at KakaoPay, in full or in part, by the split of what is left. Each says the balance it believes in: where another
 * is left KakaoPay cancels nothing, which is all that keeps a part from being cancelled twice.
 */
@Injectable()
export class KakaopayRefunds implements RefundsPayments {
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: KakaopayAccounts,
    private readonly client: KakaopayClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async prepare({ account, basis, amount, note }: RefundOrder): Promise<PreparedRefund> {
    const { payment, contract } = openedOf(basis);
    const call = { ...(await this.accounts.callFor(account, contract)), orderNo: payment.orderId };
    const left = leftOf(payment);
    const part = partOf(left, amount);
    const request = {
      ...{ tid: payment.tid, cancel_amount: part.total, cancel_tax_free_amount: part.taxFree },
      ...{ cancel_vat_amount: part.vat, cancel_available_amount: left.total },
      payload: cut(note, LONGEST_PAYLOAD),
    };
    const send = async () => receiptOf(await this.client.cancel(request, call), payment, amount);
    return { idempotencyKey: null, paymentParts: null, send };
  }
}

/** What was given back is what this cancellation says, and what all of them are more than before. */
function receiptOf(
  answer: GatewayAnswer<KakaopayPayment>,
  before: KakaopayPayment,
  asked: Won,
): GatewayAnswer<RefundReceipt> {
  if (answer.kind !== 'success') return answer;
  const { value: after, ...rest } = answer;
  const [was, is] = [leftOf(before).total, leftOf(after).total];
  const isOfIt = after.tid === before.tid && after.orderId === before.orderId && after.amount !== null;
  const now = after.canceledNow?.total ?? asked;
  if (!isOfIt || now !== asked || was - is !== asked) {
    return unknown('another-payment', `of ${was} won ${is} are left, and not ${asked} less`);
  }
  const { tid: transactionId, aid: refundTransactionId, status } = after;
  return { ...rest, value: { transactionId, amount: asked, refundTransactionId, resultCode: status ?? '' } };
}
