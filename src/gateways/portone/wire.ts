/**
 * PortOne V2 as it stands on the wire: paths, headers and fixed words, no behaviour. Marks of trust and the members of each body are
 * on docs/protocol/portone.md.
 */

/** Ids stand in paths percent-encoded. */
export const PORTONE_PATHS = {
  payment: (paymentId: string) => `/payments/${pathSegment(paymentId)}`,
  preRegister: (paymentId: string) => `/payments/${pathSegment(paymentId)}/pre-register`,
  confirm: (paymentId: string) => `/payments/${pathSegment(paymentId)}/confirm`,
  cancel: (paymentId: string) => `/payments/${pathSegment(paymentId)}/cancel`,
  closeAccount: (paymentId: string) => `/payments/${pathSegment(paymentId)}/virtual-account/close`,
  charge: (paymentId: string) => `/payments/${pathSegment(paymentId)}/billing-key`,
  billingKey: (billingKey: string) => `/billing-keys/${pathSegment(billingKey)}`,
  confirmBillingKey: '/billing-keys/confirm',
  schedules: '/payment-schedules',
} as const;

export const IDEMPOTENCY_HEADER = 'Idempotency-Key';

/** For how long a key stands for the same call (docs/protocol/portone.md, section 1). */
export const IDEMPOTENCY_HOURS = 3;

/** Of an order, in characters; payment companies take as many, or cut it themselves. */
export const LONGEST_NAME = 100;
/** Of the reason of a cancellation. */
export const LONGEST_REASON = 200;

/** What stands in the place of a billing key until it is confirmed; never one. */
export const NEEDS_CONFIRMATION = 'NEEDS_CONFIRMATION';

/** Any other currency is a mismatch: amounts are cents there. */
export const WON_CURRENCY = 'KRW';

/** Of a payment that was not made over V1. */
export const VERSION = 'V2';

/** Of a channel that takes money. */
export const LIVE_CHANNEL = 'LIVE';

/** States of a payment (docs/protocol/portone.md, sections 3 and 4); the filter of lists has another word for one that is pending. */
export const PAYMENT_STATUSES = [
  'READY',
  'PAY_PENDING',
  'PENDING',
  'VIRTUAL_ACCOUNT_ISSUED',
  'PAID',
  'FAILED',
  'PARTIAL_CANCELLED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export function cut(text: string, longest: number): string {
  return [...text].slice(0, longest).join('');
}

/** @throws {RangeError} on an id that would lead to another path however it is encoded */
function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new RangeError('the id can’t stand in a path');
  return encodeURIComponent(id);
}
