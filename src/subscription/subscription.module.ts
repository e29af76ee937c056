import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingTokenModule } from '../billing-token';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { BillingRunRepository } from './billing-run.repository';
import { BillingRunService } from './billing-run.service';
import { BillingRun, Product, ProductHistory, Subscription, SubscriptionHistory } from './subscription.entity';
import { ProductRepository } from './product.repository';
import { Products } from './products.service';
import { SubscriptionChangeRepository } from './subscription-change.repository';
import { SubscriptionExport } from './subscription-export.service';
import { SubscriptionImportRepository } from './subscription-import.repository';
import { SubscriptionImport } from './subscription-import.service';
import { SubscriptionLife } from './subscription-life.service';
import { SubscriptionRecordRepository } from './subscription-record.repository';
import { Subscriptions } from './subscriptions.service';
import { SubscriptionRepository } from './subscription.repository';

@Module({
  imports: [
    TypeOrmModule.forFeature([Product, ProductHistory, Subscription, SubscriptionHistory, BillingRun]),
    BillingTokenModule,
    BulkPaymentModule,
    ChargeModule,
  ],
  providers: [
    BillingRunRepository,
    BillingRunService,
    ProductRepository,
    Products,
    SubscriptionChangeRepository,
    SubscriptionExport,
    SubscriptionImport,
    SubscriptionImportRepository,
    SubscriptionLife,
    SubscriptionRecordRepository,
    SubscriptionRepository,
    Subscriptions,
  ],
  exports: [
    BillingRunService,
    Products,
    SubscriptionExport,
    SubscriptionImport,
    SubscriptionLife,
    SubscriptionRepository,
    Subscriptions,
  ],
})
export class SubscriptionModule {}
