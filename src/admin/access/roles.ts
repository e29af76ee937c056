/**
 * What a key can be allowed to do, and whom it is for. Each endpoint names one of these (`@Scope`); one that ends in `:read` is
 * of calls that change nothing, and only those are not audited.
 */
export const SCOPES = {
  /** Agreeing as a second person; which of these roles may, APPROVAL_ROLES says. */
  'approvals:decide': ['operator', 'finance', 'admin'],
  'approvals:read': ['viewer', 'operator', 'finance', 'admin'],
  'approvals:withdraw': ['operator', 'finance', 'admin'],
  'audit:read': ['admin'],
  'charges:read': ['viewer', 'operator', 'finance', 'admin'],
  'deliveries:acknowledge': ['operator', 'admin'],
  'discrepancies:decide': ['operator', 'finance', 'admin'],
  'discrepancies:lookup': ['operator', 'finance', 'admin'],
  'discrepancies:read': ['viewer', 'operator', 'finance', 'admin'],
  /** Request and result files as they are, billing tokens in clear; audited like a change. */
  'files:download': ['operator', 'admin'],
  'jobs:decide': ['operator', 'admin'],
  'jobs:read': ['viewer', 'operator', 'finance', 'admin'],
  'jobs:upload': ['operator', 'admin'],
  'keys:manage': ['admin'],
  'keys:read': ['admin'],
  'kill-switch:change': ['operator', 'finance', 'admin'],
  'kill-switch:read': ['viewer', 'operator', 'finance', 'admin'],
  'line-stops:read': ['viewer', 'operator', 'finance', 'admin'],
  'line-stops:resolve': ['operator', 'finance', 'admin'],
  'notifications:read': ['operator', 'admin'],
  'products:manage': ['operator', 'admin'],
  'products:read': ['viewer', 'operator', 'finance', 'admin'],
  'refunds:create': ['finance', 'admin'],
  'refunds:read': ['viewer', 'operator', 'finance', 'admin'],
  'refunds:release': ['finance', 'admin'],
  'reports:read': ['viewer', 'operator', 'finance', 'admin'],
  'runs:decide': ['operator', 'finance', 'admin'],
  'runs:open': ['operator', 'admin'],
  'runs:read': ['viewer', 'operator', 'finance', 'admin'],
  'settlement:read': ['viewer', 'operator', 'finance', 'admin'],
  'subscriptions:manage': ['operator', 'admin'],
  'subscriptions:read': ['viewer', 'operator', 'finance', 'admin'],
  /** Asks T store, which blocks merchants who ask too much. */
  'transactions:lookup': ['operator', 'finance', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export const ROLES = ['viewer', 'operator', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export type Scope = keyof typeof SCOPES;
export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

/** @param narrowedTo the only ones of the role's that are meant; `null`: all of them */
export function scopesOf(role: Role, narrowedTo: readonly string[] | null): ReadonlySet<Scope> {
  const ofRole = ALL_SCOPES.filter((scope) => (SCOPES[scope] as readonly Role[]).includes(role));
  return new Set(ofRole.filter((scope) => narrowedTo?.includes(scope) ?? true));
}

/** Whether calls with this scope may change something. */
export function isChanging(scope: Scope): boolean {
  return !scope.endsWith(':read');
}
