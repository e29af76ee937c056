import { matchRoute, type MatchOf, type RouteOf } from '../../shared/http/routes';
import { TossRefusal } from '../error-codes';
import type { CallName, TossHandler } from './toss-call';

export type Route = RouteOf<CallName, TossHandler>;
export type Match = MatchOf<Route>;

/** The first path of the API's own resources; the T store's begin otherwise. */
const RESOURCES = ['payments', 'billing', 'virtual-accounts', 'transactions', 'settlements', 'cash-receipts'];

export function isTossPath(path: string): boolean {
  return RESOURCES.some((name) => path === `/v1/${name}` || path.startsWith(`/v1/${name}/`));
}

export function tossRoute(routes: readonly Route[], method: string, path: string): Match {
  const match = matchRoute(routes, method, path);
  if (match === 'no such path') throw new TossRefusal('NOT_FOUND');
  if (match === 'no such method') throw new TossRefusal('NOT_FOUND_METHOD');
  return match;
}

/** A path as logs may show it: billing keys and one-time authentications are secrets. */
export function shownPath(path: string): string {
  return path.replace(/^(\/v1\/billing\/(?:authorizations\/(?!issue$))?)(?!authorizations)([^/]{6})[^/]+/, '$1$2…');
}
