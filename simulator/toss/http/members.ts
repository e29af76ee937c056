import { MemberReader, type Members } from '../../shared/http/members';
import { TossRefusal } from '../error-codes';

export { membersOf, type Members } from '../../shared/http/members';

function invalid(name: string): TossRefusal {
  return new TossRefusal('INVALID_REQUEST', name);
}

const reader = new MemberReader(invalid);

export function requiredText(body: Members, name: string, most: number): string {
  return reader.requiredText(body, name, most);
}

export function optionalText(body: Members, name: string, most: number): string | null {
  return reader.optionalText(body, name, most);
}

export function requiredAmount(body: Members, name: string): number {
  return reader.requiredAmount(body, name);
}

export function optionalAmount(body: Members, name: string): number | null {
  return reader.optionalAmount(body, name);
}

/** 6 to 64 of the documented characters. */
export function requiredOrderId(body: Members): string {
  const orderId = requiredText(body, 'orderId', 64);
  if (!/^[A-Za-z0-9_=.@-]{6,64}$/.test(orderId)) throw invalid('orderId');
  return orderId;
}

/** The service takes long ones up to its database, which then fails. */
export function requiredCustomerKey(body: Members): string {
  const value = body.customerKey;
  if (typeof value !== 'string' || value.length < 2) throw invalid('customerKey');
  if (value.length > 300) throw new TossRefusal('FAILED_DB_PROCESSING', 'customerKey');
  return value;
}

/** What is free of tax can't be more than the whole. */
export function taxFreeOf(body: Members, amount: number): number {
  const taxFree = optionalAmount(body, 'taxFreeAmount') ?? 0;
  if (taxFree > amount) throw invalid('taxFreeAmount');
  return taxFree;
}
