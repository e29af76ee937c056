import type { JsonMembers, Show } from '../../reading';
import { NOTIFICATION_MEMBERS, RESULT_CODE_SUCCESS, type NotificationMember, type VerificationRequest } from '../wire';

/** The members of a notification as they were received, under the gateway's names; what it lacked is absent or `null`. */
export type ReceivedNotification = Readonly<Partial<Record<NotificationMember, string | null>>>;

/** PNS says that the notification is its own, and that we got it right. */
export interface VerificationReceipt {
  resultCode: string;
  resultMessage: string;
}

/** Asks with all five members, `null` where the notification lacked one. */
export function writeVerification(notification: ReceivedNotification, listenerType: string): VerificationRequest {
  const members = Object.fromEntries(NOTIFICATION_MEMBERS.map((member) => [member, notification[member] ?? null]));
  return { ...(members as Record<NotificationMember, string | null>), listenerType };
}

export function readVerification(members: JsonMembers, show: Show): VerificationReceipt | undefined {
  if (members.resultCode !== RESULT_CODE_SUCCESS) return undefined;
  return { resultCode: RESULT_CODE_SUCCESS, resultMessage: show(members.resultMsg) };
}
