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
  /** Whether nothing differs; `null` when T store could not be asked. */
  agrees: boolean | null;
  fields: ComparedField[];
}

/** Holds the gateway's answer against our record. Where nobody knows its words for refunded, its status is shown and not compared. */
export function compareWithTransaction(
  charge: ChargeRecord,
  { answer, found }: Pick<TransactionLookup, 'answer' | 'found'>,
): TransactionComparison {
  if (answer === 'unknown') return { agrees: null, fields: [] };
  const isPaid = charge.state !== 'Declined' && charge.state !== 'Closed';
  const paid = compared('paid', isPaid, found !== null);
  const fields = found === null ? [paid] : [...(paid.same ? [] : [paid]), ...fieldsOf(charge, found)];
  return { agrees: fields.every((field) => field.same), fields };
}

function fieldsOf(charge: ChargeRecord, found: FoundTransaction): ComparedField[] {
  const fields = [
    compared('transactionId', charge.transactionId, found.transactionId),
    compared('amount', charge.amount, found.amount),
    compared('sumOfParts', charge.amount, sumWon(found.paymentParts.map((part) => part.amount))),
  ];
  if (typeof found.isRefunded === 'boolean') {
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
