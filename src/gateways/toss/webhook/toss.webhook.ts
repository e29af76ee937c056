import { hash } from 'node:crypto';
import { storableText, type Webhook, type WebhookAnswer } from '../../../inbox';
import { keptBodyOf } from '../../reading/kept-body';
import { referenceOf } from './message';

/** A payment has some four kilobytes, and what a shop may add to it ten thousand characters. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** Members of Toss's messages by which something can be done, or said to be genuine. */
const SECRETS = new Set(['secret', 'billingKey', 'customerKey']);

const said = (status: number, message: string): WebhookAnswer => ({ status, body: JSON.stringify({ message }) });

/** Only 200 ends the sending; all else makes Toss send it again, seven times in four days (docs/protocol/toss.md, section 6). */
const ANSWERS: Webhook['answers'] = {
  stored: said(200, 'stored'),
  malformed: said(400, 'The body is no message of Toss Payments'),
  noSuchAccount: said(404, 'There is no gateway account of Toss Payments by this name here'),
  forbidden: said(403, 'Messages are not accepted from this address'),
  wrongMethod: said(405, 'Messages are sent with POST'),
  tooLarge: said(413, 'The body is too large'),
  tooMuch: said(429, 'Too many messages came from this address today'),
  notStored: said(503, 'The message could not be stored, send it again'),
};

const TRANSMISSION_ID = 'tosspayments-webhook-transmission-id';

/** How Toss sends: to the address of one account, unsigned. */
export function tossWebhook(allowedCidrs: readonly string[]): Webhook {
  return {
    gateway: 'toss',
    paths: ['/webhooks/toss/:account'],
    bodyLimitBytes: BODY_LIMIT_BYTES,
    allowedCidrs,
    answers: ANSWERS,
    read({ body, parameters: { account }, headers }) {
      const reference = referenceOf(body);
      if (reference === undefined || account === undefined) return undefined;
      const { event, status = null, orderNo = null, transactionId, actId, depositSecret, methodKey } = reference;
      const sentAs = headers[TRANSMISSION_ID];
      const transmissionId = typeof sentAs === 'string' ? sentAs.slice(0, 100) : undefined;
      const secret = depositSecret ?? methodKey;
      const keptBody = keptBodyOf(body, SECRETS);
      return {
        // Whether the id of a transmission stays the same when it is sent again, nobody says; the body does.
        identity: [account, hash('sha256', body)],
        gatewayAccount: storableText(account),
        callbackTokenHash: null,
        members: { notifyVersion: null, event, status, gatewayJobId: null, updateTime: null },
        otherMembers: {
          ...(transactionId && { transactionId }),
          ...(actId && { actId }),
          ...(transmissionId && { transmissionId }),
        },
        signedHeaders: null,
        about: { orderNo, secretHash: secret === undefined ? null : hash('sha256', secret, 'buffer') },
        ...(keptBody && { keptBody }),
      };
    },
  };
}
