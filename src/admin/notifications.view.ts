import { ApiProperty } from '@nestjs/swagger';
import type { Notification, NotificationHistory } from '../notification';

export class NotificationView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: ['Received', 'Verified', 'Rejected'] }) state!: string;
  @ApiProperty({ type: String, nullable: true }) event!: string | null;
  @ApiProperty({ type: String, nullable: true }) status!: string | null;
  @ApiProperty({ type: String, nullable: true }) gatewayJobId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As PNS wrote it' }) updateTime!: string | null;
  @ApiProperty({ description: 'Whether it came to the address of one job' }) toOwnAddress!: boolean;
  @ApiProperty({ type: String, nullable: true }) sourceAddress!: string | null;
  @ApiProperty() receivedAt!: Date;
  @ApiProperty() lastReceivedAt!: Date;
  @ApiProperty({ description: 'Times it came beyond the first' }) repeatCount!: number;
  @ApiProperty({ type: Object, nullable: true, description: 'What PNS said of it' }) verdict!: object | null;
  @ApiProperty({ type: Object, nullable: true, description: 'Why it is not verified, and when it is tried again' })
  retry!: object | null;
}

export function notificationViewOf(notification: Notification): NotificationView {
  const { id, state, event, status, gatewayJobId, updateTime, sourceAddress } = notification;
  const { receivedAt, lastReceivedAt, repeatCount, lastError } = notification;
  return {
    ...{ id, state, event, status, gatewayJobId, updateTime, sourceAddress, receivedAt, lastReceivedAt, repeatCount },
    toOwnAddress: notification.callbackTokenHash !== null,
    verdict: verdictOf(notification),
    retry:
      lastError === null
        ? null
        : {
            attempts: notification.attempts,
            at: notification.nextAttemptAt,
            givenUpAt: notification.givenUpAt,
            error: lastError,
          },
  };
}

function verdictOf({ verifiedAt, rejectedAt, resultCode, resultMessage }: Notification): object | null {
  const at = verifiedAt ?? rejectedAt;
  return at === null ? null : { at, resultCode, resultMessage };
}

/** The body to the byte: as text for people, as base64 where it is none, such as a stranger's. */
export function rawBodyOf({ rawBody, contentType }: Notification): object {
  const text = rawBody.toString('utf8');
  return { contentType, bytes: rawBody.length, text, base64: rawBody.toString('base64') };
}

export function notificationHistoryViewOf(entry: NotificationHistory): object {
  const { fromState, toState, cause, actor, at } = entry;
  return { at, fromState, toState, cause, actor };
}
