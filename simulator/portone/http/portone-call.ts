import type { StruckBy } from '../../shared/faults/answer-faults';
import type { Members } from '../../shared/http/members';
import type { MatchOf, RouteOf } from '../../shared/http/routes';
import type { PortOneFaultKind } from '../faults/catalogue';
import type { Store } from '../stores';

export const CALLS = [
  'lookup',
  'transactions',
  'list',
  'payments-by-cursor',
  'events-by-cursor',
  'pre-register',
  'confirm',
  'cancel',
  'close-account',
  'resend-webhook',
  'charge',
  'schedule',
  'schedules',
  'schedule-lookup',
  'schedule-revoke',
  'billing-key',
  'billing-keys',
  'billing-delete',
  'billing-confirm',
  'vat-report',
  'kakaopay-order',
] as const;

/** What a call is for: faults choose by it. */
export type CallName = (typeof CALLS)[number];

export type Struck = StruckBy<PortOneFaultKind>;

/** A call that is let in. */
export interface PortOneRequest {
  store: Store;
  /** The parts of the path that vary. */
  parameters: readonly string[];
  /** Of the body, the query, or the query's `requestBody`. */
  body: Members;
  /** Faults that strike what is done. */
  struck: Struck;
}

/** What a call answers if all is well. */
export type PortOneHandler = (request: PortOneRequest) => Members | Promise<Members>;

export type Route = RouteOf<CallName, PortOneHandler>;
export type Match = MatchOf<Route>;

export interface PortOneAnswer {
  status: number;
  body: object;
}

/** The first part of the API's own paths. */
const RESOURCES = [
  'payments',
  'payments-by-cursor',
  'payment-events-by-cursor',
  'payment-schedules',
  'payment-reconciliations',
  'billing-keys',
  'kakaopay/payment/order',
  'login',
  'token',
];

export function isPortOnePath(path: string): boolean {
  return RESOURCES.some((name) => path === `/${name}` || path.startsWith(`/${name}/`));
}
