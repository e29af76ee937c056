import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { DomainError } from '../kernel/errors';
import type { TimeRange } from '../kernel/seoul-calendar';
import { arrowOf } from '../kernel/transitions';
import { Clock } from '../platform/clock';
import { KeyRing } from '../platform/crypto';
import { Database, type SqlSession } from '../platform/database';
import { begin, move, type Aggregate, type Cause, type Changes } from '../platform/work';
import { Order, OrderAttempt, OrderHistory, OrderItem } from './order.entity';
import { ORDER_FIRST_STATES, ORDER_TRANSITIONS, type OrderEvent, type OrderState } from './order.state';

const ORDER: Aggregate<Order, typeof ORDER_TRANSITIONS> = {
  name: 'order',
  rows: Order,
  history: OrderHistory,
  subject: 'orderId',
  transitions: ORDER_TRANSITIONS,
  firstStates: ORDER_FIRST_STATES,
};

const EXPIRING = arrowOf(ORDER_TRANSITIONS, 'expire');

/** Enough for a tick; what is left is of the next one. */
const EXPIRED_AT_ONCE = 500;

const TOKEN_BYTES = 32;
/** Of an order number: nobody else has used it, nor can guess what a customer’s window has. */
const UNGUESSED_BYTES = 8;

export type NewItem = Omit<OrderItem, 'orderId' | 'line'>;

/** What the shop asks for; what is made of it is added when it is stored. */
export type NewOrder = Pick<
  Order,
  | 'reference'
  | 'gateway'
  | 'gatewayAccount'
  | 'name'
  | 'amount'
  | 'taxFreeAmount'
  | 'customerReference'
  | 'customerName'
  | 'customerEmail'
  | 'returnUrl'
  | 'createdBy'
  | 'expiresAt'
>;

/** Which orders to list; what is `undefined` does not matter. */
export interface OrderFilter {
  state?: OrderState | undefined;
  customerReference?: string | undefined;
  gatewayAccount?: string | undefined;
  /** When they were made. */
  made?: TimeRange | undefined;
}

export type OrderCause = Omit<Cause, 'at'>;

@Injectable()
export class OrderRepository {
  constructor(
    private readonly keys: KeyRing,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<Order | undefined> {
    return (await session.manager.findOneBy(Order, { id })) ?? undefined;
  }

  async findByReference(reference: string): Promise<Order | undefined> {
    return (await this.database.manager.findOneBy(Order, { reference })) ?? undefined;
  }

  async findByToken(token: string): Promise<Order | undefined> {
    return (await this.database.manager.findOneBy(Order, { tokenHash: hashOf(token) })) ?? undefined;
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<Order | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(Order, { where: { id }, lock })) ?? undefined;
  }

  /** The window of an account that was opened under an order number. */
  async window(gatewayAccount: string, orderNo: string): Promise<OrderAttempt | undefined> {
    const attempt = await this.database.manager.findOneBy(OrderAttempt, { orderNo });
    if (attempt === null) return undefined;
    const order = await this.find(attempt.orderId);
    return order?.gatewayAccount === gatewayAccount ? attempt : undefined;
  }

  /** The order that an attempt is of, locked. */
  async lockOfPayment(session: SqlSession, directPaymentId: string): Promise<Order | undefined> {
    const query = session.manager.createQueryBuilder(Order, 'shop_order').setLock('pessimistic_write');
    const ofAttempt = 'shop_order.id = (SELECT order_id FROM order_attempt WHERE direct_payment_id = :directPaymentId)';
    return (await query.where(ofAttempt, { directPaymentId }).getOne()) ?? undefined;
  }

  /** Newest first, before an id. */
  list(
    { state, customerReference, gatewayAccount, made }: OrderFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<Order[]> {
    const query = this.database.manager.createQueryBuilder(Order, 'shop_order').orderBy('shop_order.id', 'DESC');
    if (state !== undefined) query.andWhere('shop_order.state = :state', { state });
    if (customerReference !== undefined)
      query.andWhere('shop_order.customerReference = :customerReference', { customerReference });
    if (gatewayAccount !== undefined) query.andWhere('shop_order.gatewayAccount = :gatewayAccount', { gatewayAccount });
    if (made?.from !== undefined) query.andWhere('shop_order.createdAt >= :from', { from: made.from });
    if (made?.until !== undefined) query.andWhere('shop_order.createdAt < :until', { until: made.until });
    if (beforeId !== undefined) query.andWhere('shop_order.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  items(orderId: string): Promise<OrderItem[]> {
    return this.database.manager.find(OrderItem, { where: { orderId }, order: { line: 'ASC' } });
  }

  /** Tries to pay it, the first one first. */
  attempts(orderId: string, session: SqlSession = this.database): Promise<OrderAttempt[]> {
    return session.manager.find(OrderAttempt, { where: { orderId }, order: { number: 'ASC' } });
  }

  history(orderId: string): Promise<OrderHistory[]> {
    return this.database.manager.find(OrderHistory, { where: { orderId }, order: { id: 'ASC' } });
  }

  /**
   * Stores an order as Created, with its items and a token that nobody can guess.
   *
   * @returns its id
   * @throws unique violation `customer_order_reference_once` when the shop has one of that reference
   */
  async create(session: SqlSession, order: NewOrder, items: readonly NewItem[], why: OrderCause): Promise<string> {
    const at = this.clock.now();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const sealed = this.keys.encrypt(token, identityOf(order.reference));
    const secret = { tokenHash: hashOf(token), tokenCiphertext: sealed.ciphertext, tokenKeyId: sealed.keyId };
    const fields = { ...order, ...secret, customerKey: randomUUID(), createdAt: at };
    const id = await begin(session, ORDER, 'Created', fields, { ...why, at });
    await session.manager.insert(
      OrderItem,
      items.map((item, index) => ({ ...item, orderId: id, line: index + 1 })),
    );
    return id;
  }

  /** The token by which the customer's browser names it. */
  tokenOf({ reference, tokenCiphertext: ciphertext, tokenKeyId: keyId }: Order): string {
    return this.keys.decrypt({ ciphertext, keyId }, identityOf(reference)).toString('utf8');
  }

  /** Opens the next attempt, under an order number that is used for nothing else, ever. */
  async openAttempt(session: SqlSession, { id: orderId }: Pick<Order, 'id'>): Promise<OrderAttempt> {
    const number = (await this.attempts(orderId, session)).length + 1;
    const orderNo = `O${orderId}-${number}-${randomBytes(UNGUESSED_BYTES).toString('hex')}`;
    const attempt = { orderNo, orderId, number, openedAt: this.clock.now() };
    await session.manager.insert(OrderAttempt, attempt);
    return { ...attempt, gatewayReference: null, directPaymentId: null };
  }

  /** Keeps what the gateway calls the payment of a window. @throws {DomainError} `state-conflict` where it has a name already */
  async nameAttempt({ orderNo }: OrderAttempt, gatewayReference: string): Promise<void> {
    const of = { orderNo, gatewayReference: IsNull() };
    const { affected } = await this.database.manager.update(OrderAttempt, of, { gatewayReference });
    if (affected !== 1) throw new DomainError('state-conflict', `The window ${orderNo} has its payment already`);
  }

  /** Leaves an attempt as it was before a payment of it was tried. */
  async detachPayment(session: SqlSession, directPaymentId: string): Promise<void> {
    await session.manager.update(OrderAttempt, { directPaymentId }, { directPaymentId: null });
  }

  /** The open line stop that says that the gateway has a payment of it otherwise than it ended here. @returns its id */
  async stopOf(orderId: string, session: SqlSession = this.database): Promise<string | undefined> {
    const [stop] = await session.rows<{ id: string }>(
      `SELECT stop.id FROM line_stop AS stop JOIN order_attempt AS attempt ON attempt.order_no = stop.evidence ->> 'orderNo'
       WHERE stop.state = 'Open' AND stop.kind IN ('paid-after-all', 'deposit-taken-back') AND attempt.order_id = $1 LIMIT 1`,
      [orderId],
    );
    return stop?.id;
  }

  async attachPayment(session: SqlSession, { orderNo }: OrderAttempt, directPaymentId: string): Promise<void> {
    await session.manager.update(OrderAttempt, { orderNo }, { directPaymentId });
  }

  /**
   * Moves an order along its transition table and appends to its history, in the caller's transaction.
   *
   * @throws {DomainError} `state-conflict` when the event is not allowed, or somebody else moved it meanwhile; `version-conflict`
   */
  move(
    session: SqlSession,
    order: { id: string; state: OrderState },
    event: OrderEvent,
    why: OrderCause,
    changes: Changes<Order> = {},
    version?: string,
  ): Promise<void> {
    return move(session, ORDER, order, event, { ...why, at: this.clock.now() }, { changes, guard: { version } });
  }

  /** Ends orders whose time is over and of which nothing is on its way. @returns how many */
  async expire(session: SqlSession, actor: string): Promise<number> {
    const now = this.clock.now();
    const expired = await session.rows(
      `WITH due AS (
         SELECT id, state FROM customer_order
         WHERE ended_at IS NULL AND state = ANY ($1) AND expires_at <= $2
         ORDER BY expires_at LIMIT ${EXPIRED_AT_ONCE} FOR UPDATE SKIP LOCKED),
       moved AS (
         UPDATE customer_order SET state = $3, ended_at = $2 FROM due WHERE customer_order.id = due.id
         RETURNING customer_order.id, due.state)
       INSERT INTO customer_order_history (order_id, from_state, to_state, cause, actor, at)
       SELECT id, state, $3, 'not paid in time', $4, $2 FROM moved RETURNING order_id`,
      [EXPIRING.from, now, EXPIRING.to, actor],
    );
    return expired.length;
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function identityOf(reference: string): string {
  return `customer_order:${reference}`;
}
