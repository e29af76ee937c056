import type { ScheduledTask } from '../../shared/clock';

export interface WebhookAttempt {
  sentAt: number;
  /** Null when no answer came. */
  status: number | null;
  /** Why it does not count as delivered; null if it does. */
  failure: string | null;
}

/** Planned: not sent yet, or to be sent again. Held: kept back by a fault. */
export type WebhookState = 'Planned' | 'Held' | 'Delivered' | 'GivenUp';

/** One message to one address, with everything that was sent and answered for it. */
export interface WebhookMessage {
  readonly id: number;
  readonly transmissionId: string;
  readonly mId: string;
  readonly url: string;
  /** Its `eventType`; a deposit's message has none on the wire. */
  readonly event: string;
  readonly orderId: string | null;
  readonly body: string;
  readonly copies: number;
  readonly faults: string[];
  state: WebhookState;
  attempts: WebhookAttempt[];
  next: ScheduledTask | null;
}

/** A message as the control API shows it. */
export interface WebhookView extends Omit<WebhookMessage, 'next' | 'attempts'> {
  nextAt: string | null;
  attempts: (Omit<WebhookAttempt, 'sentAt'> & { sentAt: string })[];
}

export function webhookView({ next, attempts, ...message }: WebhookMessage): WebhookView {
  return {
    ...message,
    nextAt: next === null ? null : new Date(next.dueAt).toISOString(),
    attempts: attempts.map((attempt) => ({ ...attempt, sentAt: new Date(attempt.sentAt).toISOString() })),
  };
}
