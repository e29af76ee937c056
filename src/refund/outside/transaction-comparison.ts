import { sumWon } from '../../kernel/won';
import {
  isOfProduct,
  isWithToken,
  tells,
  type FoundTransaction,
  type TransactionLookup,
} from '../../transaction-lookup';
import type { ChargeRecord } from '../../charge';

/** One thing that both sides know, by each. */
export interface ComparedField {
  field: string;
  ours: unknown;
  gateway: unknown;
  same: boolean;
}

/** A charge beside the gateway's transaction. */
export interface TransactionComparison {
  /** Whether nothing differs; `null` when the gateway said nothing of the payment, or nobody has named what its status means. */
  agrees: boolean | null;
  fields: ComparedField[];
}

/**
 * Holds the gateway's answer against our record. A payment of which we have given nothing back is in a state that somebody
 * has named as paid; where nobody has set the words for refunded, those of which we have can't be compared.
 */
export function compareWithTransaction(
  charge: ChargeRecord,
  { answer, found }: Pick<TransactionLookup, 'answer' | 'found'>,
): TransactionComparison {
  if (!tells(answer)) return { agrees: null, fields: [] };
  const isPaid = charge.state !== 'Declined' && charge.state !== 'Closed';
  const paid = compared('paid', isPaid, found !== null);
  const fields = found === null ? [paid] : [...(paid.same ? [] : [paid]), ...fieldsOf(charge, found)];
  if (!fields.every((field) => field.same)) return { agrees: false, fields };
  return { agrees: found === null || isNamed(charge, found) ? true : null, fields };
}

/** Whether the payment's state is known to be what our record says it is. */
function isNamed({ refundedAmount }: ChargeRecord, { isRefunded, isPaid }: FoundTransaction): boolean {
  return isRefunded === true || (refundedAmount === 0 && isPaid === true);
}

function fieldsOf(charge: ChargeRecord, found: FoundTransaction): ComparedField[] {
  const fields = [
    compared('transactionId', charge.transactionId, found.transactionId),
    compared('amount', charge.amount, found.amount),
    compared('sumOfParts', charge.amount, sumWon(found.paymentParts.map((part) => part.amount))),
  ];
  if (found.currency !== undefined) fields.push(compared('currency', 'KRW', found.currency));
  if (found.orderNo !== undefined) fields.push(compared('orderNo', charge.orderNo, found.orderNo));
  if (found.balance !== undefined) fields.push(compared('balance', leftOf(charge), found.balance));
  if (charge.refundedAmount === 0 && found.isRefunded !== true && found.isPaid === false) {
    fields.push(compared('status', 'paid', found.status));
  } else if (typeof found.isRefunded === 'boolean') {
    fields.push(compared('refunded', charge.refundedAmount > 0, found.isRefunded));
  }
  if (found.billingTokenHash !== undefined && charge.billingTokenHash !== null) {
    const shown = [charge.billingTokenHash, found.billingTokenHash].map((hexHash) => hexHash.slice(0, SHOWN_OF_HASH));
    const same = isWithToken(found, charge.billingTokenHash);
    fields.push({ field: 'billingToken', ours: shown[0], gateway: shown[1], same });
  }
  if (found.goods.length === 0) return fields;
  const gateway = found.goods.map((one) => one.productId).join(', ');
  const same = isOfProduct(found, charge.storeProductId);
  return [...fields, { field: 'storeProductId', ours: charge.storeProductId, gateway, same }];
}

/** What is left of a payment, by what we know was given back. */
function leftOf({ amount, refundedAmount }: ChargeRecord): number {
  return amount - refundedAmount;
}

/** Whether less is left at the gateway, which told, than by our record: somebody else has given money back. */
export function hasLessThan(charge: ChargeRecord, { balance }: FoundTransaction): boolean {
  return balance !== undefined && balance < leftOf(charge);
}

/** Digits of a token's hash by which people tell two apart. */
const SHOWN_OF_HASH = 8;

function compared(field: string, ours: unknown, gateway: unknown): ComparedField {
  return { field, ours, gateway, same: ours === gateway };
}
