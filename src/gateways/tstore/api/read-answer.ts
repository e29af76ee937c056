import type { Answered, HttpOutcome } from '../../../platform/http-client';
import type { GatewayAnswer, GatewayRefusal, UnknownReason } from '../../gateway';
import {
  parseJsonObject,
  presentable,
  showing,
  textOf,
  unansweredAs,
  unknown,
  type JsonMembers,
  type ReadMembers,
} from '../../reading';
import { RESULT_CODE_SUCCESS } from '../wire';

/** Ten times the usual: what is longer is no code, and a message should keep its room. */
const LONGEST_CODE = 40;
const HTTP_OK = 200;
const HTTP_UNAUTHORIZED = 401;
/** What these say is about time and load, on this side of T store's business or before it, and not about the request. */
const SAYS_NOTHING = new Set([408, 425, 429]);

export interface AnswerReading {
  /** Result codes that certainly mean that T store has not done what was asked. */
  refusalCodes: ReadonlySet<string>;
  /** Never to appear in a message, should the other side repeat them. */
  secrets: readonly string[];
}

/**
 * Sorts what came back into success, refusal and unknown.
 *
 * Only 200 with `0000` is success. A refusal is known by its result code alone, whether it comes with 200 or 4xx: what is
 * between us and T store answers 4xx too, and a code nobody knows may be said of something done. Without a known code only
 * 401 is one (docs/decisions/0004). Everything else is unknown.
 */
export function readAnswer<T>(
  outcome: HttpOutcome<Buffer>,
  read: ReadMembers<T>,
  reading: AnswerReading,
): GatewayAnswer<T> {
  if (outcome.kind === 'unanswered') return unansweredAs(outcome);
  const { status } = outcome;
  const members = parseJsonObject(outcome.body);
  const resultCode = textOf(members?.resultCode);
  const saysNo = resultCode !== undefined && resultCode !== RESULT_CODE_SUCCESS;
  if (status === HTTP_OK && !saysNo) return readOk(outcome, members, read, reading);
  const isKnown = resultCode !== undefined && reading.refusalCodes.has(resultCode) && mayRefuse(status);
  if (isKnown || status === HTTP_UNAUTHORIZED) return refusal(outcome, members, reading);
  const code = saysNo ? `, result code ${presentable(resultCode, reading.secrets).slice(0, LONGEST_CODE)}` : '';
  return unknown(reasonOf(status), `HTTP ${status}${code}: ${messageIn(outcome, members, reading)}`);
}

function mayRefuse(status: number): boolean {
  return status === HTTP_OK || (status >= 400 && status < 500 && !SAYS_NOTHING.has(status));
}

function reasonOf(status: number): UnknownReason {
  if (status >= 500) return 'server-error';
  return status === HTTP_OK || status >= 400 ? 'unknown-refusal' : 'unexpected-status';
}

function readOk<T>(
  outcome: Answered<Buffer>,
  members: JsonMembers | undefined,
  read: ReadMembers<T>,
  { secrets }: AnswerReading,
): GatewayAnswer<T> {
  const value = members === undefined ? undefined : read(members, showing(secrets));
  if (value !== undefined) return { kind: 'success', value };
  // Not its text: what can't be read may hold anything, a new access token among it.
  return unknown('unreadable-answer', `HTTP 200 with ${outcome.body.length} bytes that are not the expected answer`);
}

function refusal(outcome: Answered<Buffer>, members: JsonMembers | undefined, reading: AnswerReading): GatewayRefusal {
  const resultCode = textOf(members?.resultCode);
  return {
    kind: 'refused',
    httpStatus: outcome.status,
    ...(resultCode !== undefined && { resultCode: presentable(resultCode, reading.secrets) }),
    resultMessage: messageIn(outcome, members, reading),
    unauthorized: outcome.status === HTTP_UNAUTHORIZED,
  };
}

/** What the gateway had to say: its own message, or the body's text where it is something else. */
function messageIn(outcome: Answered<Buffer>, members: JsonMembers | undefined, { secrets }: AnswerReading): string {
  return presentable(textOf(members?.resultMsg) ?? outcome.body.toString('utf8'), secrets);
}
