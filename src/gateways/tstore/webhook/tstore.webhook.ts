import type { Webhook, WebhookAnswer } from '../../../inbox';
import { RESULT_CODE_SUCCESS } from '../wire';
import { identityOf, readMessage, sha256 } from './notification-message';

/** A notification has five short members; everything longer is not one. */
const BODY_LIMIT_BYTES = 16 * 1024;
/** The only code a merchant has for "failed". */
const FAILURE_CODE = '9999';

const failure = (status: number, resultMsg: string): WebhookAnswer => ({
  status,
  body: JSON.stringify({ resultCode: FAILURE_CODE, resultMsg }),
});

/** `0000` ends the sending, all else makes PNS send it again (docs/protocol/tstore.md, section 6). */
const ANSWERS: Webhook['answers'] = {
  stored: { status: 200, body: JSON.stringify({ resultCode: RESULT_CODE_SUCCESS, resultMsg: 'SUCCESS' }) },
  malformed: failure(400, 'The body is neither a JSON object nor a form with a known member'),
  forbidden: failure(403, 'Notifications are not accepted from this address'),
  wrongMethod: failure(405, 'Notifications are sent with POST'),
  tooLarge: failure(413, 'The body is too large'),
  tooMuch: failure(429, 'Too many notifications came from this address today'),
  notStored: failure(503, 'The notification could not be stored, send it again'),
};

/** How PNS sends: to an address of the job's own, or to the one that all share. */
export function tstoreWebhook(allowedCidrs: readonly string[]): Webhook {
  return {
    gateway: 'tstore',
    paths: ['/noti_listener', '/noti_listener/:callbackToken'],
    bodyLimitBytes: BODY_LIMIT_BYTES,
    allowedCidrs,
    answers: ANSWERS,
    read({ body, parameters: { callbackToken } }) {
      const message = readMessage(body);
      if (message === undefined) return undefined;
      const callbackTokenHash = callbackToken ? sha256(callbackToken) : null;
      const identity = identityOf(callbackTokenHash, message, body);
      return { ...message, identity, callbackTokenHash, gatewayAccount: null, signedHeaders: null };
    },
  };
}
