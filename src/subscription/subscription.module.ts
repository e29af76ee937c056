import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingTokenModule } from '../billing-token';
import { PaymentMethodModule } from '../payment-method';
import { ProductModule } from '../product';
import { SubscriptionChangeRepository } from './subscription-change.repository';
import { SubscriptionExport } from './file/subscription-export.service';
import { SubscriptionImportRepository } from './file/subscription-import.repository';
import { SubscriptionImport } from './file/subscription-import.service';
import { SubscriptionLife } from './subscription-life.service';
import { SubscriptionRecordRepository } from './subscription-record.repository';
import { Subscription, SubscriptionHistory } from './subscription.entity';
import { SubscriptionRepository } from './subscription.repository';
import { SubscriptionTokens } from './subscription-tokens';
import { Subscriptions } from './subscriptions.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([Subscription, SubscriptionHistory]),
    BillingTokenModule,
    PaymentMethodModule,
    ProductModule,
  ],
  providers: [
    SubscriptionChangeRepository,
    SubscriptionExport,
    SubscriptionImport,
    SubscriptionImportRepository,
    SubscriptionLife,
    SubscriptionRecordRepository,
    SubscriptionRepository,
    SubscriptionTokens,
    Subscriptions,
  ],
  exports: [SubscriptionExport, SubscriptionImport, SubscriptionLife, SubscriptionRepository, Subscriptions],
})
export class SubscriptionModule {}
