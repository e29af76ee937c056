import type { SeoulDate } from '../kernel/seoul-calendar';
import type { SignedWon, Won } from '../kernel/won';

/** A payment method as a charge needs it; secrets. */
export interface MethodSecret {
  methodKey: string;
  /** Ours of the customer, as the method was issued with it. */
  customerKey: string;
}

/** A charge to be collected from a payment method, without its customer. */
export interface MethodCharge {
  account: string;
  method: MethodSecret;
  orderNo: string;
  amount: Won;
  /** The part of the amount that bears no VAT. */
  taxFreeAmount: Won;
  /** What the customer reads. */
  productName: string;
  idempotencyKey: string;
  /** As it was {@link Prepared.sentBy} the first time, when it is sent again. */
  sentBy?: string;
}

/** What a gateway says of a payment method where it can't be asked for a payment by it: a hint, and no proof. */
export interface MethodHint {
  /** When it was charged last; `null`: never. */
  lastChargedAt: Date | null;
}

/** A window in which a customer is to enter a payment method. */
export interface MethodWindowOrder {
  account: string;
  /** By which the gateway knows the customer; nobody can guess it. */
  customerKey: string;
  /** Of this window: a gateway that names what is entered knows it by that. */
  orderNo: string;
  /** Where the window takes the customer back. */
  successUrl: string;
  failUrl: string;
  /** The same of this window alone, for a gateway whose return says nothing of it. */
  ownSuccessUrl: string;
  ownFailUrl: string;
}

/** What the return of a window brought in which a payment method was entered; nothing of it is believed. */
export interface MethodReturn {
  /** The customer's, where the gateway says it. */
  customerKey?: string;
  /** Good once; a secret. */
  authKey: string;
}

/** A payment method that its customer has entered in the gateway's window, to be issued. */
export interface MethodOrder {
  account: string;
  /** As the return brought it; good once. */
  authKey: string;
  /** As the window was opened with. */
  customerKey: string;
  orderNo: string;
  /** What the gateway has called it since its window was opened; `null` where it calls it nothing. */
  reference: string | null;
  idempotencyKey: string;
  /** As it was {@link Prepared.sentBy} the first time, when it is sent again. */
  sentBy?: string;
}

/** A payment method as it was issued. */
export interface IssuedMethod extends MethodSecret {
  /** What may be shown of it: whose card or account, and its last digits. */
  label: string;
  issuedAt: Date | null;
}

/** Days of a gateway's list, in Seoul; both included. */
export interface ListedDays {
  account: string;
  from: SeoulDate;
  to: SeoulDate;
  /** The last page's {@link ListPage.next}; left out: from the beginning. */
  cursor?: string;
}

/** A part of a gateway's list. */
export interface ListPage<Row> {
  rows: Row[];
  /** Where the next part begins; `null`: this was the end. */
  next: string | null;
}

/** One thing that happened to a payment, by the gateway's own list of the day. */
export interface ListedTransaction {
  /** The gateway's id of what happened: a payment given back twice has three. */
  actId: string;
  transactionId: string;
  orderNo: string;
  kind: 'payment' | 'refund' | 'other';
  /** The gateway's word. */
  status: string;
  /** Never negative: {@link kind} says which way it went. 0 in another currency than won. */
  amount: Won;
  currency: string;
  at: Date | null;
}

/** What the gateway pays out for a payment, or takes back for a refund of it. */
export interface ListedPayout {
  actId: string;
  transactionId: string;
  orderNo: string;
  kind: 'payment' | 'refund';
  currency: string;
  /** Of a refund below nothing, as fee and pay-out are; all of them 0 in another currency than won. */
  amount: SignedWon;
  fee: SignedWon;
  payOut: SignedWon;
  soldOn: SeoulDate | null;
  paidOutOn: SeoulDate | null;
}

/** What a column of a downloaded list may be. */
export const LIST_FIELDS = [
  'transactionId',
  'orderNo',
  'amount',
  'at',
  'kind',
  'actId',
  'fee',
  'feeVat',
  'payOut',
  'paidOutOn',
] as const;
export type ListField = (typeof LIST_FIELDS)[number];

/** Without these a row says nothing. */
export const NEEDED_LIST_FIELDS = ['transactionId', 'orderNo', 'amount', 'at'] as const satisfies readonly ListField[];
