import type { Won } from '../../../kernel/won';

/** One payment to ask for: a line of the request file in our words. */
export interface RequestRow {
  merchantId: string;
  /** A secret: never log it. */
  billingToken: string;
  storeProductId: string;
  productName: string;
  orderNo: string;
  /** The sum of the three parts below. */
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
}

export interface NumberedRequestRow extends RequestRow {
  /** Of the uploaded file, counted from 1 with the header as line 1. */
  lineNumber: number;
}
