import type { ScheduledTask } from '../../shared/clock';
import type { Members } from '../../shared/http/members';
import type { TestCard } from '../cards';
import type { Channel, Store } from '../stores';
import type { Amount } from './amount';

export const STATUSES = [
  'READY',
  'PAY_PENDING',
  'VIRTUAL_ACCOUNT_ISSUED',
  'PAID',
  'FAILED',
  'PARTIAL_CANCELLED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof STATUSES)[number];

export const REFUND_STATUSES = ['PENDING', 'PARTIAL_REFUND_FAILED', 'FAILED', 'COMPLETED'] as const;

export interface VirtualAccount {
  readonly bank: string;
  readonly accountNumber: string;
  readonly remitteeName: string;
  remitterName: string | null;
  readonly issuedAt: number;
  readonly expiredAt: number;
  refundStatus: (typeof REFUND_STATUSES)[number] | null;
}

/** What is paid with. */
export type Means =
  | {
      readonly kind: 'card';
      readonly card: TestCard;
      readonly installmentMonths: number;
      readonly approvalNumber: string;
    }
  | { readonly kind: 'easyPay'; readonly provider: string }
  | { readonly kind: 'transfer'; readonly bank: string }
  | { readonly kind: 'mobile' }
  | { readonly kind: 'virtualAccount'; readonly account: VirtualAccount };

export type CancelTrigger = 'API' | 'CONSOLE' | 'PORTONE_ADMIN' | 'CHARGEBACK';

export interface Cancellation {
  readonly id: string;
  readonly pgCancellationId: string;
  status: 'SUCCEEDED' | 'REQUESTED' | 'FAILED';
  readonly amount: Amount;
  readonly reason: string;
  readonly requestedAt: number;
  cancelledAt: number | null;
  readonly trigger: CancelTrigger;
  readonly skipsWebhook: boolean;
}

export interface Failure {
  readonly reason: string;
  readonly pgCode: string | null;
  readonly pgMessage: string | null;
}

export interface Origin {
  readonly platformType: 'PC' | 'MOBILE' | 'API';
  readonly userAgent: string | null;
  readonly url: string | null;
  readonly ipAddress: string;
}

/** What a payment is asked with, by a browser or by a billing key. */
export interface PaymentRequest {
  readonly channel: Channel;
  readonly orderName: string;
  readonly amount: Amount;
  readonly customer: Members;
  /** Text in the API, whatever it was in the browser. */
  readonly customData: string | null;
  readonly products: readonly Members[] | null;
  readonly productCount: number | null;
  readonly country: string | null;
  readonly origin: Origin;
  /** In place of the addresses that the store has. */
  readonly noticeUrls: readonly string[];
}

/** One attempt to pay. */
export interface Transaction extends PaymentRequest {
  readonly payment: Payment;
  readonly id: string;
  /** What it was charged by, without its customer. */
  readonly billingKey: string | null;
  readonly scheduleId: string | null;
  readonly skipsWebhook: boolean;
  readonly requestedAt: number;
  status: PaymentStatus;
  statusChangedAt: number;
  updatedAt: number;
  means: Means | null;
  discount: number;
  pgTxId: string | null;
  paidAt: number | null;
  /** How often it was paid: more than once can't be. */
  approvals: number;
  failedAt: number | null;
  failure: Failure | null;
  cancelledAt: number | null;
  readonly cancellations: Cancellation[];
  /** What `confirm` wants, until it has come or its time is over. */
  paymentToken: string | null;
  lapse: ScheduledTask | null;
}

/** What the sum must be, said beforehand. */
export interface Predefined {
  readonly totalAmount: number | null;
  readonly taxFreeAmount: number | null;
  readonly currency: string | null;
}

/** All that a store has under one `paymentId`: at most one of its attempts is paid. */
export interface Payment {
  readonly store: Store;
  readonly id: string;
  readonly transactions: Transaction[];
  predefined: Predefined | null;
}

/** Whether money came, be it given back or not. */
export function wasPaid({ status }: Transaction): boolean {
  return status === 'PAID' || status === 'PARTIAL_CANCELLED' || status === 'CANCELLED';
}

/** The attempt that a payment shows: the one that was paid or waits for its money, else the latest. */
export function shownOf({ transactions }: Payment): Transaction | undefined {
  return (
    transactions.find(wasPaid) ??
    transactions.findLast(({ status }) => status === 'VIRTUAL_ACCOUNT_ISSUED' || status === 'PAY_PENDING') ??
    transactions.at(-1)
  );
}

/** Whether the payment can't be tried again. */
export function isUsedUp({ transactions }: Payment): boolean {
  return transactions.some((one) => wasPaid(one));
}

export function accountOf({ means }: Transaction): VirtualAccount | null {
  return means?.kind === 'virtualAccount' ? means.account : null;
}
