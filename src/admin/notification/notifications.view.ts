import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateway-account';
import type { Notification, NotificationHistory } from '../../inbox';
import { GATEWAY_ID } from '../frame/text-fields';
import { RetryView } from '../frame/retry.view';
import { FirstColumns } from '../lists';

class VerdictView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultMessage!: string | null;
}

class NotificationRetryView extends RetryView {
  @ApiProperty({ type: Date, nullable: true, description: 'Left unverified for good, unless it is sent again' })
  givenUpAt!: Date | null;
}

class NotificationLinksView {
  @ApiProperty({ description: 'With its raw body and the history of its states' }) self!: string;
  @ApiPropertyOptional({ description: 'The job it names, if it is one of ours' }) job?: string;
}

@FirstColumns('receivedAt', 'state', 'gateway', 'event', 'status', 'gatewayJobId')
export class NotificationView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: ['Received', 'Verified', 'Rejected'] }) state!: string;
  @ApiProperty({ type: [String], description: 'Nothing, ever: whether it is true is for its gateway to say' })
  actions!: string[];
  @ApiProperty({ type: NotificationLinksView, description: 'Where its evidence is' }) links!: NotificationLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES, description: 'Whose way it came by' }) gateway!: GatewayName;
  @ApiProperty({ type: String, nullable: true }) event!: string | null;
  @ApiProperty({ type: String, nullable: true }) status!: string | null;
  @ApiProperty({ type: String, nullable: true }) gatewayJobId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of the payment it is about, as it says' })
  orderNo!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To which gateway account it was sent, or whose job it speaks of; null: of none known',
  })
  gatewayAccount!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As its gateway wrote it' }) updateTime!: string | null;
  @ApiProperty({ description: 'Whether it came to the address of one job' }) toOwnAddress!: boolean;
  @ApiProperty({ type: String, nullable: true }) sourceAddress!: string | null;
  @ApiProperty() receivedAt!: Date;
  @ApiProperty() lastReceivedAt!: Date;
  @ApiProperty({ type: 'integer', description: 'Times it came beyond the first' }) repeatCount!: number;
  @ApiProperty({ type: VerdictView, nullable: true, description: 'What its gateway said of it' })
  verdict!: VerdictView | null;
  @ApiProperty({
    type: NotificationRetryView,
    nullable: true,
    description: 'Why it is not verified, and when it is tried again',
  })
  retry!: NotificationRetryView | null;
}

class RawBodyView {
  @ApiProperty({ type: String, nullable: true }) contentType!: string | null;
  @ApiProperty({ type: 'integer' }) bytes!: number;
  @ApiProperty({ description: 'For people; what is no UTF-8 is replaced' }) text!: string;
  @ApiProperty({ description: 'To the byte' }) base64!: string;
}

class NotificationChangeView {
  @ApiProperty() at!: Date;
  @ApiProperty() fromState!: string;
  @ApiProperty() toState!: string;
  @ApiProperty() cause!: string;
  @ApiProperty() actor!: string;
}

export class NotificationDetailView extends NotificationView {
  @ApiProperty({ type: RawBodyView, description: 'As it arrived' }) rawBody!: RawBodyView;
  @ApiProperty({ type: [NotificationChangeView], description: 'Changes of its state, oldest first' })
  history!: NotificationChangeView[];
}

export function notificationViewOf(notification: Notification): NotificationView {
  const { id, state, event, status, gatewayJobId, updateTime, sourceAddress } = notification;
  const { gateway, gatewayAccount, receivedAt, lastReceivedAt, repeatCount, lastError } = notification;
  return {
    ...{ actions: [], links: linksOf(notification) },
    ...{ id, state, event, status, gatewayJobId, updateTime, sourceAddress, receivedAt, lastReceivedAt, repeatCount },
    ...{ gateway, gatewayAccount, orderNo: notification.orderNo },
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

function linksOf({ id, gatewayJobId }: Notification): NotificationLinksView {
  const self = `/admin/v1/notifications/${id}`;
  // A stranger's message may name anything.
  if (gatewayJobId === null || !GATEWAY_ID.test(gatewayJobId)) return { self };
  return { self, job: `/admin/v1/bulk-payment-jobs?gatewayJobId=${encodeURIComponent(gatewayJobId)}` };
}

function verdictOf({ verifiedAt, rejectedAt, resultCode, resultMessage }: Notification): VerdictView | null {
  const at = verifiedAt ?? rejectedAt;
  return at === null ? null : { at, resultCode, resultMessage };
}

export function rawBodyOf({ rawBody, contentType }: Notification): RawBodyView {
  const text = rawBody.toString('utf8');
  return { contentType, bytes: rawBody.length, text, base64: rawBody.toString('base64') };
}

export function notificationHistoryViewOf(entry: NotificationHistory): NotificationChangeView {
  const { fromState, toState, cause, actor, at } = entry;
  return { at, fromState, toState, cause, actor };
}
