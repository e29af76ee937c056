import type { Unanswered } from '../../platform/http-client';
import type {
  AccountCheckOutcome,
  GatewayAnswer,
  GatewayRefusal,
  GatewayUnknown,
  PaymentAnswer,
  UnknownReason,
} from '../gateway';
import type { JsonMembers } from './json-members';
import type { Show } from './presentable';

/**
 * What an answer's members mean in our words; `undefined` when they can't be read.
 *
 * @param show for every text that is kept: the other side may have put anything into it
 */
export type ReadMembers<T> = (members: JsonMembers, show: Show) => T | undefined;

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

/** What trying credentials came to where the gateway did not say whether it knows them. @param reached when it was reached */
export function outcomeWithout<Reached extends AccountCheckOutcome>(
  { reason }: GatewayUnknown,
  reached: Reached,
): Reached | 'unreachable' | 'tls-failed' {
  if (reason === 'tls-failed') return 'tls-failed';
  return reason === 'connect-timeout' || reason === 'connection-failed' ? 'unreachable' : reached;
}

/** A no that is known to be one. @param marks what its code means beside that */
export function refused(
  httpStatus: number,
  code: string | undefined,
  resultMessage: string,
  marks: Partial<GatewayRefusal>,
): GatewayRefusal {
  const resultCode = code !== undefined && { resultCode: code };
  return { kind: 'refused', httpStatus, ...resultCode, resultMessage, unauthorized: false, ...marks };
}

/** An answer that proves nothing, with what it said. */
export function unknownNo(
  reason: UnknownReason,
  httpStatus: number,
  code: string | undefined,
  said: string,
): GatewayUnknown {
  const named = code === undefined ? '' : ` ${code}`;
  return { ...unknown(reason, `HTTP ${httpStatus}${named}: ${said}`), ...(code !== undefined && { resultCode: code }) };
}

/** Of a call that asks nothing of a customer: there is nobody to say no. */
export function undeclined<T>(answer: PaymentAnswer<T>): GatewayAnswer<T> {
  if (answer.kind !== 'declined') return answer;
  const { resultCode, resultMessage, traceId } = answer;
  return { ...unknown('unknown-refusal', `${resultCode}: ${resultMessage}`), resultCode, ...(traceId && { traceId }) };
}
