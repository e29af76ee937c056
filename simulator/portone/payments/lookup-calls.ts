import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { Store } from '../stores';
import { paymentBody, transactionBody } from './payment-body';
import { shownOf, type Payment, type Transaction } from './payment';
import type { PaymentRegister } from './payment-register';

/** The messages about an attempt, as a payment shows them. */
export type WebhooksOf = (transaction: Transaction) => readonly Members[];

/** Looks at a payment, and at each attempt of it. */
export class LookupCalls {
  constructor(
    private readonly register: PaymentRegister,
    private readonly webhooksOf: WebhooksOf,
  ) {}

  lookup({ store, parameters }: PortOneRequest): Members {
    const transaction = shownOf(requiredPayment(this.register, store, paymentIdIn(parameters)));
    if (!transaction) throw new PortOneRefusal('PAYMENT_NOT_FOUND');
    return this.shown(transaction);
  }

  shown(transaction: Transaction): Members {
    return paymentBody(transaction, this.webhooksOf(transaction));
  }

  transactions({ store, parameters }: PortOneRequest): Members {
    const { transactions } = requiredPayment(this.register, store, paymentIdIn(parameters));
    return { items: transactions.map((one) => transactionBody(one, this.webhooksOf(one))) };
  }
}

/** The payment, if its window was ever opened: what was only registered beforehand is none. */
export function requiredPayment(register: PaymentRegister, store: Store, id: string): Payment {
  const payment = register.findOf(store, id);
  if (!payment || payment.transactions.length === 0) throw new PortOneRefusal('PAYMENT_NOT_FOUND');
  return payment;
}

/** The same, and the attempt that it shows. */
export function requiredTransaction(register: PaymentRegister, store: Store, id: string): Transaction {
  const transaction = shownOf(requiredPayment(register, store, id));
  if (!transaction) throw new PortOneRefusal('PAYMENT_NOT_FOUND');
  return transaction;
}
