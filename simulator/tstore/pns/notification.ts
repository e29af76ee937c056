import {
  NOTIFICATION_MEMBERS,
  type NotificationMember,
  type NotificationMessage,
} from '../../../src/gateways/tstore/wire';
import type { ScheduledTask } from '../../shared/clock';

/** The five members as the merchant can read them: null where the message lacked one. */
export type SentMembers = Record<NotificationMember, string | null>;

export interface DeliveryAttempt {
  sentAt: number;
  durationMs: number;
  /** Null when no answer came. */
  status: number | null;
  resultCode: string | null;
  /** The beginning of the merchant's answer. */
  answer: string;
  /** Why it does not count as delivered; null if it does. */
  failure: string | null;
  /** It reached the network; false for one that a fault swallowed. */
  sent: boolean;
}

/** Planned: not sent yet. Held: kept back by a fault. Sent: waits for verification. */
export type NotificationState = 'Planned' | 'Held' | 'Sent' | 'Verified' | 'GivenUp';

/** One message of PNS and everything that was sent and answered for it. */
export interface Notification {
  readonly id: number;
  readonly jobId: string;
  readonly url: string;
  /** False for a forged one, which verification will deny. */
  readonly genuine: boolean;
  readonly members: SentMembers;
  readonly contentType: string;
  readonly body: string;
  readonly plannedAt: number;
  state: NotificationState;
  attempts: DeliveryAttempt[];
  verifiedAt: number | null;
  next: ScheduledTask | null;
}

/** How a message is written; the plain form is JSON with the five members. */
export interface MessageForm {
  formEncoded: boolean;
  unknownMembers: boolean;
  /** The member left out; none if empty. */
  missingMember: string;
  contentType: string | null;
}

export const PLAIN_FORM: MessageForm = {
  formEncoded: false,
  unknownMembers: false,
  missingMember: '',
  contentType: null,
};

export interface WrittenMessage {
  members: SentMembers;
  contentType: string;
  body: string;
}

export function writeMessage(message: NotificationMessage, form: MessageForm): WrittenMessage {
  const kept = NOTIFICATION_MEMBERS.filter((member) => member !== form.missingMember);
  const written: [string, string][] = kept.map((member) => [member, message[member]]);
  if (form.unknownMembers) written.push(['traceId', 'a1b2c3'], ['하위버전', '아니오']);
  const members = Object.fromEntries(
    NOTIFICATION_MEMBERS.map((member) => [member, kept.includes(member) ? message[member] : null]),
  ) as SentMembers;
  return {
    members,
    contentType: form.contentType ?? (form.formEncoded ? 'application/x-www-form-urlencoded' : 'application/json'),
    body: form.formEncoded ? new URLSearchParams(written).toString() : JSON.stringify(Object.fromEntries(written)),
  };
}
