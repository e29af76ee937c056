/** Won of a payment that is taken. */
export const AMOUNT = 15_000;
/** Won that are given back of one, which may be of less. */
export const PART = 300;

/** What a simulator can be told to do to the next call of a kind. */
export const STRIKES = [
  'declined',
  'answer-lost',
  'answer-held',
  'answer-html',
  'call-cut',
  'call-html',
  'unknown-code',
  'too-much',
  'unauthorized',
] as const;
export type Strike = (typeof STRIKES)[number];

export interface Story {
  readonly is: string;
  /** What strikes the call; none: all goes as it should. */
  readonly strike?: Strike;
  /** What the answer is for us, whichever the gateway. */
  readonly means: object;
  /** Whether the gateway has moved the money by it. */
  readonly moves: boolean;
}

/** The no of whoever has the customer's money, and what may be tried then. */
const DECLINED = {
  ...{ kind: 'declined', resultCode: expect.stringMatching(/./) as string },
  retry: expect.stringMatching(/^(later|never|new-method)$/) as string,
};
const NOT_KNOWN = { kind: 'unknown', mayHaveArrived: true };

/** What goes wrong with any call that moves money, and what that means. */
const MISHAPS: readonly Story[] = [
  { is: 'whose answer is lost', strike: 'answer-lost', means: NOT_KNOWN, moves: true },
  {
    is: 'that is answered too late',
    strike: 'answer-held',
    means: { ...NOT_KNOWN, reason: 'answer-timeout' },
    moves: true,
  },
  {
    ...{ is: 'that is done, and answered by a proxy’s HTML page of 502', strike: 'answer-html' },
    ...{ means: { ...NOT_KNOWN, reason: 'server-error' }, moves: true },
  },
  { is: 'that is lost on its way', strike: 'call-cut', means: NOT_KNOWN, moves: false },
  {
    ...{ is: 'that a proxy answers with an HTML page of 502', strike: 'call-html' },
    ...{ means: { ...NOT_KNOWN, reason: 'server-error' }, moves: false },
  },
  {
    ...{ is: 'that is refused with a code that nobody knows', strike: 'unknown-code' },
    ...{ means: { ...NOT_KNOWN, reason: 'unknown-refusal' }, moves: false },
  },
  {
    ...{ is: 'that is one too many at once', strike: 'too-much' },
    ...{ means: { kind: 'refused', notNow: true, unauthorized: false }, moves: false },
  },
  {
    ...{ is: 'whose credentials are not taken', strike: 'unauthorized' },
    ...{ means: { kind: 'refused', unauthorized: true }, moves: false },
  },
];

/** Of a payment that is taken, in a window or by a payment method. */
export const PAYMENT_STORIES: readonly Story[] = [
  { is: 'that is paid', means: { kind: 'success' }, moves: true },
  { is: 'that is declined', strike: 'declined', means: DECLINED, moves: false },
  ...MISHAPS,
];

/** Of money that is given back. */
export const REFUND_STORIES: readonly Story[] = [
  { is: 'that is made', means: { kind: 'success' }, moves: true },
  ...MISHAPS,
];

/** Of a payment that is looked up: nothing is believed that the gateway has not said. */
export const LOOKUP_STORIES: readonly Omit<Story, 'moves'>[] = [
  {
    ...{ is: 'that is one too many at once', strike: 'too-much' },
    ...{ means: { kind: 'refused', notNow: true, unauthorized: false } },
  },
  { is: 'whose credentials are not taken', strike: 'unauthorized', means: { kind: 'refused', unauthorized: true } },
  { is: 'whose answer is lost', strike: 'answer-lost', means: { kind: 'unknown' } },
  { is: 'that is answered too late', strike: 'answer-held', means: { kind: 'unknown', reason: 'answer-timeout' } },
  {
    ...{ is: 'that a proxy answers with an HTML page of 502', strike: 'call-html' },
    ...{ means: { kind: 'unknown', reason: 'server-error' } },
  },
  {
    ...{ is: 'that is refused with a code that nobody knows', strike: 'unknown-code' },
    ...{ means: { kind: 'unknown', reason: 'unknown-refusal' } },
  },
];
