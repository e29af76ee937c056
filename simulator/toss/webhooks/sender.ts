import type { SendingRules } from '../../shared/webhooks/sender';
import { seoulTime } from '../times';
import type { WebhookMessage } from './message';

/** How Toss sends: unsigned; the last try is 3 days and 19 hours after the first. */
export const TOSS_SENDING: SendingRules<WebhookMessage> = {
  retryMinutes: [1, 4, 16, 64, 256, 1024, 4096],
  headersOf: ({ transmissionId }, sentAt, retried) => ({
    'Content-Type': 'application/json',
    'tosspayments-webhook-transmission-time': seoulTime(sentAt),
    'tosspayments-webhook-transmission-retried-count': String(retried),
    'tosspayments-webhook-transmission-id': transmissionId,
  }),
  aboutOf: ({ orderId }) => orderId ?? '',
};
