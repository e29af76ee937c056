import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { BillingTokenModule } from '../billing-token';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { LineStopModule } from '../line-stop';
import { BillingRunDecisions } from './billing-run-decision.service';
import { BillingRunGuard } from './billing-run.guard';
import { BillingRunJobs } from './billing-run-jobs';
import { BillingRunPreview } from './billing-run-preview.service';
import { BillingRunRepository } from './billing-run.repository';
import { BillingRunService } from './billing-run.service';
import { ProductRepository } from './product.repository';
import { Products } from './products.service';
import { SubscriptionChangeRepository } from './subscription-change.repository';
import { SubscriptionExport } from './subscription-export.service';
import { SubscriptionImportRepository } from './subscription-import.repository';
import { SubscriptionImport } from './subscription-import.service';
import { SubscriptionLife } from './subscription-life.service';
import { SubscriptionRecordRepository } from './subscription-record.repository';
import { Subscriptions } from './subscriptions.service';
import { BillingRuns } from './billing-runs.service';
import { Rebilling } from './rebilling.service';
import {
  BillingRun,
  BillingRunHistory,
  Product,
  ProductHistory,
  Subscription,
  SubscriptionHistory,
} from './subscription.entity';
import { SubscriptionRepository } from './subscription.repository';
import { UnbillableCharges } from './unbillable-charges';

const BILLING_RUNS = [BillingRunDecisions, BillingRunPreview, BillingRunService, BillingRuns, Rebilling];

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Product,
      ProductHistory,
      Subscription,
      SubscriptionHistory,
      BillingRun,
      BillingRunHistory,
    ]),
    ApprovalModule,
    BillingTokenModule,
    BulkPaymentModule,
    ChargeModule,
    LineStopModule,
  ],
  providers: [
    ...BILLING_RUNS,
    BillingRunGuard,
    BillingRunJobs,
    BillingRunRepository,
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
    UnbillableCharges,
  ],
  exports: [
    ...BILLING_RUNS,
    Products,
    SubscriptionExport,
    SubscriptionImport,
    SubscriptionLife,
    SubscriptionRepository,
    Subscriptions,
  ],
})
export class SubscriptionModule {}
