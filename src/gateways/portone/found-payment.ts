import { ZERO_WON, won, type Won } from '../../kernel/won';
import type { FoundPayment, GatewayAnswer, PaymentReceipt, PaymentStanding, RefundBasis } from '../gateway';
import { unknown } from '../reading';
import type { PortoneCancellation, PortonePayment } from './api/payment';
import { PORTONE_BANKS } from './banks';
import type { StoreTerms } from './portone-accounts';
import { LIVE_CHANNEL, VERSION, type PaymentStatus } from './wire';

/** PortOne's record of a payment as it was just looked up: what a refund of it is made from. */
export class PortoneBasis implements RefundBasis {
  constructor(readonly payment: PortonePayment) {}

  get transactionId(): string {
    return this.payment.id;
  }
}

/** One that waits for the payment company is neither open nor taken: nobody knows yet. */
const STANDINGS: Readonly<Record<PaymentStatus, PaymentStanding | 'pending'>> = {
  READY: 'open',
  PAY_PENDING: 'pending',
  PENDING: 'pending',
  VIRTUAL_ACCOUNT_ISSUED: 'awaited',
  PAID: 'paid',
  FAILED: 'over',
  PARTIAL_CANCELLED: 'paid',
  CANCELLED: 'refunded',
};

/** @returns `undefined` for a word that nobody knows, and for one that is pending */
export function standingOf({ status, paidAt }: PortonePayment): PaymentStanding | undefined {
  const standing = Object.hasOwn(STANDINGS, status) ? STANDINGS[status as PaymentStatus] : undefined;
  // An account that was closed before anybody had paid into it.
  if (standing === 'refunded' && paidAt === null) return 'over';
  return standing === 'pending' ? undefined : standing;
}

/** What of a payment can still be given back. */
export function leftOf({ amount }: PortonePayment): Won {
  return won(Math.max(0, amount.paid - amount.cancelled));
}

/**
 * Why a payment is not believed although it says that it was paid: the buyer's browser names store and channel, and one of tests pays nothing.
 * `undefined`: there is no such reason; amount and order are compared by who asked.
 */
export function objectionTo(payment: PortonePayment, terms: StoreTerms): string | undefined {
  const { storeId, version, channel } = payment;
  const standing = standingOf(payment);
  const isBegun = standing !== 'open' && standing !== 'over';
  const objections = [
    ...(storeId === terms.storeId ? [] : [`in the store ${storeId}`]),
    ...(version === VERSION ? [] : [`in version ${version}`]),
    ...(isBegun && channel === null ? ['by no channel'] : []),
    ...(channel === null || terms.channelKeys.includes(channel.key)
      ? []
      : [`by the channel ${channel.key}, which is not the account’s`]),
    ...(channel === null || !terms.isLive || channel.type === LIVE_CHANNEL
      ? []
      : [`by a channel of ${channel.type} in live`]),
  ];
  return objections.length === 0 ? undefined : objections.join(', ');
}

/** A payment as lookups keep it. */
export function foundOf(payment: PortonePayment, terms: StoreTerms): FoundPayment {
  const { id, status, amount, currency, failure, cancellations, virtualAccount } = payment;
  const standing = standingOf(payment);
  const made = cancellations.filter((each) => each.status === 'SUCCEEDED');
  const isLess = amount.cancelled > 0 || made.length > 0 || standing === 'refunded';
  const objection = objectionTo(payment, terms);
  return {
    transactionId: id,
    amount: amount.total,
    isRefunded: standing === undefined ? null : isLess,
    isPaid: standing === 'paid' && !isLess && objection === undefined,
    status,
    reason: failure?.code ?? '',
    message: failure?.message ?? objection ?? '',
    description: payment.description,
    updatedAt: payment.changedAt,
    paymentParts: [{ method: payment.method ?? '', amount: amount.total }],
    goods: [],
    orderNo: id,
    currency,
    ...(standing !== undefined && { standing }),
    balance: standing === 'paid' || standing === 'refunded' ? leftOf(payment) : ZERO_WON,
    ...(virtualAccount?.refundStatus && { transferStatus: virtualAccount.refundStatus }),
    askedRefunds: cancellations
      .filter((each) => each.status !== 'SUCCEEDED')
      .map((each) => ({ amount: each.amount, note: each.reason, isUnderWay: isUnderWay(each) })),
    refunds: made.map(({ id: refundTransactionId, amount: given, reason: note, at }) => ({
      ...{ refundTransactionId, amount: given, note },
      at: at?.toISOString() ?? null,
    })),
  };
}

/** An answer with a payment, for whoever compares it with what was asked; a status that nobody knows is no yes. */
export function asReceipt(answer: GatewayAnswer<PortonePayment>, terms: StoreTerms): GatewayAnswer<PaymentReceipt> {
  if (answer.kind !== 'success') return answer;
  const { id, amount, currency, status, failure, paidAt, receiptUrl, virtualAccount, description } = answer.value;
  const standing = standingOf(answer.value);
  if (standing === undefined) {
    const isPending = status === 'PAY_PENDING' || status === 'PENDING';
    if (isPending) return unknown('undecided', 'the payment company has yet to say what became of it');
    return unknown('unreadable-answer', `a payment in a state that nobody knows: ${status.slice(0, 40)}`);
  }
  const objection = objectionTo(answer.value, terms);
  const value: PaymentReceipt = {
    ...{ transactionId: id, orderNo: id, amount: amount.total, currency, standing, paidAt, receiptUrl },
    resultCode: failure?.code || status,
    resultMessage: failure?.message ?? description,
    ...(objection !== undefined && { objection }),
    depositAccount: virtualAccount && {
      bankCode: virtualAccount.bank,
      bankName: PORTONE_BANKS.get(virtualAccount.bank) ?? virtualAccount.bank,
      accountNumber: virtualAccount.accountNumber,
      holder: virtualAccount.holder,
      dueAt: virtualAccount.dueAt,
    },
  };
  return { ...answer, value };
}

/** A cancellation that PortOne has been asked for and that is not made yet. */
export function isUnderWay({ status }: PortoneCancellation): boolean {
  return status === 'REQUESTED';
}
