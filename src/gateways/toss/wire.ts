/**
 * The Toss Payments core API as it stands on the wire: paths, headers and fixed words, no behaviour. Marks of trust and the
 * members of each body are on docs/protocol/toss.md.
 */

/** Ids and keys stand in paths percent-encoded: a billing key ends with `=`. */
export const TOSS_PATHS = {
  confirm: '/v1/payments/confirm',
  payment: (paymentKey: string) => `/v1/payments/${pathSegment(paymentKey)}`,
  order: (orderId: string) => `/v1/payments/orders/${pathSegment(orderId)}`,
  cancel: (paymentKey: string) => `/v1/payments/${pathSegment(paymentKey)}/cancel`,
  issueBillingKey: '/v1/billing/authorizations/issue',
  billingKey: (billingKey: string) => `/v1/billing/${pathSegment(billingKey)}`,
  virtualAccounts: '/v1/virtual-accounts',
  transactions: '/v1/transactions',
  settlements: '/v1/settlements',
} as const;

export const IDEMPOTENCY_HEADER = 'Idempotency-Key';
/** In answers: by which Toss's own people find the exchange. */
export const TRACE_HEADER = 'x-tosspayments-trace-id';
/** With a test key, any call answers the error named here. */
export const TEST_CODE_HEADER = 'TossPayments-Test-Code';

/** For how long a key stands for the same call (docs/protocol/toss.md, section 9). */
export const IDEMPOTENCY_HOURS = 15 * 24;

/** Of orders and customers, in characters; nobody decides by what is cut off. */
export const LONGEST_NAME = 100;

export function cut(text: string, longest: number): string {
  return [...text].slice(0, longest).join('');
}

/** Any other currency is a mismatch: amounts are cents there, or millionths. */
export const WON_CURRENCY = 'KRW';

/** States of a payment (docs/protocol/toss.md, section 4). */
export const PAYMENT_STATUSES = [
  'READY',
  'IN_PROGRESS',
  'WAITING_FOR_DEPOSIT',
  'DONE',
  'CANCELED',
  'PARTIAL_CANCELED',
  'ABORTED',
  'EXPIRED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** @throws {RangeError} on an id that would lead to another path however it is encoded */
function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new RangeError('the id can’t stand in a path');
  return encodeURIComponent(id);
}
