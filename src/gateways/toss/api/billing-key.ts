import { isJsonObject, textOf, type Show } from '../../reading';
import { instantOf, keyOf } from './payment';

/** A billing key as Toss issued it. */
export interface TossBillingKey {
  /** A secret. */
  billingKey: string;
  /** A secret of ours, to be compared. */
  customerKey: string;
  /** Whose card or account, and its last digits. */
  label: string;
  authenticatedAt: Date | null;
}

const SHOWN_DIGITS = 4;

export function readBillingKey(json: unknown, show: Show): TossBillingKey | undefined {
  if (!isJsonObject(json)) return undefined;
  const billingKey = keyOf(json.billingKey);
  const customerKey = keyOf(json.customerKey);
  if (billingKey === undefined || customerKey === undefined) return undefined;
  const card = isJsonObject(json.card) ? json.card : {};
  const [transfer] = Array.isArray(json.transfers) ? (json.transfers as unknown[]) : [];
  const account = isJsonObject(transfer) ? transfer : {};
  // `cardCompany` and `cardNumber` are gone since version 2024-06-01.
  const company = show(json.cardCompany) || show(account.bankName) || show(card.issuerCode);
  const number = show(card.number) || show(json.cardNumber) || show(account.bankAccountNumber);
  const label = [textOf(json.method) ?? '', company, lastOf(number)].filter((part) => part !== '').join(' ');
  return { billingKey, customerKey, label: show(label), authenticatedAt: instantOf(json.authenticatedAt) };
}

/** The last that can be read of a number whose digits are masked: enough to tell one's cards apart. */
function lastOf(number: string): string {
  const digits = number.slice(-SHOWN_DIGITS);
  return digits === '' ? '' : `…${digits}`;
}
