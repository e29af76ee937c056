import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingTokenModule } from '../billing-token';
import { GatewayAccountModule } from '../gateway-account';
import { ProductRepository } from './product.repository';
import { Products } from './products.service';
import { SubscriptionChangeRepository } from './subscription-change.repository';
import { SubscriptionExport } from './subscription-export.service';
import { SubscriptionImportRepository } from './subscription-import.repository';
import { SubscriptionImport } from './subscription-import.service';
import { SubscriptionLife } from './subscription-life.service';
import { SubscriptionRecordRepository } from './subscription-record.repository';
import { Product, ProductHistory, Subscription, SubscriptionHistory } from './subscription.entity';
import { SubscriptionRepository } from './subscription.repository';
import { Subscriptions } from './subscriptions.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([Product, ProductHistory, Subscription, SubscriptionHistory]),
    BillingTokenModule,
    GatewayAccountModule,
  ],
  providers: [
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
  exports: [Products, SubscriptionExport, SubscriptionImport, SubscriptionLife, SubscriptionRepository, Subscriptions],
})
export class SubscriptionModule {}
