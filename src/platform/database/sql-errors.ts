/** What PostgreSQL says about a refused statement, as far as callers act on it. */
interface PostgresError {
  code: string;
  constraint?: string;
}

const UNIQUE_VIOLATION = '23505';
const CHECK_VIOLATION = '23514';

/** Whether a statement failed on this unique key; policy such as "once per content" is an index, so callers ask. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === UNIQUE_VIOLATION && cause.constraint === constraint;
}

/** Whether a statement failed on this CHECK, or on a trigger that names itself so. */
export function violatesCheck(error: unknown, constraint: string): boolean {
  const cause = postgresError(error);
  return cause?.code === CHECK_VIOLATION && cause.constraint === constraint;
}

/** Deadlock, serialization failure, a lock not available: PostgreSQL ended one of two, and what it did is undone. */
const TRANSACTION_CONFLICTS = new Set(['40P01', '40001', '55P03']);

/** Whether a transaction was undone because of another one at the same time; done again, it finds what that one left. */
export function isTransactionConflict(error: unknown): boolean {
  return TRANSACTION_CONFLICTS.has(postgresError(error)?.code ?? '');
}

/** Connection lost, refused, timed out, shutting down or out of slots: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = postgresError(error)?.code;
  if (code !== undefined) {
    return code.startsWith('08') || code.startsWith('57P') || code === '53300' || /^E[A-Z]+$/.test(code);
  }
  return error instanceof Error && /connection terminated|timeout exceeded when trying to connect/i.test(error.message);
}

function postgresError(error: unknown): PostgresError | undefined {
  // TypeORM wraps the driver's error in a QueryFailedError that repeats its members.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error as never;
  return undefined;
}
