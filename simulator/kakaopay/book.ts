import { canceledOf, wasPaid, type Payment, type PaymentStatus } from './payments/payment';
import type { PaymentRegister } from './payments/payment-register';

/** What KakaoPay knows of one payment. Amounts are won; instants are ISO texts of the simulator's clock. */
export interface KakaoPayBookEntry {
  cid: string;
  orderId: string;
  userId: string;
  tid: string;
  /** Issued by it, or charged by it; null of a single payment. */
  sid: string | null;
  /** Whether it is a charge by SID, without its customer. */
  isSubscription: boolean;
  status: PaymentStatus;
  amount: number;
  taxFree: number;
  vat: number;
  method: 'MONEY' | 'CARD' | null;
  /** What came in, be it given back or not. */
  approvedAmount: number;
  canceledAmount: number;
  /** 1 for a payment that was approved; never more. */
  approvals: number;
  cancels: { aid: string; amount: number; taxFree: number; vat: number; at: string }[];
  /** The `method_result_code` that it failed with. */
  failure: string | null;
  createdAt: string;
  approvedAt: string | null;
}

export interface KakaoPayBookTotals {
  payments: number;
  approvedCount: number;
  approvedAmount: number;
  canceledCount: number;
  canceledAmount: number;
  issuedSidCount: number;
  failedCount: number;
  quitCount: number;
}

/** KakaoPay's own truth, to be compared with the service's to the won. */
export class KakaoPayBook {
  constructor(private readonly register: PaymentRegister) {}

  totals(cid?: string): KakaoPayBookTotals {
    const entries = this.entries(cid);
    const sum = (of: (entry: KakaoPayBookEntry) => number): number =>
      entries.reduce((total, entry) => total + of(entry), 0);
    const counted = (...statuses: PaymentStatus[]): number =>
      entries.filter(({ status }) => statuses.includes(status)).length;
    return {
      payments: entries.length,
      approvedCount: sum(({ approvals }) => approvals),
      approvedAmount: sum(({ approvedAmount }) => approvedAmount),
      canceledCount: sum(({ cancels }) => cancels.length),
      canceledAmount: sum(({ canceledAmount }) => canceledAmount),
      issuedSidCount: counted('ISSUED_SID'),
      failedCount: counted('FAIL_PAYMENT', 'FAIL_AUTH_PASSWORD'),
      quitCount: counted('QUIT_PAYMENT'),
    };
  }

  entries(cid?: string): KakaoPayBookEntry[] {
    const payments = this.register.all();
    return payments.filter(({ contract }) => cid === undefined || contract.cid === cid).map(entryOf);
  }

  /** Every payment of an order number, whoever's: more than one approved is a double payment. */
  ofOrder(orderId: string): KakaoPayBookEntry[] {
    return this.register.withOrderId(orderId).map(entryOf);
  }

  /** Order numbers approved more than once under one contract, with how often. */
  repeatedOrders(): { orderId: string; times: number }[] {
    const times = new Map<string, { orderId: string; times: number }>();
    for (const { cid, orderId, approvals } of this.entries()) {
      const key = `${cid}\u0000${orderId}`;
      times.set(key, { orderId, times: (times.get(key)?.times ?? 0) + approvals });
    }
    return [...times.values()].filter((one) => one.times > 1);
  }
}

function entryOf(payment: Payment): KakaoPayBookEntry {
  const { total, taxFree, vat } = payment.amounts;
  return {
    cid: payment.contract.cid,
    orderId: payment.orderId,
    userId: payment.userId,
    tid: payment.tid,
    sid: payment.sid,
    isSubscription: payment.page === null,
    status: payment.status,
    amount: total,
    taxFree,
    vat,
    method: payment.means?.kind ?? null,
    approvedAmount: wasPaid(payment) ? total : 0,
    canceledAmount: canceledOf(payment).total,
    approvals: payment.approvals,
    cancels: payment.cancels.map(({ aid, amounts, at }) => ({
      aid,
      amount: amounts.total,
      taxFree: amounts.taxFree,
      vat: amounts.vat,
      at: isoText(at),
    })),
    failure: payment.failure,
    createdAt: isoText(payment.createdAt),
    approvedAt: payment.approvedAt === null ? null : isoText(payment.approvedAt),
  };
}

function isoText(at: number): string {
  return new Date(at).toISOString();
}
