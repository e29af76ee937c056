import { Injectable } from '@nestjs/common';
import { GatewayAccounts } from '../gateway-account';
import { DirectPayments, type DepositAccount } from '../direct-payment';
import { Gateways } from '../gateways';
import { DomainError, type InputFault } from '../kernel/errors';
import { MAX_CHARGE_WON, wonInWords, type Won } from '../kernel/won';
import { Clock, secondsAfter } from '../platform/clock';
import { Database, violatesUnique } from '../platform/database';
import { Products } from '../product';
import { totalOf } from './order-amounts';
import { paymentsOf, type Order, type OrderAttempt, type OrderHistory, type OrderItem } from './order.entity';
import { OrderRepository, type NewItem, type OrderFilter } from './order.repository';

/** What is ordered: a product of the catalogue at its price, or anything else by name and price. */
export interface AskedItem {
  productId?: string | undefined;
  name?: string | undefined;
  unitAmount?: Won | undefined;
  quantity: number;
  taxFreeAmount: Won;
}

/** What the shop's server asks for. */
export interface OrderRequest {
  reference: string;
  gatewayAccount: string;
  name: string;
  items: readonly AskedItem[];
  /** What the shop expects the items to cost; another sum is refused. */
  amount: Won;
  customer: { reference?: string | undefined; name?: string | undefined; email?: string | undefined };
  returnUrl: string;
  expiresInMinutes: number;
  actor: string;
}

/** An order with what it consists of and each try to pay it. */
export interface OrderDetail {
  order: Order;
  items: OrderItem[];
  attempts: OrderAttempt[];
  /** Where it was to be paid, or was, where the customer chose to pay into an account. */
  deposit: DepositAccount | undefined;
  history: OrderHistory[];
  /** The open line stop about a payment of it; `undefined`: none. */
  lineStopId: string | undefined;
}

const MINUTE_SECONDS = 60;

/** Orders as the shop's server makes, reads and cancels them. */
@Injectable()
export class Orders {
  constructor(
    private readonly orders: OrderRepository,
    private readonly products: Products,
    private readonly accounts: GatewayAccounts,
    private readonly gateways: Gateways,
    private readonly payments: DirectPayments,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores an order, before anything of it is shown. The same reference again is the same order.
   *
   * @throws {DomainError} `invalid-request` naming what does not add up; `product-not-found`; `gateway-account-not-found`,
   *   `gateway-account-unusable`, `gateway-not-configured`; `gateway-cannot` where it has no payment window;
   *   `order-reference-used` when the reference is another order's
   */
  async create(request: OrderRequest): Promise<Order> {
    const items = await this.itemsOf(request.items);
    const total = totalOf(items);
    refuse(faultsOf(request.amount, items, total.amount));
    const { gateway } = await this.accounts.require(request.gatewayAccount);
    this.gateways.confirming(gateway);
    const { reference, gatewayAccount, name, customer, returnUrl, actor } = request;
    const expiresAt = secondsAfter(this.clock.now(), request.expiresInMinutes * MINUTE_SECONDS);
    const of = {
      customerReference: customer.reference ?? null,
      customerName: customer.name ?? null,
      customerEmail: customer.email ?? null,
    };
    const order = { reference, gateway, gatewayAccount, name, ...total, ...of, returnUrl, createdBy: actor, expiresAt };
    try {
      const why = { cause: 'created', actor };
      const id = await this.database.transaction((session) => this.orders.create(session, order, items, why));
      return await this.get(id);
    } catch (error) {
      if (!violatesUnique(error, 'customer_order_reference_once')) throw error;
      return this.earlier(request, total.amount);
    }
  }

  /** @throws {DomainError} `order-not-found` */
  async get(id: string): Promise<Order> {
    const order = await this.orders.find(id);
    if (order === undefined) throw new DomainError('order-not-found', `There is no order ${id}`);
    return order;
  }

  /** @throws {DomainError} `order-not-found` */
  async detail(id: string): Promise<OrderDetail> {
    const order = await this.get(id);
    const [items, attempts, history, lineStopId] = [
      await this.orders.items(id),
      await this.orders.attempts(id),
      await this.orders.history(id),
      await this.orders.stopOf(id),
    ];
    const deposit = await this.payments.depositAccountOf(paymentsOf(attempts));
    return { order, items, attempts, deposit, history, lineStopId };
  }

  /** Newest first. */
  list(filter: OrderFilter, page: { beforeId: string | undefined; limit: number }): Promise<Order[]> {
    return this.orders.list(filter, page);
  }

  /** The token by which the customer's browser names it. */
  tokenOf(order: Order): string {
    return this.orders.tokenOf(order);
  }

  /**
   * Ends an order that is not paid. What is on its way to the gateway can't be called back; an account that was issued for it is closed
   * there.
   *
   * @throws {DomainError} `order-not-found`; `state-conflict`; `version-conflict`
   */
  async cancel(
    id: string,
    { actor, reason, version }: { actor: string; reason: string; version?: string | undefined },
  ): Promise<Order> {
    const order = await this.get(id);
    const changes = { endedAt: this.clock.now() };
    await this.database.transaction(async (session) => {
      await this.orders.move(session, order, 'cancel', { cause: 'canceled', actor, reason }, changes, version);
      for (const paymentId of paymentsOf(await this.orders.attempts(id, session))) {
        await this.payments.abandonDeposit(session, paymentId, 'its order was canceled');
      }
    });
    return this.get(id);
  }

  /** The order that the same request has made before. */
  private async earlier({ reference, gatewayAccount, customer }: OrderRequest, amount: Won): Promise<Order> {
    const earlier = await this.orders.findByReference(reference);
    const isSameCustomer = earlier?.customerReference === (customer.reference ?? null);
    if (earlier?.amount === amount && earlier.gatewayAccount === gatewayAccount && isSameCustomer) return earlier;
    const known = earlier === undefined ? 'another order' : knownAs(earlier);
    throw new DomainError('order-reference-used', `${reference} is ${known}; nothing was changed`, {
      orderId: earlier?.id,
    });
  }

  private async itemsOf(asked: readonly AskedItem[]): Promise<NewItem[]> {
    const items: NewItem[] = [];
    for (const [index, { productId, quantity, taxFreeAmount, ...own }] of asked.entries()) {
      const product = productId === undefined ? undefined : await this.products.get(productId);
      if (product?.active === false) {
        refuse([{ field: `items.${index}.productId`, expected: 'a product that is sold' }]);
      }
      const name = own.name ?? product?.name;
      const unitAmount = product?.amount ?? own.unitAmount;
      if (name === undefined || unitAmount === undefined) {
        refuse([{ field: `items.${index}`, expected: 'a productId, or a name and a unitAmount' }]);
        continue;
      }
      items.push({ productId: productId ?? null, name, quantity, unitAmount, taxFreeAmount });
    }
    return items;
  }
}

function faultsOf(amount: Won, items: readonly NewItem[], total: Won): InputFault[] {
  const free = items.flatMap(({ taxFreeAmount, unitAmount, quantity }, index) =>
    taxFreeAmount > unitAmount * quantity
      ? [{ field: `items.${index}.taxFreeAmount`, expected: 'no more than the item costs' }]
      : [],
  );
  if (total !== amount) free.push({ field: 'amount', expected: `what the items cost: ${wonInWords(total)}` });
  if (total > MAX_CHARGE_WON) free.push({ field: 'amount', expected: `at most ${wonInWords(MAX_CHARGE_WON)}` });
  return free;
}

function refuse(faults: InputFault[]): void {
  if (faults.length > 0) throw new DomainError('invalid-request', 'The order does not add up', { faults });
}

function knownAs({ amount, customerReference, gatewayAccount }: Order): string {
  const whose = customerReference === null ? '' : ` of customer ${customerReference}`;
  return `an order${whose} of ${wonInWords(amount)} by the account ${gatewayAccount}`;
}
