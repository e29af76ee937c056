import type { Answered, HttpOutcome, Unanswered } from '../../platform/http-client';
import type { GatewayAnswer, GatewayRefusal, GatewayUnknown, UnknownReason } from './gateway-answer';
import { parseJsonObject, textOf, type JsonMembers } from './json-members';
import { presentable, showing, type Show } from './presentable';
import { RESULT_CODE_SUCCESS } from './wire';

const HTTP_OK = 200;
const HTTP_UNAUTHORIZED = 401;
/** A server that gave up waiting for the request may have got all of it. */
const HTTP_REQUEST_TIMEOUT = 408;

/**
 * What an answer's members mean in our words; `undefined` when they can't be read.
 *
 * @param show for every text that is kept: the other side may have put anything into it
 */
type ReadMembers<T> = (members: JsonMembers, show: Show) => T | undefined;

/**
 * Sorts what came back into success, refusal and unknown.
 *
 * Only 200 is success. A 4xx is a refusal, except 408; everything else, unreadable 200s included, is unknown.
 *
 * @param secrets never to appear in a message, should the other side repeat them
 */
export function readAnswer<T>(
  outcome: HttpOutcome<Buffer>,
  read: ReadMembers<T>,
  secrets: readonly string[],
): GatewayAnswer<T> {
  if (outcome.kind === 'unanswered') return unansweredAs(outcome);
  const members = parseJsonObject(outcome.body);
  if (outcome.status === HTTP_OK) return readOk(outcome, members, read, secrets);
  if (isRefusal(outcome.status)) return refusal(outcome, members, secrets);
  const reason = outcome.status >= 500 ? 'server-error' : 'unexpected-status';
  return unknown(reason, `HTTP ${outcome.status}: ${messageIn(outcome, members, secrets)}`);
}

/** No answer, told as the unknown that it is. */
export function unansweredAs(outcome: Unanswered): GatewayUnknown {
  const code = outcome.code === undefined ? '' : ` (${outcome.code})`;
  return {
    kind: 'unknown',
    reason: outcome.reason,
    message: `no answer: ${outcome.reason}${code}`,
    mayHaveArrived: outcome.mayHaveArrived,
  };
}

export function unknown(reason: UnknownReason, message: string): GatewayUnknown {
  return { kind: 'unknown', reason, message, mayHaveArrived: true };
}

function readOk<T>(
  outcome: Answered<Buffer>,
  members: JsonMembers | undefined,
  read: ReadMembers<T>,
  secrets: readonly string[],
): GatewayAnswer<T> {
  const resultCode = textOf(members?.resultCode);
  if (resultCode !== undefined && resultCode !== RESULT_CODE_SUCCESS) return refusal(outcome, members, secrets);
  const value = members === undefined ? undefined : read(members, showing(secrets));
  if (value !== undefined) return { kind: 'success', value };
  // Not its text: what can't be read may hold anything, a new access token among it.
  return unknown('unreadable-answer', `HTTP 200 with ${outcome.body.length} bytes that are not the expected answer`);
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== HTTP_REQUEST_TIMEOUT;
}

function refusal(
  outcome: Answered<Buffer>,
  members: JsonMembers | undefined,
  secrets: readonly string[],
): GatewayRefusal {
  const resultCode = textOf(members?.resultCode);
  return {
    kind: 'refused',
    httpStatus: outcome.status,
    ...(resultCode !== undefined && { resultCode: presentable(resultCode, secrets) }),
    resultMessage: messageIn(outcome, members, secrets),
    unauthorized: outcome.status === HTTP_UNAUTHORIZED,
  };
}

/** What the gateway had to say: its own message, or the body's text where it is something else. */
function messageIn(outcome: Answered<Buffer>, members: JsonMembers | undefined, secrets: readonly string[]): string {
  return presentable(textOf(members?.resultMsg) ?? outcome.body.toString('utf8'), secrets);
}
