import type { NotificationMembers } from './notification-message';

/** A notification on its way into the database. */
export interface Arrival {
  /** Identifies the message, 32 bytes: see `messageKey`. */
  key: Buffer;
  /** SHA-256 of the token in the address it was sent to; `null` at the shared address. */
  callbackTokenHash: Buffer | null;
  members: NotificationMembers;
  otherMembers: Record<string, unknown> | null;
  body: Buffer;
  contentType: string | null;
  sourceAddress: string | null;
  receivedAt: Date;
}

/** The same message as often as it came while one statement was in flight: stored once, counted. */
export interface CountedArrival {
  arrival: Arrival;
  /** Times beyond the first. */
  repeats: number;
}
