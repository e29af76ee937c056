import { TossRefusal } from '../error-codes';

export type Members = Record<string, unknown>;

export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

function invalid(name: string): TossRefusal {
  return new TossRefusal('INVALID_REQUEST', name);
}

/** A text of 1 to `most` characters; numbers count as their digits, as the service takes them. */
export function requiredText(body: Members, name: string, most: number): string {
  const value = optionalText(body, name, most);
  if (value === null) throw invalid(name);
  return value;
}

/** Null where it is absent, null or empty. */
export function optionalText(body: Members, name: string, most: number): string | null {
  const value = body[name];
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > most) throw invalid(name);
  return text;
}

/** Whole won, as a number or, as the vendor's own sample sends it, as text. */
export function requiredAmount(body: Members, name: string): number {
  const value = optionalAmount(body, name);
  if (value === null) throw invalid(name);
  return value;
}

export function optionalAmount(body: Members, name: string): number | null {
  const value = body[name];
  if (value === undefined || value === null || value === '') return null;
  const amount = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) throw invalid(name);
  return amount;
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
