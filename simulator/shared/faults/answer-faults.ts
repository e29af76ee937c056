import type { FaultDefinition, Strike } from './armed-faults';

/** What can happen to an answer of any gateway on its way back; delays are real milliseconds. */
export const ANSWER_FAULTS = {
  'answer-slow': { point: 'answer', what: 'done, answered late', options: { delayMs: 3000 } },
  'answer-held': { point: 'answer', what: 'done, and not answered until the fault is disarmed', options: {} },
  'answer-lost': { point: 'answer', what: 'done, then cut without an answer', options: {} },
  'answer-truncated': { point: 'answer', what: 'done, then cut in the middle of the answer', options: { share: 0.5 } },
  'answer-drip': {
    point: 'answer',
    what: 'done, and the answer comes in small pieces, slowly',
    options: { bytes: 64, everyMs: 20 },
  },
} as const satisfies Record<string, FaultDefinition>;

export type AnswerFaultKind = keyof typeof ANSWER_FAULTS;

/** Whether a fault of this kind strikes the call at hand. */
export type StruckBy<Kind extends string> = (kind: Kind) => Strike | null;
