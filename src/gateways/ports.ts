import type { CredentialSet } from '../gateway-account';
import type { Won } from '../kernel/won';
import type {
  IssuedMethod,
  ListField,
  ListPage,
  ListedDays,
  ListedPayout,
  ListedTransaction,
  MethodCharge,
  MethodHint,
  MethodOrder,
  MethodReturn,
  MethodSecret,
  MethodWindowOrder,
} from './collection';
import type {
  AccountVerdict,
  CheckoutOrder,
  CheckoutPayment,
  GatewayAnswer,
  LookedUpPayment,
  MessageVerdict,
  OpenWindow,
  OrderAt,
  PaymentAt,
  PaymentAnswer,
  PaymentPart,
  PaymentReceipt,
  ReceivedMessage,
  RefundOrder,
  RefundReceipt,
  WindowReturn,
} from './gateway';

/**
 * A call that moves money, ready to leave: what can fail before it, such as getting a token, has not failed. It is sent
 * once at most.
 */
export interface Prepared<T> {
  /** Under which the same call may be sent again; `null` where the gateway has none, and a lost answer is never repeated. */
  readonly idempotencyKey: string | null;
  /**
   * Names the account's secrets that it is sent with. What a gateway remembers by a key may be bound to them, so a call is the
   * same one only with the same; absent where it does not matter.
   */
  readonly sentBy?: string;
  send(): Promise<GatewayAnswer<T>>;
}

/** Looks payments up. */
export interface FindsPayments {
  /** @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`, `token-unavailable` */
  find(payment: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>>;
}

/** Gives payments back. */
export interface RefundsPayments {
  /** By code, of those to which it gives back what came by a deposit; absent where it takes none. */
  readonly banks?: ReadonlyMap<string, string>;
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;
  /** @throws {DomainError} as {@link FindsPayments.find}; nothing was sent then */
  prepare(order: RefundOrder): Promise<PreparedRefund>;
}

export interface PreparedRefund extends Prepared<RefundReceipt> {
  /** The parts that will be sent; `null` where the gateway is left to choose them. */
  readonly paymentParts: readonly PaymentPart[] | null;
}

/** Takes payments that a customer makes in the gateway's own window. */
export interface ConfirmsCheckouts {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;
  /** Whether {@link FindsPayments} tells of what a customer has agreed to before it is confirmed. */
  readonly findsAgreed: boolean;
  /**
   * Whether money may move in the window itself, before we have confirmed anything. Then only what was taken is confirmed; and what was
   * taken and is not what was asked, the same call gives back by rule.
   */
  readonly takesInWindow?: true;
  /** For how many hours the same call may be sent again under its key; 0 where it has none. */
  readonly sameCallForHours: number;
  /**
   * For how long after it was sent a payment that can't be sent again may turn out to be taken although lookups have it as open, or
   * not at all.
   */
  readonly openForSeconds: number;
  /**
   * Opens a window, for which the gateway may be asked: call it with no transaction open. No money moves by it, so one whose answer was
   * lost is left, and another opened.
   *
   * @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`; `gateway-cannot` for what it would refuse
   */
  window(order: CheckoutOrder): Promise<GatewayAnswer<OpenWindow>>;
  /** Reads what the window's return brought. @returns `undefined` for what is none of the gateway's */
  returned(brought: Readonly<Record<string, unknown>>): WindowReturn | undefined;
  /** @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`; nothing was sent then */
  prepare(payment: CheckoutPayment): Promise<PreparedPayment>;
}

export interface PreparedPayment extends Omit<Prepared<PaymentReceipt>, 'send'> {
  send(): Promise<PaymentAnswer<PaymentReceipt>>;
}

/** Looks payments up that we asked for, whatever is known of them: by their order numbers, or by the gateway's own keys. */
export interface FindsOrders {
  /** Whether it finds nothing but by its own keys: what it was asked for without an answer, it can't be asked about. */
  readonly needsReference: boolean;
  /** A refusal that is `notFound` says that the gateway has none. @throws {DomainError} as {@link FindsPayments.find} */
  findByOrder(order: OrderAt): Promise<GatewayAnswer<PaymentReceipt>>;
}

/** Collects from payment methods, without their customers. */
export interface ChargesMethods {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;
  /** For how many hours the same call may be sent again under its key; 0 where it has none. */
  readonly sameCallForHours: number;
  /** May look at the method first: one that is gone is declined by what is prepared, and nothing is sent. @throws {DomainError} as {@link FindsPayments.find}; nothing was sent then */
  prepare(charge: MethodCharge): Promise<PreparedPayment>;
  /** Where payments can't be looked up by our order numbers. @throws {DomainError} as {@link FindsPayments.find} */
  hint?(account: string, method: MethodSecret): Promise<GatewayAnswer<MethodHint>>;
}

/** Makes payment methods of what customers have entered in the gateway's window, and ends them. */
export interface IssuesMethods {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;
  /** For how many hours the same call may be sent again under its key; 0 where it has none. */
  readonly sameCallForHours: number;
  /** What it calls what it issues. */
  readonly kind: 'billing-key' | 'sid';
  /** As {@link ConfirmsCheckouts.window}. @throws {DomainError} as {@link FindsPayments.find}; `gateway-cannot` where the account can't */
  window(order: MethodWindowOrder): Promise<GatewayAnswer<OpenWindow>>;
  /** Reads what the window's return brought. @returns `undefined` for what is none of the gateway's */
  returned(brought: Readonly<Record<string, unknown>>): MethodReturn | undefined;
  /** @throws {DomainError} as {@link FindsPayments.find}; nothing was sent then */
  prepare(order: MethodOrder): Promise<PreparedMethod>;
  /**
   * May be repeated: what is gone is gone, which `notFound` says.
   *
   * @throws {DomainError} as {@link FindsPayments.find}
   */
  remove(account: string, method: Pick<MethodSecret, 'methodKey'>): Promise<GatewayAnswer<null>>;
}

export interface PreparedMethod extends Omit<Prepared<IssuedMethod>, 'send'> {
  send(): Promise<PaymentAnswer<IssuedMethod>>;
}

/** Lists what happened, and what is paid out for it, day by day. */
export interface ListsPayments {
  /** @throws {DomainError} as {@link FindsPayments.find} */
  transactions(days: ListedDays): Promise<GatewayAnswer<ListPage<ListedTransaction>>>;
  /** By the day of the sale. @throws {DomainError} as {@link FindsPayments.find} */
  payouts(days: ListedDays): Promise<GatewayAnswer<ListPage<ListedPayout>>>;
}

/**
 * Tells of a payment that was looked up what a list would have of it, for a gateway that lists no days: then each payment of a day is
 * looked up. Together the rows are what was paid and given back, whatever the gateway says of each.
 */
export interface TellsActs {
  /** @param known what we have recorded as given back, by the gateway's ids: some say when, and not how much */
  actsOf(found: LookedUpPayment, known: ReadonlyMap<string, Won>): ListedTransaction[];
}

/** Reads what people download as a file from the gateway's own site: a list of what happened, a row for each thing. */
export interface ReadsListFiles {
  /** By field, the headings that it may stand under, the likeliest first. */
  readonly headings: Readonly<Record<ListField, readonly string[]>>;
  /** What a word in the column `kind` says; `other` moves no money, `undefined` is a word that nobody knows. */
  kindOf(word: string): ListedTransaction['kind'] | undefined;
}

/** Tells whether a message is the gateway's own. */
export interface ReadsMessages {
  /** @param account whose message it would be */
  verify(account: string, message: ReceivedMessage): Promise<MessageVerdict>;
}

/** Tries the credentials of an account before anything depends on them; moves no money. */
export interface ChecksAccounts {
  /**
   * @param credentials those that are tried, and no others of the account
   * @param options.afresh whether it counts for nothing that the gateway has just taken them
   * @throws {DomainError} as {@link FindsPayments.find}; `rate-limited` naming `retryAfterSeconds`
   */
  check(account: string, credentials: CredentialSet, options: { afresh: boolean }): Promise<AccountVerdict>;
}

/** What a gateway can do. A port it lacks is `undefined`, and asking for it is an error. */
export interface GatewayPorts {
  /** Whether its messages are about payments, each a reason to look at one and no more. */
  readonly tellsOfPayments?: true;
  readonly finds?: FindsPayments;
  readonly refunds?: RefundsPayments;
  readonly reads?: ReadsMessages;
  readonly checks?: ChecksAccounts;
  readonly confirms?: ConfirmsCheckouts;
  readonly findsOrders?: FindsOrders;
  readonly charges?: ChargesMethods;
  readonly issues?: IssuesMethods;
  readonly lists?: ListsPayments;
  readonly tells?: TellsActs;
  readonly listFiles?: ReadsListFiles;
}
