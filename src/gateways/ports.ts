import type {
  GatewayAnswer,
  LookedUpPayment,
  MessageVerdict,
  PaymentAt,
  PaymentPart,
  ReceivedMessage,
  RefundOrder,
  RefundReceipt,
} from './gateway';

/**
 * A call that moves money, ready to leave: what can fail before it, such as getting a token, has not failed. It is sent
 * once at most.
 */
export interface Prepared<T> {
  /** Under which the same call may be sent again; `null` where the gateway has none, and a lost answer is never repeated. */
  readonly idempotencyKey: string | null;
  send(): Promise<GatewayAnswer<T>>;
}

/** Looks payments up. */
export interface FindsPayments {
  /** @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`, `token-unavailable` */
  find(payment: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>>;
}

/** Gives payments back. */
export interface RefundsPayments {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;
  /** @throws {DomainError} as {@link FindsPayments.find}; nothing was sent then */
  prepare(order: RefundOrder): Promise<PreparedRefund>;
}

export interface PreparedRefund extends Prepared<RefundReceipt> {
  /** The parts that will be sent; `null` where the gateway is left to choose them. */
  readonly paymentParts: readonly PaymentPart[] | null;
}

/** Tells whether a message is the gateway's own. */
export interface ReadsMessages {
  /** @param account whose message it would be */
  verify(account: string, message: ReceivedMessage): Promise<MessageVerdict>;
}

/** What a gateway can do. A port it lacks is `undefined`, and asking for it is an error. */
export interface GatewayPorts {
  readonly finds?: FindsPayments;
  readonly refunds?: RefundsPayments;
  readonly reads?: ReadsMessages;
}
