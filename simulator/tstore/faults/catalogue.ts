import type { FaultDefinition } from '../../shared/faults/armed-faults';
import { REFUSAL_CODES } from '../result-codes';

/** Where in the gateway's work a fault strikes; the page groups by it. */
export type FaultPoint =
  'token' | 'api' | 'submission' | 'notification' | 'verification' | 'result' | 'lookup' | 'refund';

const SLOW = { delayMs: 3000 };
const STATUS_500 = { status: 500 };
const REFUSED = { resultCode: REFUSAL_CODES.failure as string, resultMsg: 'Refused on request', status: 200 };
const THROTTLED = { resultCode: REFUSAL_CODES.tooManyRequests as string, resultMsg: 'Too many requests', status: 429 };
const SOME_LINES = { lines: 1 };

/** The one list of faults: arming, the page, the README's table and the tests read it. Delays are real milliseconds. */
export const FAULTS = {
  'token-slow': { point: 'token', what: 'the token call answers late', options: SLOW },
  'token-refused': { point: 'token', what: 'the token call answers 401', options: { status: 401 } },
  'token-failing': { point: 'token', what: 'the token call answers 500', options: STATUS_500 },
  'token-short-lived': { point: 'token', what: 'the issued token lives this long', options: { ttlSeconds: 1 } },
  'token-odd-expiry': { point: 'token', what: '`expired` holds this text', options: { expired: 'soon' } },

  'token-revoked': { point: 'api', what: "an API call's valid token is revoked and answered 401", options: {} },

  'submit-slow': { point: 'submission', what: 'accepted, answered late', options: SLOW },
  'submit-cut': {
    point: 'submission',
    what: 'connection cut mid-upload; nothing accepted',
    options: { afterBytes: 1 },
  },
  'submit-failing-before': { point: 'submission', what: '500 and nothing accepted', options: STATUS_500 },
  'submit-failing-after': { point: 'submission', what: 'accepted, then 500', options: STATUS_500 },
  'submit-answer-lost': { point: 'submission', what: 'accepted, then cut without an answer', options: {} },
  'submit-held': { point: 'submission', what: 'accepted, and not answered until the fault is disarmed', options: {} },
  'submit-refused-after': {
    point: 'submission',
    what: 'accepted, then answered as if it were not',
    options: THROTTLED,
  },
  'submit-refused': { point: 'submission', what: 'refused with a result code; nothing accepted', options: REFUSED },

  'notification-before-answer': {
    point: 'notification',
    what: "completed, notified and answered before the submission's answer leaves",
    options: {},
  },
  'notification-burst': {
    point: 'notification',
    what: 'the same message several times at once',
    options: { copies: 5 },
  },
  'notification-out-of-order': {
    point: 'notification',
    what: "held back until a later job's message was sent",
    options: {},
  },
  'notification-initialized-first': { point: 'notification', what: '`initialized` comes first', options: {} },
  'notification-initialized-late': {
    point: 'notification',
    what: '`initialized` comes after `completed`',
    options: {},
  },
  'notification-form-encoded': { point: 'notification', what: 'sent as a form', options: {} },
  'notification-unknown-members': { point: 'notification', what: 'sent with members nobody knows', options: {} },
  'notification-missing-member': { point: 'notification', what: 'lacks a member', options: { member: 'updateTime' } },
  'notification-content-type': {
    point: 'notification',
    what: 'sent with this Content-Type; none at all if empty',
    options: { contentType: '' },
  },
  'notification-forged': {
    point: 'notification',
    what: 'a message PNS never sent comes first; verifying it is refused',
    options: { jobId: '', status: 'completed' },
  },
  'notification-lost': { point: 'notification', what: 'the first delivery never leaves; re-sent later', options: {} },

  'verify-slow': { point: 'verification', what: 'verification answers late', options: SLOW },
  'verify-held': { point: 'verification', what: 'not answered until the fault is disarmed', options: {} },
  'verify-unavailable': { point: 'verification', what: 'verification answers 503', options: { status: 503 } },
  'verify-cut': { point: 'verification', what: 'connection cut instead of an answer; not verified', options: {} },
  'verify-answer-lost': { point: 'verification', what: 'verified, then cut without an answer', options: {} },
  'verify-refused': {
    point: 'verification',
    what: 'verification says no',
    options: { ...REFUSED, resultCode: REFUSAL_CODES.notOurMessage },
  },

  'result-slow': { point: 'result', what: 'the result starts late', options: SLOW },
  'result-failing': { point: 'result', what: '500 instead of the file', options: STATUS_500 },
  'result-json': { point: 'result', what: 'a JSON answer instead of the file', options: REFUSED },
  'result-early': {
    point: 'result',
    what: 'asked too early: the file without a verification, or a header alone before completion',
    options: {},
  },
  'result-other-job': {
    point: 'result',
    what: "another job's file; its own if there is no other",
    options: {},
  },
  'result-truncated': {
    point: 'result',
    what: 'ends too early yet properly; midCharacter ends inside a multi-byte character where there is one',
    options: { share: 0.5, midCharacter: false },
  },
  'result-cut': { point: 'result', what: 'connection cut in the middle', options: { share: 0.5 } },
  'result-drip': { point: 'result', what: 'comes in small pieces, slowly', options: { bytes: 64, everyMs: 20 } },
  'result-held': {
    point: 'result',
    what: 'drips, a byte at a time, until the fault is disarmed; then the rest at once',
    options: { everyMs: 500 },
  },
  'result-blank-lines': {
    point: 'result',
    what: 'lines of blanks behind the last',
    options: { lines: 1, blanks: 2 },
  },
  'result-lines-missing': { point: 'result', what: 'lines left out', options: SOME_LINES },
  'result-lines-doubled': { point: 'result', what: 'lines sent twice', options: SOME_LINES },
  'result-lines-charged-twice': {
    point: 'result',
    what: 'lines sent twice, the second time with a transaction of its own',
    options: SOME_LINES,
  },
  'result-lines-unknown': {
    point: 'result',
    what: 'extra lines with order numbers nobody asked for',
    options: SOME_LINES,
  },
  'result-amount-altered': { point: 'result', what: 'lines with another amount', options: { lines: 1, byWon: 1 } },
  'result-product-altered': { point: 'result', what: 'lines with another productId', options: SOME_LINES },
  'result-code-altered': {
    point: 'result',
    what: 'lines with another result code; their transactions stay',
    options: { lines: 1, resultCode: '0000 ' },
  },
  'result-transaction-shared': {
    point: 'result',
    what: 'paid lines that name one transaction: the first one’s, or the given one',
    options: { lines: 3, transactionId: '' },
  },
  'result-columns-wrong': { point: 'result', what: 'lines with a column too many', options: SOME_LINES },
  'result-crlf': { point: 'result', what: 'CRLF line ends', options: {} },
  'result-bom': { point: 'result', what: 'begins with a BOM', options: {} },
  'result-without-header': { point: 'result', what: 'no header line', options: {} },

  'lookup-slow': { point: 'lookup', what: 'the lookup answers late', options: SLOW },
  'lookup-held': { point: 'lookup', what: 'not answered until the fault is disarmed', options: {} },
  'lookup-failing': { point: 'lookup', what: 'the lookup answers 500', options: STATUS_500 },
  'lookup-refused': {
    point: 'lookup',
    what: 'the lookup is refused with a result code, for another reason than that there is none',
    options: { ...REFUSED, resultCode: REFUSAL_CODES.maintenance, resultMsg: 'Under maintenance' },
  },
  'lookup-not-found': { point: 'lookup', what: 'answers that there is no such transaction', options: {} },
  'lookup-cut': { point: 'lookup', what: 'connection cut instead of an answer', options: {} },
  'lookup-html': { point: 'lookup', what: 'a proxy’s HTML page instead of an answer', options: { status: 502 } },
  'lookup-stale': { point: 'lookup', what: 'the answer knows nothing of refunds', options: {} },
  'lookup-other-payer': { point: 'lookup', what: 'the answer names another payer', options: {} },

  'refund-slow': { point: 'refund', what: 'refunded, answered late', options: SLOW },
  'refund-held': { point: 'refund', what: 'refunded, and not answered until the fault is disarmed', options: {} },
  'refund-failing-before': { point: 'refund', what: '500 and nothing refunded', options: STATUS_500 },
  'refund-failing-after': { point: 'refund', what: 'refunded, then 500', options: STATUS_500 },
  'refund-refused': { point: 'refund', what: 'refused with a result code', options: REFUSED },
  'refund-refused-after': { point: 'refund', what: 'refunded, then answered as if it were not', options: THROTTLED },
  'refund-answer-lost': { point: 'refund', what: 'refunded, then cut without an answer', options: {} },
  'refund-cut': { point: 'refund', what: 'connection cut, nothing refunded', options: {} },
  'refund-html': { point: 'refund', what: 'a proxy’s HTML page, nothing refunded', options: { status: 502 } },
  'refund-html-after': { point: 'refund', what: 'refunded, then a proxy’s HTML page', options: { status: 502 } },
} as const satisfies Record<string, FaultDefinition & { point: FaultPoint }>;

export type FaultKind = keyof typeof FAULTS;
