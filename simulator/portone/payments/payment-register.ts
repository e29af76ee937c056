import type { Store } from '../stores';
import type { Payment, Transaction } from './payment';

/** Every payment, by its store and `paymentId`. */
export class PaymentRegister {
  private readonly payments = new Map<string, Payment>();

  /** A store sees its own payments only. */
  findOf(store: Store, id: string): Payment | undefined {
    return this.payments.get(keyOf(store, id));
  }

  /** The payment that is there, or a new one without any attempt. */
  openOf(store: Store, id: string): Payment {
    const known = this.findOf(store, id);
    if (known) return known;
    const payment: Payment = { store, id, transactions: [], predefined: null };
    this.payments.set(keyOf(store, id), payment);
    return payment;
  }

  all(): Payment[] {
    return [...this.payments.values()];
  }

  transactions(): Transaction[] {
    return this.all().flatMap(({ transactions }) => transactions);
  }

  /** Of a `paymentId`, whoever's. */
  withId(id: string): Payment[] {
    return this.all().filter((one) => one.id === id);
  }
}

function keyOf({ storeId }: Store, id: string): string {
  return `${storeId}\u0000${id}`;
}
