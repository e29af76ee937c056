import type { MessageView, OutgoingMessage } from '../../shared/webhooks/message';

/** A message of Toss's; `event` is its `eventType`, which a deposit's has not on the wire. */
export interface WebhookMessage extends OutgoingMessage {
  readonly transmissionId: string;
  readonly mId: string;
  readonly orderId: string | null;
}

export type WebhookView = MessageView<WebhookMessage>;
