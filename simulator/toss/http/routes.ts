import { TossRefusal } from '../error-codes';
import type { CallName, TossHandler } from './toss-call';

export interface Route {
  call: CallName;
  method: 'GET' | 'POST' | 'DELETE';
  /** Parts of the path; `*` stands for any one. */
  path: string;
  handle: TossHandler;
}

export interface Match {
  route: Route;
  parameters: string[];
}

/** The first path of the API's own resources; the T store's begin otherwise. */
const RESOURCES = ['payments', 'billing', 'virtual-accounts', 'transactions', 'settlements', 'cash-receipts'];

export function isTossPath(path: string): boolean {
  return RESOURCES.some((name) => path === `/v1/${name}` || path.startsWith(`/v1/${name}/`));
}

/** Literal parts come before `*`; keys may come raw or percent-encoded. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match {
  const parts = decodedParts(path);
  const fitting = routes.flatMap((route) => {
    const pattern = route.path.split('/');
    const fits = pattern.length === parts.length && pattern.every((part, at) => part === '*' || part === parts[at]);
    return fits ? [{ route, parameters: parts.filter((_, at) => pattern[at] === '*') }] : [];
  });
  if (fitting.length === 0) throw new TossRefusal('NOT_FOUND');
  const matches = fitting.filter(({ route }) => route.method === method);
  const [best] = matches.sort((one, other) => one.parameters.length - other.parameters.length);
  if (!best) throw new TossRefusal('NOT_FOUND_METHOD');
  return best;
}

function decodedParts(path: string): string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    throw new TossRefusal('NOT_FOUND');
  }
}

/** A path as logs may show it: billing keys and one-time authentications are secrets. */
export function shownPath(path: string): string {
  return path.replace(/^(\/v1\/billing\/(?:authorizations\/(?!issue$))?)(?!authorizations)([^/]{6})[^/]+/, '$1$2…');
}
