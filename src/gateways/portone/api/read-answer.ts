import type { Answered, HttpOutcome } from '../../../platform/http-client';
import type { PaymentAnswer, UnknownReason } from '../../gateway';
import {
  isJsonObject,
  parseJsonText,
  presentable,
  refused,
  showing,
  textOf,
  unansweredAs,
  unknown,
  unknownNo,
  type Show,
} from '../../reading';
import { WITH_SERVER_STATUS, meaningOf, type Purpose } from '../outcome';

const HTTP_OK = 200;
const HTTP_TOO_MANY = 429;
const NO_ACCESS = [401, 403];
const LONGEST_CODE = 80;
const STILL_AT_IT = 'IDEMPOTENCY_OUTSTANDING_REQUEST';

/** What an answer's JSON means in our words; `undefined` when it can't be read. */
export type ReadJson<T> = (json: unknown, show: Show) => T | undefined;

export interface AnswerReading<T> {
  purpose: Purpose;
  read: ReadJson<T>;
  /** Never to appear in a message, should the other side repeat them. */
  secrets: readonly string[];
}

/**
 * Sorts what came back into success, decline, refusal and unknown.
 *
 * Only 200 that can be read is success. A type says what a no means, and the status nothing, with three exceptions: 429 is about load,
 * 401 and 403 are about us whatever their bodies are, and a server that has failed (5xx) is believed only where it hands on what a
 * payment company has said.
 */
export function readAnswer<T>(outcome: HttpOutcome<Buffer>, reading: AnswerReading<T>): PaymentAnswer<T> {
  if (outcome.kind === 'unanswered') return unansweredAs(outcome);
  const answer = sorted(outcome, reading);
  // PortOne repeats its answer to a key, but the one that says that it is still at it; what only asks has no key.
  const isKept = outcome.status >= 400 && !('resultCode' in answer && answer.resultCode === STILL_AT_IT);
  return isKept && reading.purpose !== 'ask' ? { ...answer, keyUsedUp: true } : answer;
}

function sorted<T>(outcome: Answered<Buffer>, reading: AnswerReading<T>): PaymentAnswer<T> {
  const { status, body } = outcome;
  const json = parseJsonText(body);
  const error = status === HTTP_OK ? undefined : errorIn(json, reading.secrets);
  if (status !== HTTP_OK) return readNo(outcome, error, reading);
  const value = reading.read(json, showing(reading.secrets));
  if (value !== undefined) return { kind: 'success', value };
  return unknown('unreadable-answer', `HTTP 200 with ${body.length} bytes that are not the expected answer`);
}

interface WireError {
  type: string;
  message: string;
  /** The payment company's own word. */
  pgCode: string | undefined;
}

function errorIn(json: unknown, secrets: readonly string[]): WireError | undefined {
  if (!isJsonObject(json)) return undefined;
  const type = textOf(json.type);
  if (type === undefined) return undefined;
  const show = showing(secrets);
  const pgCode = show(json.pgCode).slice(0, LONGEST_CODE);
  const message = show(json.pgMessage) || show(json.message);
  return { type: show(type).slice(0, LONGEST_CODE), message, pgCode: pgCode === '' ? undefined : pgCode };
}

function readNo<T>(
  { status, body }: Answered<Buffer>,
  error: WireError | undefined,
  { purpose, secrets }: AnswerReading<T>,
): PaymentAnswer<T> {
  const said = error?.message ?? presentable(body.toString('utf8'), secrets);
  const code = error?.pgCode ?? error?.type;
  if (status === HTTP_TOO_MANY) return refused(status, code, said, { notNow: true });
  const meaning = error === undefined ? undefined : meaningOf(purpose, error.type);
  const isBelieved = status < 500 || (error !== undefined && WITH_SERVER_STATUS.includes(error.type));
  if (isBelieved && meaning?.kind === 'declined') {
    return { ...meaning, resultCode: code ?? '', resultMessage: said };
  }
  if (isBelieved && meaning?.kind === 'refused') {
    const { kind: _, ...marks } = meaning;
    return refused(status, code, said, marks);
  }
  if (meaning === undefined && NO_ACCESS.includes(status)) return refused(status, code, said, { unauthorized: true });
  return unknownNo(reasonOf(status, isBelieved && meaning !== undefined), status, code, said);
}

function reasonOf(status: number, isUndecided: boolean): UnknownReason {
  if (isUndecided) return 'undecided';
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'unknown-refusal' : 'unexpected-status';
}
