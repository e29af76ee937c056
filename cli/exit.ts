import { CommanderError } from 'commander';
import { ApiProblem, NOT_OF_THE_SERVICE, Unreachable } from '../client/src';
import { PROGRAM } from './operations';
import { wrappedToCopy } from './table';

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

/** What answers is there, and it is not this service. */
export class AnotherService extends Error {}

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
  if (error instanceof Unreachable || error instanceof AnotherService) return 5;
  if (error instanceof AlreadyThere) return 3;
  if (error instanceof NotConfirmed) return 6;
  if (error instanceof AwaitsSecondPerson) return 7;
  if (error instanceof CheckFailed) return 8;
  if (!(error instanceof ApiProblem)) return 1;
  if (isAnothers(error)) return 5;
  if (error.status === 404) return 4;
  return error.status >= 500 ? 5 : 3;
}

/**
 * What went wrong, and what to do about it; never a stack trace.
 *
 * @param width columns of the terminal, where there is one
 */
export function explain(error: unknown, width = Infinity): string {
  return wrappedToCopy(inWords(error), width);
}

function inWords(error: unknown): string {
  if (error instanceof ApiProblem && isAnothers(error)) return `${error.detail}\n${WHERE_IT_IS}`;
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
  if (error instanceof AnotherService) return `${error.message}\n${WHERE_IT_IS}`;
  return error instanceof Error ? error.message : String(error);
}

/** Whether somebody else answered than the service; what stands before it may be busy in its place. */
function isAnothers({ code, status }: ApiProblem): boolean {
  return code === NOT_OF_THE_SERVICE && status < 500 && status !== 429;
}

const WHERE_IT_IS =
  'What answers there is not this service: --url or MERCHANT_BILLING_URL must be its own address, not that of a simulator or of another program.';

/** Of what is refused with 409: what only looking at the thing tells. Of all others the answer says what to do. */
const BY_STATE = ['state-conflict', 'order-over', 'registration-over', 'refund-not-possible', 'not-to-deliver'];
const TAKEN = /^duplicate-(?!request-file)|-taken$|-reference-used$/;

/** By status, where the answer itself does not say. */
function nextStep({ status, code, faults }: ApiProblem): string | undefined {
  if (status === 401)
    return `MERCHANT_BILLING_API_KEY must hold a key that is neither revoked nor expired; an admin makes one with: ${PROGRAM} keys create`;
  if (status === 403) return `Another key may; an admin sees who has what role with: ${PROGRAM} keys list`;
  if (status === 404) return 'Lists tell what there is; `list --help` of the same group says how to find it.';
  if (BY_STATE.includes(code)) return 'Look at it as it is now (`show`), and ask for what it allows: its `actions`.';
  if (TAKEN.test(code))
    return 'Nothing was changed. `list` of the same group shows what is there; choose another name, or change that.';
  if (status === 412) return 'Somebody changed it meanwhile. Look at it again before you decide.';
  if (status === 429) return 'Too many calls at once; the same command works in a minute.';
  if (status >= 500) return 'The same command may be given again; a change with --idempotency-key is never done twice.';
  return faults.length > 0 ? 'Nothing was changed. --help of the command says what can be stated.' : undefined;
}
