import type { FoundPayment, PaymentReceipt, PaymentStanding, RefundBasis } from '../gateway';
import type { TossPayment } from './api/payment';
import { TOSS_BANKS } from './banks';
import type { PaymentStatus } from './wire';

/** Toss's record of a payment as it was just looked up: what a refund of it is held against. */
export class TossBasis implements RefundBasis {
  readonly #payment: TossPayment;

  constructor(payment: TossPayment) {
    this.#payment = payment;
  }

  get transactionId(): string {
    return this.#payment.paymentKey;
  }

  /** For {@link TossRefunds} alone: a secret is in it. */
  open(): TossPayment {
    return this.#payment;
  }
}

const STANDINGS: Readonly<Record<PaymentStatus, PaymentStanding | 'by-balance'>> = {
  READY: 'open',
  IN_PROGRESS: 'open',
  WAITING_FOR_DEPOSIT: 'awaited',
  DONE: 'by-balance',
  PARTIAL_CANCELED: 'by-balance',
  CANCELED: 'by-balance',
  ABORTED: 'over',
  EXPIRED: 'over',
};

/**
 * How far a payment is. Of one that was paid, what is left decides: the last of several parts given back leaves its status
 * as it was. An account whose deposit the bank has taken back is over by the older API, with nothing given back. `undefined` for a
 * word that nobody knows.
 */
export function standingOf(payment: TossPayment): PaymentStanding | undefined {
  const { status, approvedAt, balanceAmount, cancels, virtualAccount } = payment;
  const standing = Object.hasOwn(STANDINGS, status) ? STANDINGS[status as PaymentStatus] : undefined;
  if (standing !== 'by-balance') return standing;
  const isTakenBack = virtualAccount !== null && cancels.length === 0;
  if (status === 'CANCELED' && (approvedAt === null || isTakenBack)) return 'over';
  return balanceAmount === 0 && cancels.length > 0 ? 'refunded' : 'paid';
}

/** A payment as lookups keep it. */
export function foundOf(payment: TossPayment): FoundPayment {
  const { paymentKey, orderId, status, totalAmount, balanceAmount, currency, failure, cancels, virtualAccount } =
    payment;
  const standing = standingOf(payment);
  const isLess = balanceAmount < totalAmount || cancels.some(({ isDone }) => isDone);
  return {
    transactionId: paymentKey,
    amount: totalAmount,
    isRefunded: standing === undefined ? null : isLess,
    isPaid: standing === 'paid' && !isLess,
    status,
    reason: failure?.code ?? '',
    message: failure?.message ?? '',
    description: payment.description,
    updatedAt: latestOf([payment.approvedAt, ...cancels.map(({ canceledAt }) => canceledAt)]),
    paymentParts: [{ method: payment.method ?? '', amount: totalAmount }],
    goods: [],
    orderNo: orderId,
    currency,
    ...(standing !== undefined && { standing }),
    balance: balanceAmount,
    ...(virtualAccount?.refundStatus && { transferStatus: virtualAccount.refundStatus }),
    refunds: cancels
      .filter(({ isDone }) => isDone)
      .map(({ transactionKey, amount, reason, canceledAt }) => ({
        refundTransactionId: transactionKey,
        amount,
        note: reason,
        at: canceledAt?.toISOString() ?? null,
      })),
  };
}

/** A payment as who asked for it compares it. @returns `undefined` where its status is a word that nobody knows */
export function receiptOf(payment: TossPayment): PaymentReceipt | undefined {
  const { paymentKey, orderId, totalAmount, currency, status, failure, virtualAccount } = payment;
  const standing = standingOf(payment);
  if (standing === undefined) return undefined;
  return {
    transactionId: paymentKey,
    orderNo: orderId,
    amount: totalAmount,
    currency,
    standing,
    resultCode: failure?.code ?? status,
    resultMessage: failure?.message ?? payment.description,
    paidAt: payment.approvedAt,
    receiptUrl: payment.receiptUrl,
    depositAccount: virtualAccount && {
      bankCode: virtualAccount.bankCode,
      bankName: TOSS_BANKS.get(virtualAccount.bankCode) ?? virtualAccount.bankCode,
      accountNumber: virtualAccount.accountNumber,
      holder: virtualAccount.customerName,
      dueAt: virtualAccount.dueDate,
    },
    depositSecret: payment.secret,
  };
}

function latestOf(instants: readonly (Date | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null);
  return known.reduce<Date | null>((latest, each) => (latest === null || each > latest ? each : latest), null);
}
