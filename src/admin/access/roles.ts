import type { Purpose } from '../../platform/database';

/**
 * What a key can be allowed to do, and whom it is for. Each endpoint names one of these (`@Scope`); one that ends in `:read` is
 * of calls that change nothing, and only those are not audited.
 */
export const SCOPES = {
  /** Contracts with gateways and their credentials: no role that moves money says where it goes. */
  'accounts:manage': ['admin'],
  'accounts:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  /** Agreeing as a second person; which of these roles may, APPROVAL_ROLES says. */
  'approvals:decide': ['operator', 'finance', 'manager'],
  'approvals:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'approvals:withdraw': ['operator', 'finance', 'manager'],
  'audit:read': ['manager', 'admin'],
  'charges:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  /** Asks T store for a token: whoever may mend the settings, or watches over the service. */
  'checks:run': ['operator', 'manager', 'admin'],
  'deliveries:acknowledge': ['operator', 'manager'],
  'discrepancies:decide': ['operator', 'finance', 'manager'],
  'discrepancies:lookup': ['operator', 'finance', 'manager'],
  'discrepancies:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  /** What went over the wire for money, secrets masked; audited like a change, because customers stand in it. */
  'exchanges:open': ['operator', 'finance', 'manager', 'admin'],
  /** Request and result files as they are, billing tokens in clear; audited like a change. With them anybody can be charged. */
  'files:download': ['finance', 'manager', 'admin'],
  'jobs:decide': ['operator', 'manager'],
  'jobs:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'jobs:upload': ['operator', 'manager'],
  /** No role has this and moves money: who makes keys could make a second person of themselves. */
  'keys:manage': ['admin'],
  'keys:read': ['manager', 'admin'],
  'kill-switch:change': ['operator', 'finance', 'manager', 'admin'],
  'kill-switch:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'line-stops:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'line-stops:resolve': ['operator', 'finance', 'manager'],
  'notifications:read': ['operator', 'manager', 'admin'],
  'orders:manage': ['operator', 'manager'],
  'orders:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'payment-methods:manage': ['operator', 'manager'],
  'payment-methods:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'products:manage': ['operator', 'manager'],
  'products:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'refunds:create': ['finance', 'manager'],
  'refunds:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'reports:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'runs:open': ['operator', 'manager'],
  'runs:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'settlement:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  'subscriptions:manage': ['operator', 'manager'],
  'subscriptions:read': ['viewer', 'operator', 'finance', 'manager', 'admin'],
  /** Asks T store, which blocks merchants who ask too much. */
  'transactions:lookup': ['operator', 'finance', 'manager'],
} as const satisfies Record<string, readonly Role[]>;

export const ROLES = ['viewer', 'operator', 'finance', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export type Scope = keyof typeof SCOPES;
export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

/** @param narrowedTo the only ones of the role's that are meant; `null`: all of them */
export function scopesOf(role: Role, narrowedTo: readonly string[] | null): ReadonlySet<Scope> {
  const ofRole = ALL_SCOPES.filter((scope) => (SCOPES[scope] as readonly Role[]).includes(role));
  return new Set(ofRole.filter((scope) => narrowedTo?.includes(scope) ?? true));
}

/**
 * What a key may give to the keys it makes. An admin’s gives any scope, those that move money too, which it has not itself: that
 * is the work of whoever makes keys. Narrowed to some scopes, it gives no more than those.
 */
export function scopesToGive(role: Role, narrowedTo: readonly string[] | null): ReadonlySet<Scope> {
  const isKeyMaker = (SCOPES['keys:manage'] as readonly Role[]).includes(role);
  return isKeyMaker && narrowedTo === null ? new Set(ALL_SCOPES) : scopesOf(role, narrowedTo);
}

/** What is done by people, each time by one of them, and must go on however many programs wait for what they change. */
const DECISIONS: ReadonlySet<Scope> = new Set<Scope>([
  'approvals:decide',
  'approvals:withdraw',
  'discrepancies:decide',
  'jobs:decide',
  'keys:manage',
  'line-stops:resolve',
  'refunds:create',
]);

/** Whose connections calls with this scope are answered on. */
export function purposeOf(scope: Scope): Purpose {
  if (!isChanging(scope)) return 'reading';
  if (scope === 'kill-switch:change') return 'stopping';
  return DECISIONS.has(scope) ? 'deciding' : 'changing';
}

/** Whether calls with this scope may change something. */
export function isChanging(scope: Scope): boolean {
  return !scope.endsWith(':read');
}
