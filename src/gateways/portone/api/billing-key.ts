import { isJsonObject, listOf, textOf, type JsonMembers, type Show } from '../../reading';
import { channelOf, instantOf, keyOf, type PortoneChannel } from './payment';

/** A billing key as PortOne has it now. */
export interface PortoneBillingKey {
  /** A secret. */
  billingKey: string;
  /** ISSUED or DELETED. */
  status: string;
  storeId: string;
  channels: PortoneChannel[];
  /** A secret of ours, to be compared. */
  customerId: string | null;
  /** Whose card or account, and its last digits. */
  label: string;
  issuedAt: Date | null;
}

const SHOWN_DIGITS = 4;

/** @returns `undefined` where a member is missing that is needed to decide */
export function readBillingKey(json: unknown, show: Show): PortoneBillingKey | undefined {
  if (!isJsonObject(json)) return undefined;
  const [billingKey, status, storeId] = [json.billingKey, json.status, json.storeId].map(keyOf);
  const channels = listOf(json.channels, (entry) => channelOf(entry) ?? undefined);
  if (billingKey === undefined || status === undefined || storeId === undefined || channels === undefined) {
    return undefined;
  }
  const customer = isJsonObject(json.customer) ? json.customer : {};
  const [method] = Array.isArray(json.methods) ? (json.methods as unknown[]) : [];
  return {
    ...{ billingKey, status, storeId, channels },
    customerId: textOf(customer.id) ?? null,
    label: show(labelOf(isJsonObject(method) ? method : {}, show)),
    issuedAt: instantOf(json.issuedAt),
  };
}

/** The key of a confirmation's answer. */
export function readConfirmedKey(json: unknown): string | undefined {
  return isJsonObject(json) ? keyOf(json.billingKey) : undefined;
}

function labelOf(method: JsonMembers, show: Show): string {
  const card = isJsonObject(method.card) ? method.card : {};
  const kind = show(method.type).replace(/^BillingKeyPaymentMethod/, '');
  const digits = show(card.number).slice(-SHOWN_DIGITS);
  const parts = [kind, show(method.provider), show(card.issuer), digits === '' ? '' : `…${digits}`];
  return parts.filter((part) => part !== '').join(' ');
}
