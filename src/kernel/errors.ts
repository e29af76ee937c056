import { ERROR_CODES, type ErrorCode, type ErrorKind } from './error-codes';

/** One fault of an input: where it is, and what was expected there. Never carries the refused value itself. */
export interface InputFault {
  /** Line of a file, counted from 1 with the header as line 1. */
  line?: number;
  /** Field, column or setting by its outside name. */
  field?: string;
  expected: string;
}

/** Further members of the answer, for programs: ids to follow, faults to mend. */
export interface ErrorDetails {
  faults?: readonly InputFault[];
  [member: string]: unknown;
}

/**
 * An error with a stable code that callers and operators can act on.
 *
 * The message is for people: plain, without secrets, saying what to do next where there is something to do.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly kind: ErrorKind;
  readonly title: string;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    const definition = ERROR_CODES[code];
    this.kind = definition.kind;
    this.title = definition.title;
    this.retryable = definition.retryable;
  }
}

/**
 * The code of anything thrown: a DomainError's, PostgreSQL's SQLSTATE, the system's. Asked for as a member and not by class,
 * because Node's own errors may be of another realm than ours (a test runner's), where `instanceof Error` fails.
 */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What to write in a log or a `last_error` column about anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const STOPPED: ReadonlySet<string> = new Set<ErrorCode>([
  'submissions-stopped',
  'gateway-account-unusable',
  'line-stopped',
]);

/**
 * Whether work ran into a stop (the kill switch, a disabled account, a line stop) that was made after its claim: it has not
 * failed, and is claimed again once that is lifted.
 */
export function isStopped(error: unknown): boolean {
  return STOPPED.has(codeOf(error) ?? '');
}
