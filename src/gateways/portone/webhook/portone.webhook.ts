import { hash } from 'node:crypto';
import { storableText, type SentMessage, type Webhook, type WebhookAnswer } from '../../../inbox';
import { signatureFaultOf } from '../../../platform/signed-messages';
import { keptBodyOf } from '../../reading/kept-body';
import { referenceOf } from './message';

/** A message has some three hundred bytes; the rules it is signed by advise less than 20 kB. */
const BODY_LIMIT_BYTES = 64 * 1024;
const LONGEST_ID = 200;

/** Members of PortOne's messages by which something can be done. */
const SECRETS = new Set(['billingKey']);

const said = (status: number, message: string): WebhookAnswer => ({ status, body: JSON.stringify({ message }) });

/** Only 200 ends the sending; all else makes PortOne send it again, five times in six hours (docs/protocol/portone.md, section 6). */
const ANSWERS: Webhook['answers'] = {
  stored: said(200, 'stored'),
  malformed: said(400, 'The message is not signed by a secret of this account, or too old'),
  noSuchAccount: said(404, 'There is no gateway account of PortOne by this name here'),
  forbidden: said(403, 'Messages are not accepted from this address'),
  wrongMethod: said(405, 'Messages are sent with POST'),
  tooLarge: said(413, 'The body is too large'),
  tooMuch: said(429, 'Too many messages came from this address today'),
  notStored: said(503, 'The message could not be stored, send it again'),
};

/** How PortOne sends: to the address of one account, signed by each of its secrets. */
export function portoneWebhook(allowedCidrs: readonly string[]): Webhook {
  return {
    gateway: 'portone',
    paths: ['/webhooks/portone/:account'],
    bodyLimitBytes: BODY_LIMIT_BYTES,
    allowedCidrs,
    answers: ANSWERS,
    signed: {
      secretsIn: ({ webhookSecrets }) => webhookSecrets?.split(',') ?? [],
      faultOf: (sent, secrets, now) => signatureFaultOf(signedIn(sent), secrets, now),
    },
    read(sent) {
      const { account } = sent.parameters;
      if (account === undefined) return undefined;
      const { event, status, orderNo, transactionId, cancellationId, storeId, methodKey } = referenceOf(sent.body);
      const [messageId = '', timestamp = '', signature = ''] = headersIn(sent).map(([value = '']) => value);
      const keptBody = keptBodyOf(sent.body, SECRETS);
      return {
        // The same on every retry; the body of one that a person has sent again may come under another.
        identity: [account, messageId],
        gatewayAccount: storableText(account),
        callbackTokenHash: null,
        members: { notifyVersion: null, event, status, gatewayJobId: null, updateTime: null },
        otherMembers: {
          webhookId: storableText(messageId.slice(0, LONGEST_ID)),
          ...(transactionId && { transactionId }),
          ...(cancellationId && { cancellationId }),
          ...(storeId && { storeId }),
        },
        signedHeaders: { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
        about: { orderNo, secretHash: methodKey === undefined ? null : hash('sha256', methodKey, 'buffer') },
        ...(keptBody && { keptBody }),
      };
    },
  };
}

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

function headersIn({ distinctHeaders }: SentMessage): (readonly string[])[] {
  return HEADERS.map((name) => distinctHeaders[name] ?? []);
}

function signedIn(sent: SentMessage): Parameters<typeof signatureFaultOf>[0] {
  const [id = [], timestamp = [], signature = []] = headersIn(sent);
  return { id, timestamp, signature, body: sent.body };
}
