import { CommanderError } from 'commander';
import { ApiProblem, Unreachable } from '../client/src';

/** What a program that calls this one can go by. */
export const EXIT_CODES = {
  0: 'done',
  1: 'something unexpected',
  2: 'the command can’t be understood; nothing was asked',
  3: 'refused by the service; nothing was changed',
  4: 'no such thing',
  5: 'no answer, or none that says whether it was done',
} as const;

export class UsageError extends Error {}

/** The service has answered, and knows nothing of what was asked about. */
export class NothingFound extends Error {}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) return 2;
  if (error instanceof NothingFound) return 4;
  if (error instanceof Unreachable) return 5;
  if (!(error instanceof ApiProblem)) return 1;
  if (error.status === 404) return 4;
  return error.status >= 500 ? 5 : 3;
}

/** One line on what went wrong, more where it helps; never a stack trace. */
export function explain(error: unknown): string {
  if (error instanceof ApiProblem) {
    const faults = error.faults.map(({ field, line, expected }) => `  ${field ?? `line ${line}`}: ${expected}`);
    const request = error.requestId === null ? [] : [`  request ${error.requestId}`];
    return [`Refused: ${error.message}`, ...faults, ...request].join('\n');
  }
  if (error instanceof Unreachable) {
    if (error.idempotencyKey === null) return error.message;
    return `${error.message}\nIt may have been done. Ask again with --idempotency-key ${error.idempotencyKey}; nothing happens twice.`;
  }
  return error instanceof Error ? error.message : String(error);
}
