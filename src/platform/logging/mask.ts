import { DomainError } from '../../kernel/errors';

/** What stands where a secret was. */
export const MASK = '***';

/** Bounds of what one line may hold: a log call must never cost more than the work it tells of. */
const MAX_DEPTH = 8;
const MAX_VALUES = 500;
const MAX_TEXT = 8_192;
const MAX_CAUSES = 4;

/**
 * Names whose values are secret, by the words in them: `accessToken`, `client_secret`, `Authorization`, `x-api-key`,
 * `ENCRYPTION_KEYS`. Names that end in `Hash` or `Id` only point at a secret and stay readable.
 */
const SECRET_NAME =
  /token|secret|password|passwd|authorization|credential|cookie|(^|[._-])key$|(encryption|api|private|bootstrap|auth)[._-]?keys?/i;
const NOT_SECRET_NAME = /(Hash|Id|Type|Count|At|_hash|_id|_type|_count|_at)$/;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NOT_SECRET_NAME.test(name);
}

/** A copy of the fields in which secrets are masked by name, at any depth up to the bounds; what lies deeper is cut. */
export function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  const budget = { values: MAX_VALUES };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, maskValue(name, value, MAX_DEPTH, budget)]),
  );
}

interface Budget {
  values: number;
}

function maskValue(name: string, value: unknown, depth: number, budget: Budget): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (isSecretName(name)) return MASK;
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return value;
  budget.values -= 1;
  if (depth === 0 || budget.values < 0) return '[cut]';
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return maskError(value, depth - 1, budget, MAX_CAUSES);
  if (Array.isArray(value)) return maskItems(value, depth - 1, budget);
  if (value instanceof Map || value instanceof Set) return maskItems([...value], depth - 1, budget);
  return maskMembers(value, depth - 1, budget);
}

function maskItems(items: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const kept = items.slice(0, Math.max(0, budget.values));
  const masked = kept.map((item) => maskValue('', item, depth, budget));
  return kept.length < items.length ? [...masked, `[${items.length - kept.length} more]`] : masked;
}

function maskMembers(value: object, depth: number, budget: Budget): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (budget.values < 0) return Object.fromEntries([...members, ['…', '[cut]']]);
    members.push([name, maskValue(name, member, depth, budget)]);
  }
  return Object.fromEntries(members);
}

/**
 * Only these members: errors of HTTP clients and of the database carry whole requests and parameters among theirs.
 */
function maskError(error: Error, depth: number, budget: Budget, causes: number): Record<string, unknown> {
  const details = error instanceof DomainError ? maskMembers(error.details, depth, budget) : undefined;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    ...(details && Object.keys(details).length > 0 && { details }),
    stack: error.stack,
    ...(error.cause instanceof Error && causes > 0 && { cause: maskError(error.cause, depth, budget, causes - 1) }),
  };
}

/**
 * Secrets as they look inside text, each with what is put in its place. The whole line passes through here last, so
 * that a secret in a message, a stack or an address is caught too.
 */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/(\/noti_listener\/)[^\s"'?#/\\]+/g, `$1${MASK}`],
  [/\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi, `$1 ${MASK}`],
  // The password of an address: scheme://user:password@host
  [/(:\/\/[^\s/:@"]*:)[^\s/@"]+@/g, `$1${MASK}@`],
  // name=value and "name":"value", also inside JSON that is itself quoted; bare JSON literals stay, or the line would
  // be no JSON any more
  [
    /((?:token|secret|password|passwd|authorization|api[._-]?key|bootstrap[._-]?key)\\*["']?\s*[:=]\s*\\*["']?)(?!\*\*\*|(?:null|true|false|-?\d+)[,}\]])[^\s"'\\&,;}]+/gi,
    `$1${MASK}`,
  ],
  // 32 bytes in base64, as encryption keys are written
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/g, MASK],
  // Access tokens, billing tokens and keys in hexadecimal
  [/[0-9a-f]{32,}/gi, MASK],
];

/** @returns the text with everything masked that looks like a secret. */
export function maskText(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of SECRET_TEXT) masked = masked.replace(pattern, replacement);
  return masked;
}
