import { PortOneRefusal } from '../error-types';
import type { Declines } from '../declines';
import type { Means, Transaction } from './payment';
import type { PaymentLife } from './payment-life';

/** Asks the payment company to collect: paid, or failed with its code. */
export class Charging {
  constructor(
    private readonly life: PaymentLife,
    private readonly declines: Declines,
  ) {}

  /** The code of the payment company's no; null if it was paid. */
  collect(transaction: Transaction, means: Means, discount = 0): string | null {
    const code = this.codeFor(transaction, means);
    if (code === null) this.life.pay(transaction, means, discount);
    else this.life.fail(transaction, code);
    return code;
  }

  /** The same, for a call: the no is its refusal. */
  collectOrRefuse(transaction: Transaction, means: Means): void {
    const code = this.collect(transaction, means);
    if (code !== null) throw new PortOneRefusal('PG_PROVIDER', '', code);
  }

  private codeFor({ payment, customer, billingKey, amount }: Transaction, means: Means): string | null {
    if (means.kind === 'card' && means.card.declines !== null) return means.card.declines;
    const customerId = typeof customer.id === 'string' ? customer.id : null;
    const { id } = payment;
    return this.declines.codeFor({ orderId: id, paymentId: id, customerId, billingKey, amount: amount.total });
  }
}
