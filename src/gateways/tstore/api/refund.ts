import type { Won } from '../../../kernel/won';
import { idOf, isJsonObject, wonOf, type JsonMembers, showing, type Show } from '../../reading';
import type { PaymentPart } from '../../gateway';
import { readPaymentParts, writePaymentParts } from './transaction';
import { RESULT_CODE_SUCCESS, type RefundRequest } from '../wire';

/** Money to give back; every parameter must match the gateway's record of the payment exactly. */
export interface RefundOrder {
  transactionId: string;
  amount: Won;
  /** Whether the whole payment is refunded. */
  isFull: boolean;
  payerAuthKey: string | null;
  /** Our own id of the refund, where one is given. */
  refundTransactionId: string | null;
  note: string | null;
  paymentParts: readonly PaymentPart[] | null;
  link: { name: string; url: string } | null;
}

/** The gateway has refunded. */
export interface RefundReceipt {
  transactionId: string;
  /** What was refunded, to be compared with what was asked. */
  amount: Won;
  refundTransactionId: string | null;
  paymentParts: PaymentPart[];
}

export function writeRefund(order: RefundOrder): RefundRequest {
  return {
    payer: order.payerAuthKey === null ? null : { authKey: order.payerAuthKey },
    refundTransactionRequest: {
      refundTid: order.refundTransactionId,
      tid: order.transactionId,
      fullRefund: order.isFull,
      amount: order.amount,
      note: order.note,
      paymentMethods: order.paymentParts === null ? null : writePaymentParts(order.paymentParts),
    },
    links: order.link,
  };
}

/** @param transactionId the payment that was to be refunded: an answer about another one is not an answer */
export function readRefund(
  members: JsonMembers,
  transactionId: string,
  show: Show = showing(),
): RefundReceipt | undefined {
  const refund = members.refundTransactionResponse;
  if (members.resultCode !== RESULT_CODE_SUCCESS || !isJsonObject(refund)) return undefined;
  const amount = wonOf(refund.amount);
  const paymentParts = readPaymentParts(refund.paymentMethods, show);
  if (idOf(refund.tid) !== transactionId || amount === undefined || paymentParts === undefined) return undefined;
  return { transactionId, amount, refundTransactionId: idOf(refund.refundTid) ?? null, paymentParts };
}
