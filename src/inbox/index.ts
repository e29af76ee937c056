export { VERIFY_STEP } from './arrival.sql';
export type { ClaimClass } from './claim.sql';
export { Notification, NotificationHistory } from './notification.entity';
export { NotificationListenerModule, NotificationModule } from './notification.module';
export { COMPLETED_STATUS, NotificationRepository, type NotificationClaim } from './notification.repository';
export { NotificationRetention } from './notification-retention';
export { Notifications } from './notifications.service';
export type { NotificationState } from './notification.state';
