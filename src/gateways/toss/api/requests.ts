import type { SeoulDate } from '../../../kernel/seoul-calendar';
import type { Won } from '../../../kernel/won';

/** Who asks, and under which key. */
export interface TossCall {
  /** The id of the gateway account. */
  account: string;
  secretKey: string;
  /** Of the payment, where the request itself does not say it. */
  orderNo?: string;
  /** Of a call that is not to be done twice. */
  idempotencyKey?: string;
  /** An error that Toss is to answer instead, for trying out what becomes of it; with a test key only. */
  testCode?: string;
}

export interface ConfirmRequest {
  paymentKey: string;
  orderId: string;
  amount: Won;
}

export interface CancelRequest {
  cancelReason: string;
  cancelAmount: Won;
  /** The balance we believe in: where another is left, nothing is cancelled. */
  refundableAmount: Won;
  /** 0 where it is left out. */
  taxFreeAmount?: Won;
  refundReceiveAccount?: { bank: string; accountNumber: string; holderName: string };
}

export interface ChargeRequest {
  customerKey: string;
  amount: Won;
  orderId: string;
  orderName: string;
  taxFreeAmount: Won;
  customerEmail?: string;
  customerName?: string;
}

export interface VirtualAccountRequest {
  amount: Won;
  orderId: string;
  orderName: string;
  customerName: string;
  /** Toss's code of the bank, or its Korean name. */
  bank: string;
  validHours: number;
  taxFreeAmount?: Won;
}

export interface ListRequest {
  from: SeoulDate;
  to: SeoulDate;
}

/** Days as the list of transactions takes them: local time in Seoul, and a bare end would be its midnight. */
export function transactionDays({ from, to }: ListRequest): Record<string, string> {
  return { startDate: `${from}T00:00:00`, endDate: `${to}T23:59:59` };
}

export function settlementDays({ from, to }: ListRequest): Record<string, string> {
  return { startDate: from, endDate: to, dateType: 'soldDate' };
}
