import { DomainError } from '../../kernel/errors';

/** What stands where a secret was. */
const MASK = '***';

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

/** Names of log fields come from our code and are few; those inside foreign objects may be many, so it is bounded. */
const knownNames = new Map<string, boolean>();
const MAX_KNOWN_NAMES = 2_000;

export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_NAME.test(name) && !NOT_SECRET_NAME.test(name);
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(name, secret);
  return secret;
}

/** A copy of the fields in which secrets are masked by name, at any depth up to the bounds; what lies deeper is cut. */
export function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  const budget = { values: MAX_VALUES };
  const masked: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) masked[name] = maskValue(name, fields[name], MAX_DEPTH, budget);
  return masked;
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

interface SecretText {
  pattern: RegExp;
  replacement: string;
  /** Cheaper than the pattern, and true wherever the pattern matches: every line passes through here. */
  mayMatch?: (text: string) => boolean;
}

/**
 * Secrets as they look inside text, each with what is put in its place. The whole line passes through here last, so
 * that a secret in a message, a stack or an address is caught too.
 */
const SECRET_TEXTS: readonly SecretText[] = [
  { pattern: /(\/(?:noti_listener|checkout\/v1\/(?:orders|registrations))\/)[^\s"'?#/\\]+/g, replacement: `$1${MASK}` },
  { pattern: /\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi, replacement: `$1 ${MASK}` },
  // The password of an address: scheme://user:password@host
  { pattern: /(:\/\/[^\s/:@"]*:)[^\s/@"]+@/g, replacement: `$1${MASK}@` },
  // name=value and "name":"value", also inside JSON that is itself quoted; bare JSON literals stay, or the line would
  // be no JSON any more
  {
    pattern:
      /((?:token|secret|password|passwd|authorization|api[._-]?key|bootstrap[._-]?key)\\*["']?\s*[:=]\s*\\*["']?)(?!\*\*\*|(?:null|true|false|-?\d+)[,}\]])[^\s"'\\&,;}]+/gi,
    replacement: `$1${MASK}`,
  },
  // 32 bytes in base64, as encryption keys are written
  {
    pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/g,
    replacement: MASK,
    mayMatch: (text) => text.includes('='),
  },
  // Access tokens, billing tokens and keys in hexadecimal
  { pattern: /[0-9a-f]{32,}/gi, replacement: MASK, mayMatch: hasHexRun },
];

/** @returns the text with everything masked that looks like a secret. */
export function maskText(text: string): string {
  let masked = text;
  for (const { pattern, replacement, mayMatch } of SECRET_TEXTS) {
    if (mayMatch === undefined || mayMatch(masked)) masked = masked.replace(pattern, replacement);
  }
  return masked;
}

const HEX_RUN = 32;

/** A run of 32 covers some position that is a multiple of 32, so only those are looked at. */
function hasHexRun(text: string): boolean {
  for (let position = HEX_RUN - 1; position < text.length; position += HEX_RUN) {
    let [start, end] = [position, position];
    while (end < text.length && isHexDigit(text.charCodeAt(end))) end += 1;
    if (end === position) continue;
    while (start > 0 && isHexDigit(text.charCodeAt(start - 1))) start -= 1;
    if (end - start >= HEX_RUN) return true;
  }
  return false;
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
