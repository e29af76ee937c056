import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../gateway-account';
import { ArrivalQueue } from './arrival.queue';
import { ArrivalStore } from './arrival.store';
import { Notification, NotificationHistory } from './notification.entity';
import { NotificationListener, WEBHOOKS } from './notification.listener';
import { NotificationRepository } from './notification.repository';
import { NotificationRetention } from './notification-retention';
import { Notifications } from './notifications.service';
import { SigningSecrets } from './signing-secrets';
import type { Webhook } from './webhook';

/** The rows, for whoever verifies or shows them. */
@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotificationHistory])],
  providers: [NotificationRepository, NotificationRetention, Notifications],
  exports: [NotificationRepository, NotificationRetention, Notifications],
})
export class NotificationModule {}

/** The listener; it needs the database, and of it the secrets that messages are signed with, and nothing else, above all no gateway. */
@Module({})
export class NotificationListenerModule {
  static of(webhooks: readonly Webhook[]): DynamicModule {
    return {
      module: NotificationListenerModule,
      imports: [GatewayAccountModule],
      providers: [
        ArrivalStore,
        ArrivalQueue,
        NotificationListener,
        SigningSecrets,
        { provide: WEBHOOKS, useValue: webhooks },
      ],
    };
  }
}
