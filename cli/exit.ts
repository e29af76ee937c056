import { CommanderError } from 'commander';
import { ApiProblem, Unreachable } from '../client/src';
import { PROGRAM } from './operations';

/** What a program that calls this one can go by. */
export const EXIT_CODES = {
  0: 'done',
  1: 'something unexpected',
  2: 'the command can’t be understood; nothing was asked',
  3: 'refused by the service; nothing was changed',
  4: 'no such thing',
  5: 'no answer, or none that says whether it was done',
  6: 'not confirmed; nothing was done',
  7: 'asked for; it waits for a second person',
  8: 'checked, and it does not work',
} as const;

export class UsageError extends Error {}

/** The service has answered, and knows nothing of what was asked about. */
export class NothingFound extends Error {}

/** It is there, and nothing was changed. */
export class AlreadyThere extends Error {}

/** What was asked for is done only once another person agrees. */
export class AwaitsSecondPerson extends Error {}

/** What was checked does not work; what to do is shown. */
export class CheckFailed extends Error {}

/** Nobody said that money may move. */
export class NotConfirmed extends Error {}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) return 2;
  if (error instanceof NothingFound) return 4;
  if (error instanceof Unreachable) return 5;
  if (error instanceof AlreadyThere) return 3;
  if (error instanceof NotConfirmed) return 6;
  if (error instanceof AwaitsSecondPerson) return 7;
  if (error instanceof CheckFailed) return 8;
  if (!(error instanceof ApiProblem)) return 1;
  if (error.status === 404) return 4;
  return error.status >= 500 ? 5 : 3;
}

/** What went wrong, and what to do about it; never a stack trace. */
export function explain(error: unknown): string {
  if (error instanceof ApiProblem) {
    const faults = error.faults.map(({ field, line, expected }) => `  ${field ?? `line ${line}`}: ${expected}`);
    const request = error.requestId === null ? [] : [`  request ${error.requestId}`];
    const next = nextStep(error);
    return [`Refused: ${error.message}`, ...faults, ...request, ...(next === undefined ? [] : [next])].join('\n');
  }
  if (error instanceof Unreachable) {
    if (error.idempotencyKey === null)
      return `${error.message}\nIs the service there, and at that port (its setting PORT)? --url or MERCHANT_BILLING_URL says where it is asked.`;
    return `${error.message}\nIt may have been done. Ask again with --idempotency-key ${error.idempotencyKey}; nothing happens twice.`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** By status, where the answer itself does not say. */
function nextStep({ status, faults }: ApiProblem): string | undefined {
  if (status === 401)
    return `MERCHANT_BILLING_API_KEY must hold a key that is neither revoked nor expired; an admin makes one with: ${PROGRAM} keys create`;
  if (status === 403) return `This key’s role does not allow it; who has what role is told by: ${PROGRAM} keys list`;
  if (status === 404) return 'Lists tell what there is; `list --help` of the same group says how to find it.';
  if (status === 409) return 'Look at it as it is now (`show`), and ask for what it allows: its `actions`.';
  if (status === 412) return 'Somebody changed it meanwhile. Look at it again before you decide.';
  if (status === 429) return 'Too many calls at once; the same command works in a minute.';
  if (status >= 500) return 'The same command may be given again; a change with --idempotency-key is never done twice.';
  return faults.length > 0 ? 'Nothing was changed. --help of the command says what can be stated.' : undefined;
}
