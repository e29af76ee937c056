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
import { meaningOf, type Purpose } from '../outcome';
import { TRACE_HEADER } from '../wire';

const HTTP_OK = 200;
const HTTP_TOO_MANY = 429;
const LONGEST_CODE = 80;
const STILL_AT_IT = 'IDEMPOTENT_REQUEST_PROCESSING';

/** What an answer's JSON means in our words; `undefined` when it can't be read. */
export type ReadJson<T> = (json: unknown, show: Show) => T | undefined;

export interface AnswerReading<T> {
  purpose: Purpose;
  read: ReadJson<T>;
  /** Whether a yes has no body: what stands there is not looked at. */
  isEmpty?: boolean;
  /** Never to appear in a message, should the other side repeat them. */
  secrets: readonly string[];
}

/**
 * Sorts what came back into success, decline, refusal and unknown.
 *
 * Only 200 that can be read is success. A code says what a no means, and the status nothing, with two exceptions: 429 is
 * about load whatever it says, and a server that has failed (5xx) is not believed in what it says. What has no code is
 * something on the way to Toss, or cut: unknown.
 */
export function readAnswer<T>(outcome: HttpOutcome<Buffer>, reading: AnswerReading<T>): PaymentAnswer<T> {
  if (outcome.kind === 'unanswered') return unansweredAs(outcome);
  const traceId = traceOf(outcome);
  const answer = sorted(outcome, reading);
  const marks = {
    ...(traceId !== undefined && { traceId }),
    ...(isKept(outcome.status, answer, reading.purpose) && { keyUsedUp: true }),
  };
  return { ...answer, ...marks } as PaymentAnswer<T>;
}

/** Toss repeats every 4xx under its idempotency key, but the one that says that it is still at it; what only asks has no key. */
function isKept(status: number, answer: PaymentAnswer<unknown>, purpose: Purpose): boolean {
  if (purpose === 'ask' || purpose === 'remove') return false;
  return status >= 400 && status < 500 && !('resultCode' in answer && answer.resultCode === STILL_AT_IT);
}

function sorted<T>(outcome: Answered<Buffer>, reading: AnswerReading<T>): PaymentAnswer<T> {
  const { status, body } = outcome;
  const json = reading.isEmpty === true && status === HTTP_OK ? null : parseJsonText(body);
  const error = errorIn(json, reading.secrets);
  if (error !== undefined || status !== HTTP_OK) return readNo(status, body, error, reading);
  const value = reading.read(json, showing(reading.secrets));
  if (value !== undefined) return { kind: 'success', value };
  return unknown('unreadable-answer', `HTTP 200 with ${body.length} bytes that are not the expected answer`);
}

interface WireError {
  code: string;
  message: string;
}

/** Bare on `/v1`; some of `/v2` wrap it (docs/protocol/toss.md, section 1). */
function errorIn(json: unknown, secrets: readonly string[]): WireError | undefined {
  if (!isJsonObject(json)) return undefined;
  const told = isJsonObject(json.error) ? json.error : json;
  const code = textOf(told.code);
  if (code === undefined) return undefined;
  const show = showing(secrets);
  return { code: show(code).slice(0, LONGEST_CODE), message: show(told.message) };
}

function readNo<T>(
  status: number,
  body: Buffer,
  error: WireError | undefined,
  { purpose, secrets }: AnswerReading<T>,
): PaymentAnswer<T> {
  const said = error?.message ?? presentable(body.toString('utf8'), secrets);
  if (status === HTTP_TOO_MANY) return refused(status, error?.code, said, { notNow: true });
  const meaning = error === undefined ? undefined : meaningOf(purpose, error.code);
  if (error === undefined || meaning === undefined || meaning.kind === 'unknown' || status >= 500) {
    return unknownNo(reasonOf(status, meaning?.kind === 'unknown'), status, error?.code, said);
  }
  if (meaning.kind === 'refused') {
    const { kind: _, ...marks } = meaning;
    return refused(status, error.code, said, marks);
  }
  return { ...meaning, resultCode: error.code, resultMessage: said };
}

function reasonOf(status: number, isUndecided: boolean): UnknownReason {
  if (isUndecided) return 'undecided';
  if (status >= 500) return 'server-error';
  return status >= 400 || status === HTTP_OK ? 'unknown-refusal' : 'unexpected-status';
}

function traceOf({ headers }: Answered<Buffer>): string | undefined {
  const trace = headers[TRACE_HEADER];
  return typeof trace === 'string' && /^[\x21-\x7e]{1,128}$/.test(trace) ? trace : undefined;
}
