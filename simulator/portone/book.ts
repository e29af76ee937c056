import type { GatewayBook, RepeatedOrder } from '../shared/control/gateway-control';
import { cancelledOf, paidOf } from './payments/amounts';
import type { Cancellation, PaymentStatus, Transaction } from './payments/payment';
import type { PaymentRegister } from './payments/payment-register';
import { isoText } from './payments/times';

/** What PortOne knows of one attempt. Amounts are won; instants are ISO texts of the simulator's clock. */
export interface PortOneBookEntry {
  storeId: string;
  paymentId: string;
  transactionId: string;
  channelKey: string;
  /** What was paid with a test channel is no money. */
  isTest: boolean;
  status: PaymentStatus;
  amount: number;
  taxFree: number;
  vat: number;
  billingKey: string | null;
  /** What came in, be it given back or not. */
  paidAmount: number;
  cancelledAmount: number;
  /** 1 for an attempt that was paid; never more. */
  approvals: number;
  cancels: {
    id: string;
    status: Cancellation['status'];
    amount: number;
    taxFree: number;
    trigger: string;
    at: string;
  }[];
  /** The payment company's code that it failed with. */
  failure: string | null;
  requestedAt: string;
  paidAt: string | null;
}

/** Money only: what test channels pay is counted apart. */
export interface PortOneBookTotals {
  payments: number;
  attempts: number;
  paidCount: number;
  paidAmount: number;
  cancelledCount: number;
  cancelledAmount: number;
  failedCount: number;
  testPaidCount: number;
}

/** PortOne's own truth, to be compared with the service's to the won. */
export class PortOneBook implements GatewayBook<PortOneBookTotals, PortOneBookEntry> {
  constructor(private readonly register: PaymentRegister) {}

  totals(storeId?: string): PortOneBookTotals {
    const entries = this.entries(storeId);
    const real = entries.filter(({ isTest }) => !isTest);
    const sum = (of: (entry: PortOneBookEntry) => number): number => real.reduce((total, one) => total + of(one), 0);
    return {
      payments: new Set(entries.map((entry) => `${entry.storeId} ${entry.paymentId}`)).size,
      attempts: entries.length,
      paidCount: sum(({ approvals }) => approvals),
      paidAmount: sum(({ paidAmount }) => paidAmount),
      cancelledCount: sum(({ cancels }) => cancels.filter(({ status }) => status === 'SUCCEEDED').length),
      cancelledAmount: sum(({ cancelledAmount }) => cancelledAmount),
      failedCount: real.filter(({ status }) => status === 'FAILED').length,
      testPaidCount: entries.filter(({ isTest, approvals }) => isTest && approvals > 0).length,
    };
  }

  entries(storeId?: string): PortOneBookEntry[] {
    const all = this.register.transactions().map(entryOf);
    return all.filter((entry) => storeId === undefined || entry.storeId === storeId);
  }

  /** Every attempt of a `paymentId`, whoever's: more than one paid is a double payment. */
  ofOrder(paymentId: string): PortOneBookEntry[] {
    return this.register
      .withId(paymentId)
      .flatMap(({ transactions }) => transactions)
      .map(entryOf);
  }

  repeatedOrders(): RepeatedOrder[] {
    const counted = this.register.all().map(({ id, transactions }) => ({
      orderId: id,
      times: transactions.reduce((sum, { approvals }) => sum + approvals, 0),
    }));
    return counted.filter(({ times }) => times > 1);
  }
}

function entryOf(transaction: Transaction): PortOneBookEntry {
  const { payment, channel, amount, cancellations, failure } = transaction;
  return {
    storeId: payment.store.storeId,
    paymentId: payment.id,
    transactionId: transaction.id,
    channelKey: channel.key,
    isTest: channel.type === 'TEST',
    status: transaction.status,
    amount: amount.total,
    taxFree: amount.taxFree,
    vat: amount.vat,
    billingKey: transaction.billingKey,
    paidAmount: paidOf(transaction),
    cancelledAmount: cancelledOf(transaction).total,
    approvals: transaction.approvals,
    cancels: cancellations.map((one) => ({
      id: one.id,
      status: one.status,
      amount: one.amount.total,
      taxFree: one.amount.taxFree,
      trigger: one.trigger,
      at: isoText(one.cancelledAt ?? one.requestedAt),
    })),
    failure: failure === null ? null : (failure.pgCode ?? failure.reason),
    requestedAt: isoText(transaction.requestedAt),
    paidAt: transaction.paidAt === null ? null : isoText(transaction.paidAt),
  };
}
