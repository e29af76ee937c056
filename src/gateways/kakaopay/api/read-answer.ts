import type { Answered, HttpOutcome } from '../../../platform/http-client';
import type { PaymentAnswer, UnknownReason } from '../../gateway';
import {
  idOf,
  isJsonObject,
  parseJsonText,
  presentable,
  refused,
  showing,
  unansweredAs,
  unknown,
  unknownNo,
  type Show,
} from '../../reading';
import { meaningOf, type Named } from '../outcome';

const HTTP_OK = 200;
const HTTP_TOO_MANY = 429;
const NO_ACCESS = [401, 403];
const LONGEST_CODE = 80;

/** What an answer's JSON means in our words; `undefined` when it can't be read. */
export type ReadJson<T> = (json: unknown, show: Show) => T | undefined;

export interface AnswerReading<T> {
  read: ReadJson<T>;
  /** Never to appear in a message, should the other side repeat them. */
  secrets: readonly string[];
}

/**
 * Sorts what came back into success, decline, refusal and unknown.
 *
 * Only 200 that can be read is success. Codes say what a no means, and the status nothing, with three exceptions: 429 is about load,
 * 401 and 403 are about us whatever their bodies are, and a server that has failed (5xx) is believed only where it says that it is
 * away.
 */
export function readAnswer<T>(outcome: HttpOutcome<Buffer>, { read, secrets }: AnswerReading<T>): PaymentAnswer<T> {
  if (outcome.kind === 'unanswered') return unansweredAs(outcome);
  const { status, body } = outcome;
  const json = parseJsonText(body);
  const error = errorIn(json, secrets);
  if (error !== undefined || status !== HTTP_OK) return readNo(outcome, error, secrets);
  const value = read(json, showing(secrets));
  if (value !== undefined) return { kind: 'success', value };
  return unknown('unreadable-answer', `HTTP 200 with ${body.length} bytes that are not the expected answer`);
}

interface WireError extends Named {
  message: string;
}

/** Of either generation, on either host: both have had both. */
function errorIn(json: unknown, secrets: readonly string[]): WireError | undefined {
  if (!isJsonObject(json)) return undefined;
  const code = idOf(json.error_code ?? json.code, LONGEST_CODE);
  if (code === undefined) return undefined;
  const show = showing(secrets);
  const extras = isJsonObject(json.extras) ? json.extras : {};
  const methodCode = show(extras.method_result_code).slice(0, LONGEST_CODE);
  const said = show(json.error_message) || show(json.msg);
  const words = show(extras.method_result_message) || said;
  return { code: show(code), message: words, ...(methodCode !== '' && { methodCode }) };
}

function readNo<T>(
  { status, body }: Answered<Buffer>,
  error: WireError | undefined,
  secrets: readonly string[],
): PaymentAnswer<T> {
  const said = error?.message ?? presentable(body.toString('utf8'), secrets);
  const named = error === undefined ? undefined : meaningOf(error);
  const code = named?.by ?? error?.code;
  if (status === HTTP_TOO_MANY) return refused(status, code, said, { notNow: true });
  const { meaning } = named ?? {};
  const isAway = meaning?.kind === 'refused' && meaning.notNow === true;
  if (status < 500 || isAway) {
    if (meaning?.kind === 'declined') return { ...meaning, resultCode: code ?? '', resultMessage: said };
    if (meaning?.kind === 'refused') {
      const { kind: _, ...marks } = meaning;
      return refused(status, code, said, marks);
    }
    if (meaning === undefined && NO_ACCESS.includes(status)) return refused(status, code, said, { unauthorized: true });
  }
  return unknownNo(reasonOf(status, meaning !== undefined), status, code, said);
}

function reasonOf(status: number, isUndecided: boolean): UnknownReason {
  if (status >= 500) return 'server-error';
  if (isUndecided) return 'undecided';
  return status >= 400 || status === HTTP_OK ? 'unknown-refusal' : 'unexpected-status';
}
