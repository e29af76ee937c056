import type { ScheduledTask } from '../clock';

export interface MessageAttempt {
  sentAt: number;
  /** Null when no answer came. */
  status: number | null;
  /** What the merchant's system said; null when no answer came. */
  answer: string | null;
  /** Why it does not count as delivered; null if it does. */
  failure: string | null;
}

/** Planned: not sent yet, or to be sent again. Held: kept back by a fault. */
export type MessageState = 'Planned' | 'Held' | 'Delivered' | 'GivenUp';

/** One message to one address, with everything that was sent and answered for it. */
export interface OutgoingMessage {
  readonly id: number;
  readonly url: string;
  /** What kind of event it tells of. */
  readonly event: string;
  readonly body: string;
  readonly copies: number;
  readonly faults: string[];
  state: MessageState;
  attempts: MessageAttempt[];
  next: ScheduledTask | null;
}

/** A message as the control API shows it. */
export type MessageView<M extends OutgoingMessage> = Omit<M, 'next' | 'attempts'> & {
  nextAt: string | null;
  attempts: (Omit<MessageAttempt, 'sentAt'> & { sentAt: string })[];
};

export function messageView<M extends OutgoingMessage>({ next, attempts, ...message }: M): MessageView<M> {
  return {
    ...message,
    nextAt: next === null ? null : new Date(next.dueAt).toISOString(),
    attempts: attempts.map((attempt) => ({ ...attempt, sentAt: new Date(attempt.sentAt).toISOString() })),
  };
}
