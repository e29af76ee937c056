export { LOOK_STEP, VERIFY_STEP } from './arrival.sql';
export type { ClaimClass } from './claim.sql';
export { Notification, NotificationHistory } from './notification.entity';
export { NotificationListenerModule, NotificationModule } from './notification.module';
export { NotificationRepository, type NotificationClaim } from './notification.repository';
export { NotificationRetention } from './notification-retention';
export { Notifications } from './notifications.service';
export type { NotificationState } from './notification.state';
export { storable, storableText } from './storable';
export type {
  MessageSubject,
  NotificationMembers,
  ReadMessage,
  SentMessage,
  Webhook,
  WebhookAnswer,
  WebhookAnswers,
} from './webhook';
