import type { ScheduledTask } from '../../shared/clock';
import type { TestCard } from '../cards';
import type { Merchant } from '../merchants';

export type PaymentStatus =
  'READY' | 'IN_PROGRESS' | 'WAITING_FOR_DEPOSIT' | 'DONE' | 'CANCELED' | 'PARTIAL_CANCELED' | 'ABORTED' | 'EXPIRED';

export interface Cancel {
  transactionKey: string;
  reason: string;
  at: number;
  amount: number;
  taxFreeAmount: number;
  /** What was left after it. */
  refundableAmount: number;
}

/** How far the transfer of a refund to the payer's account is; a cancellation says DONE whatever it is. */
export const REFUND_STATUSES = ['NONE', 'PENDING', 'FAILED', 'PARTIAL_FAILED', 'COMPLETED'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

export interface VirtualAccount {
  accountNumber: string;
  bankCode: string;
  customerName: string;
  depositorName: string | null;
  dueAt: number;
  expired: boolean;
  refundStatus: RefundStatus;
  /** What the transfer of the whole refund comes to. */
  refundEndsAs: RefundStatus;
  refundReceiveAccount: { bankCode: string; accountNumber: string; holderName: string } | null;
}

/** What the buyer chose to pay with. */
export type Means =
  | { kind: 'card'; card: TestCard; installmentMonths: number }
  | { kind: 'easyPay'; provider: string }
  | { kind: 'transfer'; bankCode: string }
  | { kind: 'virtualAccount'; account: VirtualAccount };

/** One payment as Toss knows it; amounts are won, instants epoch milliseconds of the simulator's clock. */
export interface Payment {
  readonly merchant: Merchant;
  readonly paymentKey: string;
  readonly orderId: string;
  readonly orderName: string;
  readonly type: 'NORMAL' | 'BILLING';
  readonly totalAmount: number;
  readonly taxFreeAmount: number;
  readonly customerKey: string | null;
  readonly useEscrow: boolean;
  readonly metadata: unknown;
  readonly secret: string;
  readonly requestedAt: number;
  /** Where a server-made payment is paid; else the usual address that nobody opens. */
  checkoutUrl: string;
  status: PaymentStatus;
  balanceAmount: number;
  taxFreeLeft: number;
  means: Means | null;
  approvedAt: number | null;
  /** How often it was approved: more than once can't be. */
  approvals: number;
  lastTransactionKey: string | null;
  cancels: Cancel[];
  failure: { code: string; message: string } | null;
  /** When it lapses by itself. */
  lapse: ScheduledTask | null;
}

/** One line of the transactions report. */
export interface Transaction {
  readonly payment: Payment;
  readonly transactionKey: string;
  readonly status: PaymentStatus;
  readonly at: number;
  /** What moved; 0 for what moved nothing. Of a cancel positive. */
  readonly amount: number;
  readonly cancel: Cancel | null;
  /** The bank took this deposit back: it is never paid out. */
  reversed: boolean;
}

const APPROVED: readonly PaymentStatus[] = ['DONE', 'CANCELED', 'PARTIAL_CANCELED'];

/** Whether money came, be it given back or not. */
export function wasApproved(payment: Payment): boolean {
  return payment.approvedAt !== null && APPROVED.includes(payment.status);
}

export function accountOf(payment: Payment): VirtualAccount | null {
  return payment.means?.kind === 'virtualAccount' ? payment.means.account : null;
}

export function isPartialCancelable(payment: Payment): boolean {
  return !(payment.means?.kind === 'card' && payment.means.card.isForeign);
}
