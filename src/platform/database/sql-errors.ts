import { codeOf, messageOf } from '../../kernel/errors';

/** What PostgreSQL says about a refused statement, as far as callers act on it. */
interface PostgresError {
  code: string;
  constraint?: string;
  detail?: string;
}

const UNIQUE_VIOLATION = '23505';
const CHECK_VIOLATION = '23514';

/** Whether a statement failed on this unique key; policy such as "once per content" is an index, so callers ask. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === UNIQUE_VIOLATION && cause.constraint === constraint;
}

/** The values of the unique key a statement failed on, such as `Key (order_no)=(B20270131-42-1) already exists.` */
export function violatedKeyOf(error: unknown): string | undefined {
  const cause = postgresError(error);
  return cause?.code === UNIQUE_VIOLATION ? cause.detail : undefined;
}

/** Whether PostgreSQL refused what a statement did to some row: a value, a key, a CHECK, a trigger's word. */
export function refusesRow(error: unknown): boolean {
  return /^2[23]/.test(postgresError(error)?.code ?? '');
}

/** Whether a statement failed on this CHECK, or on a trigger that names itself so. */
export function violatesCheck(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === CHECK_VIOLATION && cause.constraint === constraint;
}

/** What passing trouble of the database is about; none of it is the request's fault, and nothing of the statement stays. */
export type DatabaseTrouble = 'unreachable' | 'not-writable' | 'conflict' | 'too-slow';

/** By SQLSTATE, or the beginning of one; the first that fits. */
const TROUBLES: readonly (readonly [string, DatabaseTrouble])[] = [
  ['08', 'unreachable'],
  ['57P', 'unreachable'],
  // Too many connections: others get through when some are closed.
  ['53300', 'unreachable'],
  // Disk full, out of memory, a configured limit.
  ['53', 'not-writable'],
  // A read-only transaction: a standby, or a host that closed a full database to writes.
  ['25006', 'not-writable'],
  // Errors of the operating system, input and output among them.
  ['58', 'not-writable'],
  // Deadlock, serialization failure, a lock not available: PostgreSQL ended one of two.
  ['40P01', 'conflict'],
  ['40001', 'conflict'],
  ['55P03', 'conflict'],
  // A statement beyond its time limit.
  ['57014', 'too-slow'],
];

/** What the system says of a connection; anything else with such a code, as a full disk, is not the database's. */
const CONNECTION_FAULTS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** The driver's and TypeORM's own words, which have no code. */
const LOST =
  /connection terminated|timeout exceeded when trying to connect|not queryable|query read timeout|runner already released/i;

/** @returns what trouble the database is in, when that is why a statement failed and another time it may succeed */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  const code = postgresError(error)?.code;
  if (code === undefined) return LOST.test(messageOf(error)) ? 'unreachable' : undefined;
  if (CONNECTION_FAULTS.has(code)) return 'unreachable';
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return TROUBLES.find(([beginning]) => code.startsWith(beginning))?.[1];
}

/** Whether a transaction was undone because of another one at the same time; done again, it finds what that one left. */
export function isTransactionConflict(error: unknown): boolean {
  return databaseTrouble(error) === 'conflict';
}

/** Connection lost, refused, timed out, shutting down or out of slots: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return databaseTrouble(error) === 'unreachable';
}

function postgresError(error: unknown): PostgresError | undefined {
  // TypeORM wraps the driver's error in a QueryFailedError that repeats its members.
  return codeOf(error) === undefined ? undefined : (error as PostgresError);
}
