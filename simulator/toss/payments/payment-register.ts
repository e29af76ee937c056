import type { Merchant } from '../merchants';
import { wasApproved, type Payment, type Transaction } from './payment';

/** Every payment and every transaction, found by what a merchant knows of them. */
export class PaymentRegister {
  private readonly byKey = new Map<string, Payment>();
  private readonly byOrder = new Map<string, Payment[]>();
  private readonly recorded: Transaction[] = [];

  add(payment: Payment): void {
    this.byKey.set(payment.paymentKey, payment);
    const key = orderKey(payment.merchant, payment.orderId);
    const others = this.byOrder.get(key);
    if (others) others.push(payment);
    else this.byOrder.set(key, [payment]);
  }

  find(paymentKey: string): Payment | undefined {
    return this.byKey.get(paymentKey);
  }

  /** A merchant sees its own payments only. */
  findOf(merchant: Merchant, paymentKey: string): Payment | undefined {
    const payment = this.byKey.get(paymentKey);
    return payment?.merchant === merchant ? payment : undefined;
  }

  ofOrder(merchant: Merchant, orderId: string): readonly Payment[] {
    return this.byOrder.get(orderKey(merchant, orderId)) ?? [];
  }

  /** The payment a lookup by order shows: the approved one, else the latest. */
  shownOfOrder(merchant: Merchant, orderId: string): Payment | undefined {
    const payments = this.ofOrder(merchant, orderId);
    return payments.find(wasApproved) ?? payments.at(-1);
  }

  /** An order id is used up by a payment that was approved or that waits for its deposit. */
  isUsedUp(merchant: Merchant, orderId: string): boolean {
    return this.ofOrder(merchant, orderId).some(
      (payment) => wasApproved(payment) || payment.status === 'WAITING_FOR_DEPOSIT',
    );
  }

  all(): Iterable<Payment> {
    return this.byKey.values();
  }

  /** Of an order id, whoever's. */
  withOrderId(orderId: string): Payment[] {
    return [...this.byKey.values()].filter((payment) => payment.orderId === orderId);
  }

  record(transaction: Transaction): void {
    this.recorded.push(transaction);
  }

  transactions(): readonly Transaction[] {
    return this.recorded;
  }
}

function orderKey(merchant: Merchant, orderId: string): string {
  return `${merchant.mId}\u0000${orderId}`;
}
