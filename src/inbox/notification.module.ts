import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArrivalQueue } from './arrival.queue';
import { ArrivalStore } from './arrival.store';
import { Notification, NotificationHistory } from './notification.entity';
import { NotificationListener } from './notification.listener';
import { NotificationRepository } from './notification.repository';
import { NotificationRetention } from './notification-retention';
import { Notifications } from './notifications.service';

/** The rows, for whoever verifies or shows them. */
@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotificationHistory])],
  providers: [NotificationRepository, NotificationRetention, Notifications],
  exports: [NotificationRepository, NotificationRetention, Notifications],
})
export class NotificationModule {}

/** The listener; it needs the database and nothing else, above all no gateway. */
@Module({
  providers: [ArrivalStore, ArrivalQueue, NotificationListener],
})
export class NotificationListenerModule {}
