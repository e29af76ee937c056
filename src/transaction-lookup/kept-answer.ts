import type { GatewayAnswer, GatewayRefusal } from '../gateways';
import type { LookupAnswer } from './transaction-lookup.entity';

/** What is kept of a gateway's answer to a question about a payment. */
export interface KeptAnswer<Found> {
  answer: LookupAnswer;
  found: Found | null;
  /** Why there is nothing found, for people. */
  message: string | null;
}

/** @param foundOf what is kept of a payment that was found */
export function keptAnswer<Value, Found>(
  answer: GatewayAnswer<Value>,
  foundOf: (value: Value) => Found,
): KeptAnswer<Found> {
  switch (answer.kind) {
    case 'success':
      return { answer: 'found', found: foundOf(answer.value), message: null };
    case 'refused':
      return { answer: answer.notFound === true ? 'not-found' : 'refused', found: null, message: refusalOf(answer) };
    case 'unknown':
      return { answer: 'unknown', found: null, message: answer.message };
  }
}

/** With its code: what it means, somebody may learn from the gateway. */
function refusalOf({ httpStatus, resultCode, resultMessage }: GatewayRefusal): string {
  return `${resultCode ?? `HTTP ${httpStatus}`} ${resultMessage}`.trim();
}
