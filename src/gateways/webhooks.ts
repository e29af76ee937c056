import type { Configuration } from '../config';
import type { Webhook } from '../inbox';
import { portoneWebhook } from './portone/webhook/portone.webhook';
import { tossWebhook } from './toss/webhook/toss.webhook';
import { tstoreWebhook } from './tstore/webhook/tstore.webhook';

/** Every way in which a gateway sends messages, for the listener. */
export function webhooksOf({ notification, portone, toss }: Configuration): Webhook[] {
  return [
    tstoreWebhook(notification.allowedCidrs),
    tossWebhook(toss.webhookCidrs),
    portoneWebhook(portone.webhookCidrs),
  ];
}
