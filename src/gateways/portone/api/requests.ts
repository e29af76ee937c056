import type { Won } from '../../../kernel/won';

/** Who asks, and for which store. */
export interface PortoneCall {
  /** The id of the gateway account. */
  account: string;
  apiSecret: string;
  storeId: string;
  /** Of a call that is not to be done twice. */
  idempotencyKey?: string;
}

export interface PreRegisterRequest {
  totalAmount: Won;
  taxFreeAmount: Won;
  currency: string;
}

export interface ConfirmRequest extends Omit<PreRegisterRequest, 'taxFreeAmount'> {
  /** A secret. */
  paymentToken: string;
}

export interface ChargeRequest {
  /** A secret. */
  billingKey: string;
  orderName: string;
  amount: { total: Won; taxFree: Won };
  currency: string;
  customer: { id: string };
}

export interface CancelRequest {
  reason: string;
  amount: Won;
  taxFreeAmount: Won;
  vatAmount?: Won;
  /** The balance we believe in: where another is left, nothing is cancelled. */
  currentCancellableAmount: Won;
  requester: 'ADMIN';
  refundAccount?: { bank: string; number: string; holderName: string };
}
