import type { Members } from '../../shared/http/members';
import { NOTHING, plus, type Amount } from './amount';
import type { Transaction } from './payment';

/** What was paid in the end: a discount of the window is a part of the price that nobody pays. */
export function paidOf({ amount, discount, paidAt }: Transaction): number {
  return paidAt === null ? 0 : amount.total - discount;
}

export function cancelledOf({ cancellations }: Transaction): Amount {
  return cancellations
    .filter(({ status }) => status === 'SUCCEEDED')
    .reduce((sum, { amount }) => plus(sum, amount), NOTHING);
}

/** What is left to be cancelled: what an asynchronous cancellation has asked for is no longer there. */
export function leftOf(transaction: Transaction): Amount {
  const { amount, cancellations } = transaction;
  const gone = cancellations
    .filter(({ status }) => status !== 'FAILED')
    .reduce((sum, one) => plus(sum, one.amount), NOTHING);
  return {
    total: paidOf(transaction) - gone.total,
    taxFree: amount.taxFree - gone.taxFree,
    vat: amount.vat - gone.vat,
  };
}

/** As a payment shows it. */
export function amountBody(transaction: Transaction): Members {
  const { amount, discount } = transaction;
  const cancelled = cancelledOf(transaction);
  return {
    total: amount.total,
    taxFree: amount.taxFree,
    vat: amount.vat,
    supply: amount.total - amount.taxFree - amount.vat,
    discount,
    paid: paidOf(transaction),
    cancelled: cancelled.total,
    cancelledTaxFree: cancelled.taxFree,
  };
}
