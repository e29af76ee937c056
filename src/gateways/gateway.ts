import type { Won } from '../kernel/won';
import type { UnansweredReason } from '../platform/http-client';

export { GATEWAY_NAMES, type GatewayName } from '../gateway-account';

export interface GatewaySuccess<T> {
  kind: 'success';
  value: T;
}

/** The gateway said no, in a way whose meaning is known: it did not do what was asked. */
export interface GatewayRefusal {
  kind: 'refused';
  httpStatus: number;
  /** One of those that are known to be a refusal; absent only from a 401 that has none. */
  resultCode?: string;
  resultMessage: string;
  /** The access token was not accepted; a new one may help. */
  unauthorized: boolean;
  /** Of a refund: the gateway says that more was asked than is left, so somebody else has given money back. */
  nothingLeft?: true;
}

export type UnknownReason =
  | UnansweredReason
  | 'server-error'
  /** A no whose meaning nobody knows: the code is in no list, or the status speaks of load and not of the request. */
  | 'unknown-refusal'
  | 'unexpected-status'
  | 'unreadable-answer'
  /** Success, said before the whole request was sent: it can't be an answer to all of it. */
  | 'answered-early';

/** Nobody knows what the gateway did; neither success nor failure. */
export interface GatewayUnknown {
  kind: 'unknown';
  reason: UnknownReason;
  /** For people and logs; without secrets. */
  message: string;
  /** `false` only if it is certain that nothing of the request left this process. */
  mayHaveArrived: boolean;
}

/** What became of a call to a gateway. */
export type GatewayAnswer<T> = GatewaySuccess<T> | GatewayRefusal | GatewayUnknown;

/** A part of an amount and the gateway's own word for how it was paid. */
export interface PaymentPart {
  method: string;
  amount: Won;
}

/** Where a payment is to be found: under which id, by which account. */
export interface PaymentAt {
  /** The id of a gateway account. */
  account: string;
  transactionId: string;
}

/** A payment as its gateway has it now. */
export interface FoundPayment {
  transactionId: string;
  amount: Won;
  /** Whether something of it was given back; `null` where nobody knows the gateway's words for that. */
  isRefunded: boolean | null;
  /** Whether its status is one of the gateway's known words for a payment of which nothing was given back. */
  isPaid: boolean;
  /** The gateway's words, shown to people as they come and never branched on. */
  status: string;
  reason: string;
  message: string;
  description: string;
  /** `null` where the gateway's text is no time. */
  updatedAt: Date | null;
  paymentParts: PaymentPart[];
  goods: { appId: string; productId: string }[];
  /** SHA-256 of the billing token that was charged, in hexadecimal; absent where the gateway does not tell. */
  billingTokenHash?: string;
}

/** What a refund of a payment is made from, beside the amount: the gateway's own words and secrets, never stored. */
export interface RefundBasis {
  readonly transactionId: string;
}

/** A payment just looked up: what may be kept, and what a refund of it is made from. */
export interface LookedUpPayment {
  payment: FoundPayment;
  basis: RefundBasis;
}

/** Money to give back. */
export interface RefundOrder {
  /** The id of the gateway account that collected it. */
  account: string;
  basis: RefundBasis;
  amount: Won;
  /** Whether the whole payment is refunded. */
  isFull: boolean;
  /** For the gateway's people. */
  note: string;
}

/** The gateway has refunded. */
export interface RefundReceipt {
  transactionId: string;
  /** What was refunded, to be compared with what was asked. */
  amount: Won;
  refundTransactionId: string | null;
  /** Its code for that, kept as evidence. */
  resultCode: string;
}

/** A message from a gateway as it was received, by its gateway's own names; what it lacked is absent or `null`. */
export type ReceivedMessage = Readonly<Record<string, string | null>>;

/** What a gateway says of a message: that it is its own, that it is not, or nothing one could rely on. */
export type MessageVerdict =
  | { kind: 'genuine'; resultCode: string; resultMessage: string }
  | { kind: 'foreign'; resultCode: string; resultMessage: string }
  | { kind: 'no-verdict'; reason: string };
