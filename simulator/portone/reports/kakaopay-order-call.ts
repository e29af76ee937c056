import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { cancelledOf, leftOf } from '../payments/amounts';
import type { PaymentRegister } from '../payments/payment-register';
import { channelOf } from '../stores';

const STATUSES: Readonly<Record<string, string>> = {
  PAID: 'SUCCESS_PAYMENT',
  PARTIAL_CANCELLED: 'PART_CANCEL_PAYMENT',
  CANCELLED: 'CANCEL_PAYMENT',
};

/** What KakaoPay itself says of a payment, through PortOne: its answer as text. */
export class KakaoPayOrderCall {
  constructor(private readonly register: PaymentRegister) {}

  handle({ store, body }: PortOneRequest): Members {
    const pgTxId = reader.requiredText(body, 'pgTxId', 100);
    const channel = channelOf(store, reader.requiredText(body, 'channelKey', 200));
    if (channel?.pgProvider !== 'KAKAOPAY') throw new PortOneRefusal('CHANNEL_NOT_FOUND');
    const transaction = this.register
      .transactions()
      .find((one) => one.pgTxId === pgTxId && one.channel === channel && one.payment.store === store);
    if (!transaction) {
      return { statusCode: 400, body: JSON.stringify({ error_code: -721, error_message: 'no such tid' }) };
    }
    const told = {
      tid: pgTxId,
      cid: channel.pgMerchantId,
      status: STATUSES[transaction.status] ?? 'READY',
      partner_order_id: transaction.payment.id,
      item_name: transaction.orderName,
      amount: { total: transaction.amount.total, tax_free: transaction.amount.taxFree, vat: transaction.amount.vat },
      canceled_amount: { total: cancelledOf(transaction).total },
      cancel_available_amount: { total: leftOf(transaction).total },
    };
    return { statusCode: 200, body: JSON.stringify(told) };
  }
}
