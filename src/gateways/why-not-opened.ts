import type { GatewayAnswer, OpenWindow } from './gateway';

/** Why a gateway opened no window: by a code for everybody, and in words for the log. */
export function whyNotOpened(answer: Exclude<GatewayAnswer<OpenWindow>, { kind: 'success' }>): {
  code: string;
  said: string;
} {
  if (answer.kind === 'unknown') return { code: answer.resultCode ?? answer.reason, said: answer.message };
  return { code: answer.resultCode ?? `HTTP ${answer.httpStatus}`, said: answer.resultMessage };
}
