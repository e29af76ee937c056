import type { Won } from '../../../kernel/won';

/** A contract, as each body names it. */
export interface Contract {
  cid: string;
  /** A secret, where the contract has one. */
  cidSecret?: string | undefined;
}

/** Who asks, and by which contract. */
export interface KakaopayCall {
  /** The id of the gateway account. */
  account: string;
  secretKey: string;
  generation: 'current' | 'legacy';
  contract: Contract;
  /** Of the payment, where the request itself does not say it. */
  orderNo?: string;
}

export interface ReadyRequest {
  partner_order_id: string;
  /** Nobody can tell from it who the customer is. */
  partner_user_id: string;
  item_name: string;
  quantity: number;
  total_amount: Won;
  tax_free_amount: Won;
  vat_amount: Won;
  /** The only way to pay that the page offers; left out: whatever the contract has. */
  payment_method_type?: 'CARD' | 'MONEY';
  approval_url: string;
  cancel_url: string;
  fail_url: string;
}

export interface ApproveRequest {
  tid: string;
  /** Both as at ready. */
  partner_order_id: string;
  partner_user_id: string;
  /** A secret. */
  pg_token: string;
  /** As at ready. */
  total_amount: Won;
}

export interface SubscriptionRequest {
  /** A secret. */
  sid: string;
  /** A new one. */
  partner_order_id: string;
  /** The first payment's. */
  partner_user_id: string;
  item_name: string;
  quantity: number;
  total_amount: Won;
  tax_free_amount: Won;
  vat_amount: Won;
}

export interface CancelRequest {
  tid: string;
  cancel_amount: Won;
  cancel_tax_free_amount: Won;
  cancel_vat_amount: Won;
  /** The balance we believe in: where another is left, nothing is cancelled. */
  cancel_available_amount: Won;
  payload: string;
}
