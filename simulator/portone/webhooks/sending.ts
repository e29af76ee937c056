import type { PostHeaders } from '../../shared/http/post';
import { SeededRandom, seedOf } from '../../shared/seeded';
import type { SendingRules } from '../../shared/webhooks/sender';
import type { Stores } from '../stores';
import type { WebhookMessage } from './message';
import { mistakenSignature, signature } from './signature';

/** After the try before; the last is 5 hours and 41 minutes after the first, and up to a tenth more. */
const RETRY_MINUTES = [1, 4, 16, 64, 256];

const STALE_SECONDS = 600;

/** How PortOne sends: signed by each secret that lives at that moment, with the time of the try. */
export function portoneSending(seed: string, stores: Stores): SendingRules<WebhookMessage> {
  const random = new SeededRandom(seedOf(seed, 'portone-webhooks'));
  return {
    retryMinutes: RETRY_MINUTES,
    jitter: () => random.next() / 10,
    headersOf: (message, sentAt) => headersOf(message, sentAt, stores),
    aboutOf: ({ paymentId }) => paymentId ?? '',
  };
}

function headersOf(message: WebhookMessage, sentAt: number, stores: Stores): PostHeaders {
  const { webhookId, isForm, faults } = message;
  const isStale = faults.includes('webhook-stale');
  const timestamp = Math.floor(sentAt / 1000) - (isStale ? STALE_SECONDS : 0);
  const signatures = signaturesOf(message, timestamp, stores).join(' ');
  const isTwice = faults.includes('webhook-header-twice');
  return {
    'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
    'webhook-id': isTwice ? [webhookId, webhookId] : webhookId,
    'webhook-timestamp': String(timestamp),
    ...(signatures === '' ? {} : { 'webhook-signature': signatures }),
  };
}

function signaturesOf(message: WebhookMessage, timestamp: number, stores: Stores): string[] {
  const { webhookId, body, faults } = message;
  const sign = (secret: string): string => signature(secret, webhookId, timestamp, body);
  const secrets = secretsOf(message, stores);
  if (faults.includes('webhook-mistaken')) {
    return secrets.map((secret) => mistakenSignature(secret, webhookId, timestamp, body));
  }
  const good = secrets.map(sign);
  if (!faults.includes('webhook-decoys')) return good;
  const decoy = sign('whsec_bm9ib2R5LXMtc2VjcmV0LW5vYm9keS1zLXNlY3JldA==').slice(3);
  return [`v1a,${decoy}`, `v2,${decoy}`, `v1,${decoy}`, ...good, `v9,${decoy}`];
}

function secretsOf({ storeId, mode, faults }: WebhookMessage, stores: Stores): readonly string[] {
  if (storeId === null) return [];
  const webhooks = stores.byId(storeId)?.webhooks;
  const other = mode === 'LIVE' ? 'TEST' : 'LIVE';
  return webhooks?.[faults.includes('webhook-other-secret') ? other : mode].secrets ?? [];
}
