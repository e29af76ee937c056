import { HttpException } from '@nestjs/common';
import { DomainError, codeOf, messageOf } from '../../kernel/errors';
import type { ErrorCode, ErrorKind } from '../../kernel/error-codes';
import { databaseTrouble, type DatabaseTrouble } from '../database';

/** The HTTP status of every kind of error: a kind without one does not compile. */
const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-content': 415,
  unprocessable: 422,
  'too-many': 429,
  'gateway-refused': 502,
  'gateway-unknown': 502,
  unavailable: 503,
  internal: 500,
};

/** What the framework says by status alone, in our codes. */
const CODE_OF_STATUS: Readonly<Partial<Record<number, ErrorCode>>> = {
  401: 'api-key-required',
  404: 'route-not-found',
  413: 'payload-too-large',
  415: 'unsupported-content-type',
  503: 'database-unavailable',
};

/** What is said of the database's passing troubles. */
const TROUBLES: Readonly<Record<DatabaseTrouble, { code: ErrorCode; message: string }>> = {
  unreachable: {
    code: 'database-unavailable',
    message: 'The database can’t be reached, or all connections to it are at work; try again later.',
  },
  'not-writable': {
    code: 'database-not-writable',
    message: 'The database is full or read-only; nothing was changed. Try again when that is mended.',
  },
  conflict: {
    code: 'transaction-conflict',
    message: 'Another change at the same time was in the way; nothing was changed. Try again.',
  },
  'too-slow': { code: 'database-too-slow', message: 'The database took too long; nothing was changed. Try again.' },
};

/** Members of RFC 9457, then ours; further members come from the error's details. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  /** Whether the same request may succeed later without being changed. */
  retryable: boolean;
  requestId: string;
  [member: string]: unknown;
}

/** Puts anything thrown into the words of the error catalogue; what we did not foresee says nothing of its inside. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) {
    const { code, message } = TROUBLES[trouble];
    return new DomainError(code, message, {}, { cause: error });
  }
  const status = frameworkStatus(error);
  if (status === undefined || status >= 500) {
    return new DomainError('internal-error', 'The log has the details, under the request id.', {}, { cause: error });
  }
  const code = CODE_OF_STATUS[status] ?? 'invalid-request';
  return new DomainError(code, frameworkMessage(error, status), {}, { cause: error });
}

/** The framework's own words, except where they repeat the address, which may hold a secret. */
function frameworkMessage(error: unknown, status: number): string {
  if (status === 404) return 'No such address and method here.';
  const repeatsAddress = REPEATS_ADDRESS.has(codeOf(error) ?? '');
  return repeatsAddress ? 'The address can’t be read.' : messageOf(error);
}

const REPEATS_ADDRESS = new Set(['FST_ERR_BAD_URL', 'FST_ERR_MAX_PARAM_LENGTH']);

export function problemOf(error: DomainError, requestId: string): Problem {
  return {
    ...error.details,
    type: `urn:merchant-billing:problem:${error.code}`,
    title: error.title,
    status: STATUS_OF_KIND[error.kind],
    detail: error.message,
    code: error.code,
    retryable: error.retryable,
    requestId,
  };
}

/** Nest's and Fastify's own errors carry a status; their 4xx texts are fixed ones and fit for the outside. */
function frameworkStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const fromFastify = codeOf(error)?.startsWith('FST_') === true;
  return fromFastify && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
