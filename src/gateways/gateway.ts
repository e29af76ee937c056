import { GATEWAY_NAMES, type GatewayName } from '../gateway-account';
import type { Won } from '../kernel/won';
import type { UnansweredReason } from '../platform/http-client';

export { GATEWAY_NAMES, type GatewayName };

/** What a gateway calls people by. */
export const GATEWAY_TITLES: Readonly<Record<GatewayName, string>> = {
  tstore: 'T store',
  toss: 'Toss Payments',
  kakaopay: 'KakaoPay',
  portone: 'PortOne',
};

/** What every answer may carry, whatever it says. */
interface Answered {
  /** By which the gateway's own people find the exchange; absent where it names none, or answered nothing. */
  traceId?: string;
  /** The gateway repeats this answer to every call under the same idempotency key: one that shall be answered anew has another. */
  keyUsedUp?: true;
}

export interface GatewaySuccess<T> extends Answered {
  kind: 'success';
  value: T;
}

/** The gateway said no, in a way whose meaning is known: it did not do what was asked. */
export interface GatewayRefusal extends Answered {
  kind: 'refused';
  httpStatus: number;
  /** One of those that are known to be a refusal; absent only from a 401 that has none. */
  resultCode?: string;
  resultMessage: string;
  /** The access token was not accepted; a new one may help. */
  unauthorized: boolean;
  /** Of a refund: the gateway says that more was asked than is left, so somebody else has given money back. */
  nothingLeft?: true;
  /** Of a lookup: the gateway says that it has no such payment. Any other refusal says nothing of the payment. */
  notFound?: true;
  /** Too much was asked at once, or a bank is closed: nothing was done. Whoever asks waits, and looks the payment up before asking for money again. */
  notNow?: true;
  /** Of a confirmation: the customer's time is over, or this was never theirs. No money moved, and no repeating helps. */
  attemptOver?: true;
  /** Of a confirmation: what the return brought is not the customer's agreement. No money moved, and the right one may still come. */
  returnRefused?: true;
}

export type UnknownReason =
  | UnansweredReason
  | 'server-error'
  /** A no whose meaning nobody knows: the code is in no list, or the status speaks of load and not of the request. */
  | 'unknown-refusal'
  /** The gateway says that it is still at it, or does not know itself. */
  | 'undecided'
  /** Yes, but to something else than was asked. */
  | 'another-payment'
  | 'unexpected-status'
  | 'unreadable-answer'
  /** Success, said before the whole request was sent: it can't be an answer to all of it. */
  | 'answered-early';

/** Nobody knows what the gateway did; neither success nor failure. */
export interface GatewayUnknown extends Answered {
  kind: 'unknown';
  reason: UnknownReason;
  /** The gateway's code, where it said one. */
  resultCode?: string;
  /** For people and logs; without secrets. */
  message: string;
  /** `false` only if it is certain that nothing of the request left this process. */
  mayHaveArrived: boolean;
}

/** What became of a call to a gateway that asks nothing of a customer. */
export type GatewayAnswer<T> = GatewaySuccess<T> | GatewayRefusal | GatewayUnknown;

/** The customer's no, by whoever holds their money: nothing was taken. */
export interface GatewayDecline extends Answered {
  kind: 'declined';
  resultCode: string;
  resultMessage: string;
  /** Whether asking again can help: later, never, or only with another payment method. */
  retry: 'later' | 'never' | 'new-method';
  /** So many times in a row the code means later; after that, only another payment method helps. */
  laterAtMost?: number;
}

/** What became of a call that takes a customer's money. */
export type PaymentAnswer<T> = GatewayAnswer<T> | GatewayDecline;

/** A part of an amount and the gateway's own word for how it was paid. */
export interface PaymentPart {
  method: string;
  amount: Won;
}

/** Where a payment that we asked for is to be found. */
export interface OrderAt {
  account: string;
  orderNo: string;
  /** The gateway's own key of it, as far as that is known: of one whose answer was lost it may not be. */
  reference: string | null;
}

/** Where a payment is to be found: under which id, by which account. */
export interface PaymentAt {
  /** The id of a gateway account. */
  account: string;
  transactionId: string;
}

/** Money given back of a payment, as its gateway has it. */
export interface FoundRefund {
  /** The gateway's id of it. */
  refundTransactionId: string;
  amount: Won;
  /** As it was given with it: a refund of ours is known by its note. */
  note: string;
  /** As ISO 8601; `null` where the gateway's text is no time. */
  at: string | null;
}

/** Money that a gateway was asked to give back. */
export interface AskedRefund {
  amount: Won;
  /** As it was given with it. */
  note: string;
  /** Whether it may still be given. */
  isUnderWay: boolean;
}

/** A payment as its gateway has it now. */
export interface FoundPayment {
  transactionId: string;
  /** What was paid, whatever was given back since; 0 in another currency than won. */
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
  /** Our own name of the payment; absent where the gateway does not tell. */
  orderNo?: string;
  /** Absent where the gateway takes nothing but won. */
  currency?: string;
  /** How far it is, by the gateway's room; absent where nobody knows its word. */
  standing?: PaymentStanding;
  /** What can still be given back; absent where the gateway does not tell. */
  balance?: Won;
  /** What was given back, one by one; absent where the gateway does not tell. */
  refunds?: FoundRefund[];
  /** What was asked back and is not given: not yet, or not at all; absent where the gateway gives back at once, or does not tell. */
  askedRefunds?: AskedRefund[];
  /** How far the transfer of what was given back to an account is, by the gateway's own word; absent where there is no account. */
  transferStatus?: string;
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
  /** Of this refund alone: for the gateway's people, and to know it by in what they list. */
  note: string;
  /** Of this sending alone: a gateway that knows the key does nothing twice for it. */
  idempotencyKey: string;
  /** Where the money goes, of what came by a deposit. */
  receiveAccount?: ReceiveAccount;
}

/** A customer's own account. */
export interface ReceiveAccount {
  /** The gateway's code of it, or its name. */
  bank: string;
  /** Digits only. */
  accountNumber: string;
  holderName: string;
}

/** The gateway has refunded. */
export interface RefundReceipt {
  transactionId: string;
  /** What was refunded, to be compared with what was asked. */
  amount: Won;
  refundTransactionId: string | null;
  /** How far its transfer to the customer's account is, by its own word: it may have refunded, and not paid out. */
  transferStatus?: string;
  /** Its code for that, kept as evidence. */
  resultCode: string;
}

export const ACCOUNT_CHECK_OUTCOMES = [
  'works',
  'wrong-credentials',
  'unreachable',
  'tls-failed',
  'no-token',
  'no-verdict',
] as const;
export type AccountCheckOutcome = (typeof ACCOUNT_CHECK_OUTCOMES)[number];

/** What came of trying an account's credentials, for whoever must do something about it. */
export interface AccountVerdict {
  /** Only the first two say anything of the credentials. */
  outcome: AccountCheckOutcome;
  /** What was seen, in words; masked. */
  detail: string;
  /** What to do next. */
  act: string;
  at: Date;
}

/** A message from a gateway as it was received, by its gateway's own names; what it lacked is absent or `null`. */
export type ReceivedMessage = Readonly<Record<string, string | null>>;

/** What a gateway says of a message: that it is its own, that it is not, or nothing one could rely on. */
export type MessageVerdict =
  | { kind: 'genuine'; resultCode: string; resultMessage: string }
  | { kind: 'foreign'; resultCode: string; resultMessage: string }
  | { kind: 'no-verdict'; reason: string };

/** An order as a payment window is opened for it. */
export interface CheckoutOrder {
  /** The id of a gateway account. */
  account: string;
  /** Of this attempt; the gateway knows the payment by it. */
  orderNo: string;
  orderName: string;
  amount: Won;
  /** Of the amount, what bears no VAT. */
  taxFreeAmount: Won;
  /** By which the gateway knows the customer; nobody can guess it. */
  customerKey: string;
  customerName: string | null;
  customerEmail: string | null;
  /** Where the window takes the customer back; what comes back says which window it was. */
  successUrl: string;
  failUrl: string;
  /** The same of this window alone, for a gateway whose return says nothing of it. */
  ownSuccessUrl: string;
  ownFailUrl: string;
}

/** What a customer's page needs to open the window, by the gateway's own names. No secrets: the browser reads it. */
export type CheckoutWindow = Readonly<
  Record<string, string | number | boolean | Readonly<Record<string, string>> | null>
>;

/** A window that is open. */
export interface OpenWindow {
  window: CheckoutWindow;
  /**
   * What the gateway calls the payment from now on, to be kept before a page has the window, and from every page; `null` where the
   * return brings it.
   */
  reference: string | null;
}

/** What the return of a window brought; nothing of it is believed. What the gateway does not say is absent. */
export interface WindowReturn {
  /** Of the window, where our own address does not say all. */
  orderNo?: string;
  amount?: number;
  /** The window's own key of the payment. */
  reference?: string;
  /** That the customer has agreed: the confirmation needs it, and the return alone brings it. A secret. */
  proof?: string;
  /** The window's own word for why its customer is back without having paid. */
  failure?: string;
}

/** What came back from a window and is to be confirmed: the amount is the stored order's, never what came back. */
export interface CheckoutPayment {
  account: string;
  orderNo: string;
  amount: Won;
  /** The gateway's key of the payment: {@link OpenWindow.reference}, or the return's. */
  reference: string;
  /** {@link WindowReturn.proof}, where the gateway's return has one. */
  proof?: string;
  /** As the window was opened with; absent of payments that began before it was kept. */
  customerKey?: string;
  /** Under which the same confirmation may be sent again. */
  idempotencyKey: string;
  /** As it was `Prepared.sentBy` the first time, when it is sent again. */
  sentBy?: string;
}

/**
 * How far a payment is: taken; announced, such as a virtual account that waits for its deposit; open, such as a window nobody
 * has confirmed; over, so that it can't be taken any more; given back, all of it.
 */
export const PAYMENT_STANDINGS = ['paid', 'awaited', 'open', 'over', 'refunded'] as const;
export type PaymentStanding = (typeof PAYMENT_STANDINGS)[number];

/**
 * A payment as the gateway has it: each member is compared with what was asked before any of it is believed. In another
 * currency than won its amount is 0.
 */
export interface PaymentReceipt {
  transactionId: string;
  orderNo: string;
  amount: Won;
  /** As ISO 4217. */
  currency: string;
  standing: PaymentStanding;
  /** The gateway's own word for that, kept as evidence. */
  resultCode: string;
  resultMessage: string;
  paidAt?: Date | null;
  /** Why it is not believed although it may be taken, by what the room of its gateway holds it against beside order and amount. */
  objection?: string;
  /** For the customer. */
  receiptUrl?: string | null;
  /** Where the customer may pay to, of one that is awaited. */
  depositAccount?: DepositAccount | null;
  /** What the gateway's messages about the deposit are known by; a secret. */
  depositSecret?: string | null;
}

/** Where a customer may pay to, and until when. */
export interface DepositAccount {
  bankCode: string;
  /** As people know it. */
  bankName: string;
  accountNumber: string;
  holder: string;
  dueAt: Date | null;
}
