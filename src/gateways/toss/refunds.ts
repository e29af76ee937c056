import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import type { Won } from '../../kernel/won';
import type { GatewayAnswer, RefundBasis, RefundOrder, RefundReceipt } from '../gateway';
import type { PreparedRefund, RefundsPayments } from '../ports';
import { unknown } from '../reading';
import type { TossPayment } from './api/payment';
import type { CancelRequest } from './api/requests';
import { TossClient } from './api/toss.client';
import { TOSS_BANKS } from './banks';
import { TossBasis } from './found-payment';
import { TossAccounts } from './toss-accounts';

/**
 * Cancels payments at Toss, in full or in part. Each sending has a key of its own and says the balance it believes in: where
 * another is left, Toss cancels nothing.
 */
@Injectable()
export class TossRefunds implements RefundsPayments {
  readonly banks = TOSS_BANKS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async prepare(order: RefundOrder): Promise<PreparedRefund> {
    const payment = openedOf(order.basis);
    assertReceivable(order, payment);
    const { key, secretKey } = await this.accounts.keyFor(order.account);
    const { account, idempotencyKey } = order;
    const call = { account, secretKey, idempotencyKey, orderNo: payment.orderId };
    const request = requestOf(order, payment);
    const send = async () => {
      const answer = await this.client.cancel(payment.paymentKey, request, call);
      return receiptOf(answer, payment, order.amount);
    };
    return { idempotencyKey, sentBy: key, paymentParts: null, send };
  }
}

/** Toss gives a deposit back to an account only, and anything else to none: it would refuse it, for ever under its key. */
function assertReceivable({ receiveAccount }: RefundOrder, { virtualAccount, approvedAt }: TossPayment): void {
  const isByDeposit = virtualAccount !== null && approvedAt !== null;
  if (isByDeposit === (receiveAccount !== undefined)) return;
  const why = isByDeposit
    ? 'was paid by a deposit: it needs an account'
    : 'was not paid by a deposit: it takes no account';
  throw new DomainError('refund-not-possible', `The payment ${why} to be given back to`);
}

function openedOf(basis: RefundBasis): TossPayment {
  if (!(basis instanceof TossBasis)) throw new TypeError('a refund at Toss is made from a payment looked up there');
  return basis.open();
}

/** Of a part, what of it bears no VAT is not told: then Toss takes none for tax-free. */
function requestOf({ amount, note, isFull, receiveAccount }: RefundOrder, payment: TossPayment): CancelRequest {
  return {
    cancelReason: note,
    cancelAmount: amount,
    refundableAmount: payment.balanceAmount,
    ...(receiveAccount && { refundReceiveAccount: receiveAccount }),
    ...(isFull && payment.taxFreeAmount > 0 && { taxFreeAmount: payment.taxFreeAmount }),
  };
}

/**
 * What was cancelled is what is new among the payment's cancels, whatever their order, and what the balance has lost; the
 * status says neither.
 */
function receiptOf(answer: GatewayAnswer<TossPayment>, before: TossPayment, asked: Won): GatewayAnswer<RefundReceipt> {
  if (answer.kind !== 'success') return answer;
  const { value: after, ...rest } = answer;
  const known = new Set(before.cancels.map(({ transactionKey }) => transactionKey));
  const [cancel, ...others] = after.cancels.filter(({ transactionKey }) => !known.has(transactionKey));
  const isOfIt = after.paymentKey === before.paymentKey && after.currency === before.currency;
  const isLess = before.balanceAmount - after.balanceAmount === asked;
  if (!isOfIt || cancel === undefined || others.length > 0 || !cancel.isDone || !isLess) {
    return unknown(
      'another-payment',
      `of ${before.balanceAmount} won ${after.balanceAmount} are left, and not ${asked} less`,
    );
  }
  const value = {
    transactionId: after.paymentKey,
    amount: cancel.amount,
    refundTransactionId: cancel.transactionKey,
    resultCode: after.status,
    ...(after.virtualAccount?.refundStatus && { transferStatus: after.virtualAccount.refundStatus }),
  };
  return { ...rest, value };
}
