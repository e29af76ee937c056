/** What PNS is told: `0000` ends the sending, all else makes it send again (docs/protocol/tstore.md, section 6). */
export interface ListenerAnswer {
  status: number;
  /** JSON, written once: the listener says few things, and often. */
  body: string;
}

const SUCCESS_CODE = '0000';
/** The only code a merchant has for "failed". */
const FAILURE_CODE = '9999';

const failure = (status: number, resultMsg: string): ListenerAnswer => ({
  status,
  body: JSON.stringify({ resultCode: FAILURE_CODE, resultMsg }),
});

export const STORED: ListenerAnswer = {
  status: 200,
  body: JSON.stringify({ resultCode: SUCCESS_CODE, resultMsg: 'SUCCESS' }),
};
export const MALFORMED = failure(400, 'The body is neither a JSON object nor a form with a known member');
export const FORBIDDEN = failure(403, 'Notifications are not accepted from this address');
export const WRONG_METHOD = failure(405, 'Notifications are sent with POST');
export const TOO_LARGE = failure(413, 'The body is too large');
export const TOO_MUCH = failure(429, 'Too many notifications came from this address today');
export const NOT_STORED = failure(503, 'The notification could not be stored, send it again');
