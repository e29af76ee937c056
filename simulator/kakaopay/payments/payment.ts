import type { TestCard } from '../cards';
import type { Contract } from '../merchants';
import { minus, NOTHING, plus, type Amounts } from './amounts';

/** As `status` has them, PART_CANCEL_PAYMENT so spelt. */
export const STATUSES = [
  'READY',
  'SEND_TMS',
  'OPEN_PAYMENT',
  'SELECT_METHOD',
  'ARS_WAITING',
  'AUTH_PASSWORD',
  'ISSUED_SID',
  'SUCCESS_PAYMENT',
  'PART_CANCEL_PAYMENT',
  'CANCEL_PAYMENT',
  'QUIT_PAYMENT',
  'FAIL_AUTH_PASSWORD',
  'FAIL_PAYMENT',
] as const;

export type PaymentStatus = (typeof STATUSES)[number];

/** The customer is under way and has not authenticated. */
export const UNDER_WAY = ['READY', 'SEND_TMS', 'OPEN_PAYMENT', 'SELECT_METHOD', 'ARS_WAITING'] as const;
export type WaitingStatus = (typeof UNDER_WAY)[number];

/** What the customer pays with. */
export type Means = { kind: 'MONEY' } | { kind: 'CARD'; card: TestCard; installMonths: number };

/** What ready asked for beside the amounts: what the customer's page needs. */
export interface PageRequest {
  approvalUrl: string;
  cancelUrl: string;
  failUrl: string;
  /** Null where the customer chooses. */
  method: 'CARD' | 'MONEY' | null;
  /** Companies whose cards are taken; any, if null. */
  availableCards: readonly string[] | null;
  /** Null where the customer chooses. */
  installMonths: number | null;
  sharesInstallment: boolean;
}

export interface Cancel {
  readonly aid: string;
  readonly amounts: Amounts;
  readonly at: number;
}

/** One payment as KakaoPay knows it; amounts are won, instants epoch milliseconds of the simulator's clock. */
export interface Payment {
  readonly contract: Contract;
  readonly tid: string;
  readonly orderId: string;
  readonly userId: string;
  readonly itemName: string;
  readonly itemCode: string | null;
  readonly quantity: number;
  readonly createdAt: number;
  /** Null of a charge by SID: nobody is asked. */
  readonly page: PageRequest | null;
  amounts: Amounts;
  status: PaymentStatus;
  means: Means | null;
  pgToken: string | null;
  /** Of the approval. */
  aid: string | null;
  approvedAt: number | null;
  /** How often it was approved: more than once can't be. */
  approvals: number;
  /** Issued by it, or charged by it. */
  sid: string | null;
  readonly cancels: Cancel[];
  /** The `method_result_code` that it failed with. */
  failure: string | null;
}

export function isUnderWay({ status }: Payment): boolean {
  return (UNDER_WAY as readonly string[]).includes(status);
}

/** Whether money came, be it given back or not. */
export function wasPaid({ status }: Payment): boolean {
  return status === 'SUCCESS_PAYMENT' || status === 'PART_CANCEL_PAYMENT' || status === 'CANCEL_PAYMENT';
}

export function canceledOf({ cancels }: Payment): Amounts {
  return cancels.reduce((sum, { amounts }) => plus(sum, amounts), NOTHING);
}

/** What can still be given back. */
export function leftOf(payment: Payment): Amounts {
  return wasPaid(payment) ? minus(payment.amounts, canceledOf(payment)) : NOTHING;
}
