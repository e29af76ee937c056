import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import { ZERO_WON, won, type Won } from '../../kernel/won';
import type { GatewayAnswer, RefundBasis, RefundOrder, RefundReceipt } from '../gateway';
import type { PreparedRefund, RefundsPayments } from '../ports';
import { refused, unknown } from '../reading';
import { partOf } from '../split';
import type { PortoneCancellation, PortonePayment } from './api/payment';
import { PortoneClient } from './api/portone.client';
import type { CancelRequest } from './api/requests';
import { PORTONE_BANKS } from './banks';
import { PortoneBasis, isUnderWay, leftOf, standingOf } from './found-payment';
import { PortoneAccounts } from './portone-accounts';
import { LONGEST_REASON, cut } from './wire';

/**
 * Cancels payments at PortOne, in full or in part. Each sending has a key of its own and says the balance it believes in: where another is
 * left, nothing is cancelled. One that its payment company takes its time for is no yes yet: lookups follow it to its end.
 */
@Injectable()
export class PortoneRefunds implements RefundsPayments {
  readonly banks = PORTONE_BANKS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: PortoneAccounts,
    private readonly client: PortoneClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async prepare(order: RefundOrder): Promise<PreparedRefund> {
    const payment = openedOf(order.basis);
    const { account, idempotencyKey, amount, note } = order;
    const { key, call } = await this.accounts.callFor(account);
    const keyed = { ...call, idempotencyKey };
    const prepared = { idempotencyKey, sentBy: key, paymentParts: null };
    if (standingOf(payment) === 'awaited') return { ...prepared, send: () => this.close(payment, amount, keyed) };
    assertReckonable(payment);
    assertReceivable(order, payment);
    const request = { ...cancelRequest(payment, amount, note), ...refundAccountOf(order) };
    const send = async () => receiptOf(await this.client.cancel(payment.id, request, keyed), payment, amount);
    return { ...prepared, send };
  }

  /** An account that nobody has paid into has nothing to give back. */
  private async close(
    { id }: PortonePayment,
    amount: Won,
    call: Parameters<PortoneClient['closeAccount']>[1],
  ): Promise<GatewayAnswer<RefundReceipt>> {
    const answer = await this.client.closeAccount(id, call);
    if (answer.kind !== 'success') return answer;
    return { ...answer, value: { transactionId: id, amount, refundTransactionId: null, resultCode: 'CLOSED' } };
  }
}

/** All that is sent of a cancellation: a part takes as much of what bears no VAT as is its share. */
export function cancelRequest(payment: PortonePayment, amount: Won, note: string): CancelRequest {
  const left = leftOf(payment);
  const taxFreeLeft = won(Math.max(0, payment.amount.taxFree - payment.amount.cancelledTaxFree));
  const { taxFree } = partOf({ total: left, taxFree: taxFreeLeft, vat: ZERO_WON }, amount);
  return {
    ...{ reason: cut(note, LONGEST_REASON), amount, taxFreeAmount: taxFree },
    ...{ currentCancellableAmount: left, requester: 'ADMIN' },
  };
}

function openedOf(basis: RefundBasis): PortonePayment {
  if (basis instanceof PortoneBasis) return basis.payment;
  throw new TypeError('a refund at PortOne is made from a payment looked up there');
}

/** Of what a discount has paid nobody has said who gets it back. */
function assertReckonable({ amount: { discount, paid, total } }: PortonePayment): void {
  if (discount === 0 || paid === total) return;
  throw new DomainError(
    'refund-not-possible',
    'A part of the payment was a discount: give it back in PortOne’s console',
  );
}

/** A deposit is given back to an account only, and anything else to none. */
function assertReceivable({ receiveAccount }: RefundOrder, { virtualAccount, paidAt }: PortonePayment): void {
  const isByDeposit = virtualAccount !== null && paidAt !== null;
  if (isByDeposit === (receiveAccount !== undefined)) return;
  const why = isByDeposit
    ? 'was paid by a deposit: it needs an account'
    : 'was not paid by a deposit: it takes no account';
  throw new DomainError('refund-not-possible', `The payment ${why} to be given back to`);
}

/** A bank is named by PortOne's word; people may have said its name. */
function refundAccountOf({ receiveAccount }: RefundOrder): Pick<CancelRequest, 'refundAccount'> {
  if (receiveAccount === undefined) return {};
  const { bank, accountNumber: number, holderName } = receiveAccount;
  const [word = bank] = [...PORTONE_BANKS].find(([, name]) => name === bank) ?? [];
  return { refundAccount: { bank: word, number, holderName } };
}

function receiptOf(
  answer: GatewayAnswer<PortoneCancellation>,
  { id: transactionId }: PortonePayment,
  asked: Won,
): GatewayAnswer<RefundReceipt> {
  if (answer.kind !== 'success') return answer;
  const { id: refundTransactionId, status, amount } = answer.value;
  if (isUnderWay(answer.value))
    return unknown('undecided', 'asked of the payment company, which has yet to give it back');
  if (status === 'FAILED') return refused(200, status, 'the payment company has not given it back', {});
  if (status !== 'SUCCEEDED') return unknown('unreadable-answer', `a cancellation that is ${status.slice(0, 40)}`);
  if (amount !== asked) return unknown('another-payment', `${amount} won were given back, and not ${asked}`);
  return { ...answer, value: { transactionId, amount, refundTransactionId, resultCode: status } };
}
