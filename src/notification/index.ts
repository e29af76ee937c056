export { VERIFY_STEP } from './arrival.sql';
export { Notification, NotificationHistory } from './notification.entity';
export { NotificationListenerModule, NotificationModule } from './notification.module';
export {
  COMPLETED_STATUS,
  NotificationRepository,
  type NotificationClaim,
  type RetryOutcome,
  type VerificationAnswer,
} from './notification.repository';
export { Notifications } from './notifications.service';
export type { NotificationState } from './notification.state';
