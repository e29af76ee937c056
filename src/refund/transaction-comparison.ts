import { sumWon } from '../kernel/won';
import { isOfProduct, isWithToken, type FoundTransaction, type TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';

/** One thing that both sides know, by each. */
export interface ComparedField {
  field: string;
  ours: unknown;
  tstore: unknown;
  same: boolean;
}

/** A charge beside T store's transaction. */
export interface TransactionComparison {
  /** Whether nothing differs; `null` when T store could not be asked, or nobody has named what its status means. */
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
  if (answer === 'unknown') return { agrees: null, fields: [] };
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
  if (charge.refundedAmount === 0 && found.isRefunded !== true && found.isPaid === false) {
    fields.push(compared('status', 'paid', found.status));
  } else if (typeof found.isRefunded === 'boolean') {
    fields.push(compared('refunded', charge.refundedAmount > 0, found.isRefunded));
  }
  if (found.billingTokenHash !== undefined && charge.billingTokenHash !== null) {
    const shown = [charge.billingTokenHash, found.billingTokenHash].map((hexHash) => hexHash.slice(0, SHOWN_OF_HASH));
    const same = isWithToken(found, charge.billingTokenHash);
    fields.push({ field: 'billingToken', ours: shown[0], tstore: shown[1], same });
  }
  if (found.goods.length === 0) return fields;
  const tstore = found.goods.map((one) => one.productId).join(', ');
  const same = isOfProduct(found, charge.storeProductId);
  return [...fields, { field: 'storeProductId', ours: charge.storeProductId, tstore, same }];
}

/** Digits of a token's hash by which people tell two apart. */
const SHOWN_OF_HASH = 8;

function compared(field: string, ours: unknown, tstore: unknown): ComparedField {
  return { field, ours, tstore, same: ours === tstore };
}
