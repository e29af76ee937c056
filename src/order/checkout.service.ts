import { Injectable } from '@nestjs/common';
import { HttpConfig } from '../config';
import { DirectPayments, type DepositAccount, type DirectPaymentFields } from '../direct-payment';
import {
  GATEWAY_TITLES,
  Gateways,
  whyNotOpened,
  type CheckoutWindow,
  type FoundPayment,
  type OpenWindow,
  type WindowReturn,
} from '../gateways';
import { DomainError, messageOf } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, violatesUnique, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { paymentsOf, type Order, type OrderAttempt } from './order.entity';
import { OrderRepository } from './order.repository';

const ACTOR = 'checkout';

/** Far more than a customer who changes their mind; a page that opens them by itself ends here. */
const MOST_WINDOWS = 50;

/** What came back from a payment window, by the customer's browser: nothing of it is believed. */
export interface CameBack {
  /** Of the order's windows, where the address says which. */
  number?: number | undefined;
  /** By the gateway's own names. */
  brought: Readonly<Record<string, unknown>>;
}

/** A window that was opened for an order, and what a page needs to show it. */
export interface OpenedWindow {
  order: Order;
  orderNo: string;
  window: CheckoutWindow;
}

/** An order as a customer's browser pays it, by a token that nobody can guess. */
@Injectable()
export class Checkout {
  constructor(
    private readonly orders: OrderRepository,
    private readonly payments: DirectPayments,
    private readonly gateways: Gateways,
    private readonly http: HttpConfig,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws {DomainError} `order-not-found` */
  async order(token: string): Promise<Order> {
    const order = await this.orders.findByToken(token);
    if (order === undefined) throw new DomainError('order-not-found', 'There is no such order');
    return order;
  }

  /** Where the customer is to pay an order that waits for a deposit; of any other, nothing: the account may be another's by then. */
  async depositOf({ id, state }: Order): Promise<DepositAccount | undefined> {
    if (state !== 'AwaitingDeposit') return undefined;
    return this.payments.depositAccountOf(paymentsOf(await this.orders.attempts(id)));
  }

  /**
   * Opens a payment window, as an attempt of its own. Of several that are open, the first that comes back is confirmed.
   *
   * What the gateway calls the payment is kept before the page has anything of it: a page may be closed, and be left for another browser.
   *
   * @throws {DomainError} `order-not-found`; `order-over` once it is paid, has ended, or its time is over; `order-busy` while a
   *   payment of it is on its way; `window-not-opened` where the gateway does not open one, which moves nothing
   */
  async open(token: string): Promise<OpenedWindow> {
    const { id } = await this.order(token);
    const opened = await this.database.transaction(async (session) => {
      const order = await this.locked(session, id);
      await this.assertOpen(session, order);
      const attempt = await this.attemptOf(session, order);
      if (order.state === 'Created') {
        await this.orders.move(session, order, 'begin', { cause: 'window opened', actor: ACTOR });
      }
      return { order: { ...order, state: 'Ready' as const }, attempt };
    });
    const { order, attempt } = opened;
    await crashPoint('checkout.window-committed');
    const { window, reference } = await this.windowOf(order, attempt, token);
    await crashPoint('checkout.window-answered');
    if (reference !== null) await this.orders.nameAttempt(attempt, reference);
    // A script takes what is left out, and may refuse what is null.
    const members = Object.entries(window).filter(([, value]) => value !== null);
    return { order, orderNo: attempt.orderNo, window: Object.fromEntries(members) };
  }

  /**
   * Confirms what the customer agreed to in the window, once, however often and at once it comes back. It is held against the
   * stored order first, and against what the gateway has of it: a difference confirms nothing, and leaves the window as it was.
   *
   * @param seen the order as it was just read
   * @returns the order as it is then: Paid, declined and Ready or Failed, or not known yet
   * @throws {DomainError} `return-mismatch`, `return-unknown`; `order-over` where it can't be paid any more;
   *   `duplicate-order-number` where a charge of another has this window's
   */
  async confirm(seen: Order, { number, brought }: CameBack): Promise<Order> {
    const { id } = seen;
    const back = this.gateways.confirming(seen.gateway).returned(brought);
    if (back === undefined) throw unreadable();
    const window = this.matching(seen, await this.orders.attempts(id), back, number);
    const reference = window.gatewayReference ?? back.reference;
    if (reference === undefined) throw new DomainError('return-unknown', 'The window was not opened at the gateway');
    if (window.directPaymentId === null) {
      this.assertInTime(seen);
      const isOpen = await this.assertAgreed(seen, window.orderNo, { ...back, reference });
      if (isOpen) return { ...seen, failureCode: back.failure ?? null, failureMessage: null };
    }
    const paymentId = await this.database.transaction(async (session) => {
      const order = await this.locked(session, id);
      const attempt = this.matching(order, await this.orders.attempts(id, session), back, number);
      if (attempt.directPaymentId !== null) return undefined;
      await this.assertOpen(session, order);
      return this.ask(session, order, attempt, { ...back, reference }, 'confirmed by the customer');
    });
    if (paymentId !== undefined) {
      await crashPoint('checkout.committed');
      await this.payments.sendNow(paymentId);
    }
    return (await this.orders.find(id)) ?? seen;
  }

  /** The window of an account that was opened under an order number, where nobody has come back with a payment of it. */
  async openWindow(gatewayAccount: string, orderNo: string): Promise<OrderAttempt | undefined> {
    const window = await this.orders.window(gatewayAccount, orderNo);
    return window?.directPaymentId === null ? window : undefined;
  }

  /**
   * Takes up a payment of a window that nobody came back from, and that the gateway has all the same: somebody else confirmed it. It
   * is found out as one in doubt is, by the same call under a key of its own, which moves nothing that has moved.
   *
   * @param reference the gateway's key of the payment
   */
  async takeUp(gatewayAccount: string, orderNo: string, reference: string): Promise<void> {
    const window = await this.orders.window(gatewayAccount, orderNo);
    if (window === undefined) return;
    const paymentId = await this.database.transaction(async (session) => {
      const order = await this.locked(session, window.orderId);
      const attempt = (await this.orders.attempts(order.id, session)).find((one) => one.orderNo === orderNo);
      if (attempt?.directPaymentId !== null) return undefined;
      return this.ask(session, order, attempt, { reference }, 'the gateway has a payment of it');
    });
    if (paymentId === undefined) return;
    await this.payments.sendNow(paymentId);
    // It is there, whatever the call was answered with: nobody need wait before it is looked for.
    await this.payments.lookSoon(paymentId);
  }

  private async ask(
    session: SqlSession,
    order: Order,
    attempt: OrderAttempt,
    { reference, proof }: { reference: string; proof?: string },
    cause: string,
  ): Promise<string> {
    const { gateway, gatewayAccount, amount, taxFreeAmount, customerKey } = order;
    const sold = { storeProductId: SOLD_IN_ORDERS, productName: order.name };
    const charge = { orderNo: attempt.orderNo, gateway, gatewayAccount, ...sold, amount, taxFreeAmount };
    const why = { cause, actor: ACTOR };
    const secret = { reference, proof, customerKey };
    const again = await this.payments.returned(session, gatewayAccount, { orderNo: attempt.orderNo, secret }, why);
    const id = again ?? (await this.asked(session, { charge, origin: 'checkout', secret }, why, attempt));
    await this.orders.attachPayment(session, attempt, id);
    // One that has ended, or is paid by another window, stays as it is until it is known what this one brought.
    if (order.state === 'Ready') await this.orders.move(session, order, 'confirm', why);
    await crashPoint('checkout.before-commit');
    return id;
  }

  private async asked(
    session: SqlSession,
    fields: DirectPaymentFields,
    why: { cause: string; actor: string },
    attempt: OrderAttempt,
  ): Promise<string> {
    const asked = this.payments.ask(session, fields, why);
    return (await asked.catch((error: unknown) => refuseTakenOrderNo(error, attempt))).id;
  }

  /** What came back, held against what was stored before the window was shown. */
  private matching(
    order: Order,
    attempts: readonly OrderAttempt[],
    { orderNo, amount = order.amount }: WindowReturn,
    number: number | undefined,
  ): OrderAttempt {
    const isNamed = number !== undefined || orderNo !== undefined;
    const attempt = attempts.find(
      (one) => isNamed && (number ?? one.number) === one.number && (orderNo ?? one.orderNo) === one.orderNo,
    );
    const differing = [...(attempt === undefined ? ['orderId'] : []), ...(order.amount === amount ? [] : ['amount'])];
    if (attempt !== undefined && differing.length === 0) return attempt;
    throw mismatch(differing);
  }

  /**
   * Anybody who has the token can come back with any key, so it is looked up before it uses the window up. Where the gateway can't be
   * asked, its confirmation tells: a customer who has agreed is not kept waiting.
   *
   * @returns whether its customer is back without having paid, as the window has said
   */
  private async assertAgreed(
    { id, gateway, gatewayAccount, amount }: Order,
    orderNo: string,
    { reference, proof, failure }: WindowReturn & { reference: string },
  ): Promise<boolean> {
    const found = await this.agreed({ gateway, gatewayAccount, reference });
    if (found === 'untold') return false;
    const takesInWindow = this.gateways.confirming(gateway).takesInWindow === true;
    const isUntaken = found === 'none' || found.standing === 'open' || found.standing === 'over';
    if (takesInWindow && isUntaken && failure !== undefined) return true;
    if (found === 'none' || (takesInWindow && isUntaken && proof === undefined)) {
      this.logger.warn('a return of a payment that the gateway does not know', { orderId: id });
      throw new DomainError('return-unknown', 'The gateway has no such payment; nothing was paid');
    }
    // What was taken otherwise than it was ordered goes back: it is taken up first.
    if (found.orderNo !== orderNo || (found.amount !== amount && !takesInWindow)) throw mismatch(['paymentKey']);
    return false;
  }

  private async agreed(of: Pick<Order, 'gateway' | 'gatewayAccount'> & { reference: string }): Promise<Agreed> {
    const { gateway, gatewayAccount: account, reference: transactionId } = of;
    if (!this.gateways.confirming(gateway).findsAgreed) return 'untold';
    try {
      const answer = await this.gateways.finding(gateway).find({ account, transactionId });
      if (answer.kind === 'success') return answer.value.payment;
      return answer.kind === 'refused' && answer.notFound === true ? 'none' : 'untold';
    } catch (error) {
      this.logger.warn('a return could not be looked up', { error: messageOf(error) });
      return 'untold';
    }
  }

  /** One window, one order number: which of two payments the gateway would find under one, nobody says. */
  private async attemptOf(session: SqlSession, order: Order): Promise<OrderAttempt> {
    const attempts = await this.orders.attempts(order.id, session);
    if (attempts.length < MOST_WINDOWS) return this.orders.openAttempt(session, order);
    throw new DomainError('order-over', `Too many windows were opened for this order; make another one`);
  }

  private async windowOf(order: Order, { orderNo, number }: OrderAttempt, token: string): Promise<OpenWindow> {
    const at = `${this.http.publicBaseUrl}/checkout/v1/orders/${token}`;
    const answer = await this.gateways.confirming(order.gateway).window({
      account: order.gatewayAccount,
      orderNo,
      orderName: order.name,
      amount: order.amount,
      taxFreeAmount: order.taxFreeAmount,
      customerKey: order.customerKey,
      customerName: order.customerName,
      customerEmail: order.customerEmail,
      successUrl: `${at}/return`,
      failUrl: `${at}/fail`,
      ownSuccessUrl: `${at}/windows/${number}/return`,
      ownFailUrl: `${at}/windows/${number}/fail`,
    });
    if (answer.kind === 'success') return answer.value;
    const { code, said } = whyNotOpened(answer);
    this.logger.warn('no window was opened', { orderId: order.id, code, said });
    const title = GATEWAY_TITLES[order.gateway];
    throw new DomainError('window-not-opened', `${title} opened no window (${code}); nothing was paid, try again`);
  }

  private async assertOpen(session: SqlSession, order: Order): Promise<void> {
    this.assertInTime(order);
    // The customer has paid, as it turned out; nobody pays again before people have dealt with that.
    if ((await this.orders.stopOf(order.id, session)) === undefined) return;
    throw new DomainError('order-busy', 'A payment of this order is being looked into; ask the shop');
  }

  /** As far as the order itself says. */
  private assertInTime(order: Order): void {
    if (order.state === 'Confirming' || order.state === 'InDoubt') {
      throw new DomainError('order-busy', 'A payment of this order is on its way; look again in a moment');
    }
    if (order.state === 'AwaitingDeposit') {
      throw new DomainError(
        'order-busy',
        'An account was issued for this order: pay into it, or ask the shop to cancel',
      );
    }
    if (order.endedAt !== null || order.expiresAt <= this.clock.now()) throw over(order);
  }

  private async locked(session: SqlSession, id: string): Promise<Order> {
    const order = await this.orders.lock(session, id);
    if (order === undefined) throw new DomainError('internal-error', `order ${id} is gone`);
    return order;
  }
}

/** As what the reports know what is sold in orders: what they consist of, each order says itself. */
const SOLD_IN_ORDERS = 'order';

/** What the gateway has of what came back. */
type Agreed = FoundPayment | 'none' | 'untold';

function unreadable(): DomainError {
  return new DomainError(
    'invalid-request',
    'What came back is nothing that the gateway’s window brings; nothing was paid',
  );
}

function mismatch(differing: readonly string[]): DomainError {
  const faults = differing.map((field) => ({ field, expected: 'as the order has it' }));
  const message = `What came back is not what was ordered (${differing.join(', ')}); nothing was paid`;
  return new DomainError('return-mismatch', message, { faults });
}

function over({ state }: Order): DomainError {
  const how = { Paid: 'is paid', Canceled: 'was canceled', Failed: 'was declined for good' }[state as string];
  return new DomainError('order-over', `This order ${how ?? 'was not paid in time'}; nothing was changed`, { state });
}

/** Uploads of before orders kept their order numbers to themselves may have it. The charge can't be made, so nothing is asked for. */
function refuseTakenOrderNo(error: unknown, { orderNo }: OrderAttempt): never {
  if (!violatesUnique(error, 'charge_order_no_once')) throw error;
  const message = `Another charge has the order number ${orderNo} of this window; nothing was paid. Open another window`;
  throw new DomainError('duplicate-order-number', message);
}
