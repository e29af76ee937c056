import type { Contract } from '../merchants';
import type { Payment } from './payment';

/** Every payment, found by its `tid` alone: there is no lookup by order number. */
export class PaymentRegister {
  private readonly byTid = new Map<string, Payment>();

  add(payment: Payment): void {
    this.byTid.set(payment.tid, payment);
  }

  find(tid: string): Payment | undefined {
    return this.byTid.get(tid);
  }

  /** A contract sees its own payments only. */
  findOf(contract: Contract, tid: string): Payment | undefined {
    const payment = this.byTid.get(tid);
    return payment?.contract === contract ? payment : undefined;
  }

  all(): Payment[] {
    return [...this.byTid.values()];
  }

  /** Of an order number, whoever's. */
  withOrderId(orderId: string): Payment[] {
    return this.all().filter((payment) => payment.orderId === orderId);
  }
}
