import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingTokenModule } from '../billing-token';
import { ProductModule } from '../product';
import { SubscriptionChangeRepository } from './subscription-change.repository';
import { SubscriptionExport } from './subscription-export.service';
import { SubscriptionImportRepository } from './subscription-import.repository';
import { SubscriptionImport } from './subscription-import.service';
import { SubscriptionLife } from './subscription-life.service';
import { SubscriptionRecordRepository } from './subscription-record.repository';
import { Subscription, SubscriptionHistory } from './subscription.entity';
import { SubscriptionRepository } from './subscription.repository';
import { Subscriptions } from './subscriptions.service';

@Module({
  imports: [TypeOrmModule.forFeature([Subscription, SubscriptionHistory]), BillingTokenModule, ProductModule],
  providers: [
    SubscriptionChangeRepository,
    SubscriptionExport,
    SubscriptionImport,
    SubscriptionImportRepository,
    SubscriptionLife,
    SubscriptionRecordRepository,
    SubscriptionRepository,
    Subscriptions,
  ],
  exports: [SubscriptionExport, SubscriptionImport, SubscriptionLife, SubscriptionRepository, Subscriptions],
})
export class SubscriptionModule {}
