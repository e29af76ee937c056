import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { BillingRunRepository } from './billing-run.repository';
import { BillingRunService } from './billing-run.service';
import { BillingRun, Product, ProductHistory, Subscription, SubscriptionHistory } from './subscription.entity';
import { SubscriptionRepository } from './subscription.repository';

@Module({
  imports: [
    TypeOrmModule.forFeature([Product, ProductHistory, Subscription, SubscriptionHistory, BillingRun]),
    BulkPaymentModule,
    ChargeModule,
  ],
  providers: [BillingRunRepository, BillingRunService, SubscriptionRepository],
  exports: [BillingRunService, SubscriptionRepository],
})
export class SubscriptionModule {}
