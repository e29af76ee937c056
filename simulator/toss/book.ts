import type { Payment, PaymentStatus } from './payments/payment';
import type { PaymentRegister } from './payments/payment-register';

/** What Toss knows of one payment. Amounts are won; instants are ISO texts of the simulator's clock. */
export interface TossBookEntry {
  mId: string;
  orderId: string;
  paymentKey: string;
  type: 'NORMAL' | 'BILLING';
  status: PaymentStatus;
  amount: number;
  /** What came in, be it given back or not. */
  approvedAmount: number;
  canceledAmount: number;
  /** 1 for a payment that was approved; never more. */
  approvals: number;
  cancels: { transactionKey: string; amount: number; at: string }[];
  customerKey: string | null;
  failureCode: string | null;
  requestedAt: string;
  approvedAt: string | null;
}

export interface TossBookTotals {
  payments: number;
  approvedCount: number;
  approvedAmount: number;
  /** Cancellations of money that had come. */
  canceledCount: number;
  canceledAmount: number;
  waitingForDepositCount: number;
  abortedCount: number;
  expiredCount: number;
}

/** Toss's own truth, to be compared with the service's to the won. */
export class TossBook {
  constructor(private readonly register: PaymentRegister) {}

  totals(mId?: string): TossBookTotals {
    const entries = this.entries(mId);
    const counted = (status: PaymentStatus): number => entries.filter((entry) => entry.status === status).length;
    const sum = (amountOf: (entry: TossBookEntry) => number): number =>
      entries.reduce((total, entry) => total + amountOf(entry), 0);
    return {
      payments: entries.length,
      approvedCount: sum(({ approvals }) => approvals),
      approvedAmount: sum(({ approvedAmount }) => approvedAmount),
      canceledCount: sum(({ approvals, cancels }) => (approvals > 0 ? cancels.length : 0)),
      canceledAmount: sum(({ canceledAmount }) => canceledAmount),
      waitingForDepositCount: counted('WAITING_FOR_DEPOSIT'),
      abortedCount: counted('ABORTED'),
      expiredCount: counted('EXPIRED'),
    };
  }

  entries(mId?: string): TossBookEntry[] {
    const payments = [...this.register.all()];
    return payments.filter(({ merchant }) => mId === undefined || merchant.mId === mId).map(entryOf);
  }

  /** Every payment of an order id, whoever's: more than one approved is a double payment. */
  ofOrder(orderId: string): TossBookEntry[] {
    return this.register.withOrderId(orderId).map(entryOf);
  }

  /** Order ids approved more than once under one contract, with how often. */
  repeatedOrders(): { orderId: string; times: number }[] {
    const times = new Map<string, { orderId: string; times: number }>();
    for (const { mId, orderId, approvals } of this.entries()) {
      const key = `${mId}\u0000${orderId}`;
      times.set(key, { orderId, times: (times.get(key)?.times ?? 0) + approvals });
    }
    return [...times.values()].filter((one) => one.times > 1);
  }
}

function entryOf(payment: Payment): TossBookEntry {
  const isApproved = payment.approvals > 0;
  return {
    mId: payment.merchant.mId,
    orderId: payment.orderId,
    paymentKey: payment.paymentKey,
    type: payment.type,
    status: payment.status,
    amount: payment.totalAmount,
    approvedAmount: isApproved ? payment.totalAmount : 0,
    canceledAmount: isApproved ? payment.totalAmount - payment.balanceAmount : 0,
    approvals: payment.approvals,
    cancels: payment.cancels.map(({ transactionKey, amount, at }) => ({ transactionKey, amount, at: isoText(at) })),
    customerKey: payment.customerKey,
    failureCode: payment.failure?.code ?? null,
    requestedAt: isoText(payment.requestedAt),
    approvedAt: payment.approvedAt === null ? null : isoText(payment.approvedAt),
  };
}

function isoText(at: number): string {
  return new Date(at).toISOString();
}
