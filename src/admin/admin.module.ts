import { Module } from '@nestjs/common';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { SubscriptionModule } from '../subscription';
import { ApiKeyGuard } from './api-key.guard';
import { BillingRunsController } from './billing-runs.controller';
import { BulkPaymentJobsController } from './bulk-payment-jobs.controller';
import { ChargesController } from './charges.controller';
import { DeliveriesController } from './deliveries.controller';
import { DiscrepanciesController } from './discrepancies.controller';
import { KillSwitchController } from './kill-switch.controller';
import { ProductsController } from './products.controller';
import { RebillController } from './rebill.controller';
import { ReportsController } from './reports.controller';
import { SettlementLogController } from './settlement-log.controller';
import { SubscriptionFilesController } from './subscription-files.controller';
import { SubscriptionsController } from './subscriptions.controller';

/** The REST API for operators and for the merchant's own systems. */
@Module({
  imports: [BulkPaymentModule, ChargeModule, SubscriptionModule],
  controllers: [
    BillingRunsController,
    BulkPaymentJobsController,
    ChargesController,
    DeliveriesController,
    DiscrepanciesController,
    KillSwitchController,
    ProductsController,
    RebillController,
    ReportsController,
    SettlementLogController,
    SubscriptionFilesController,
    SubscriptionsController,
  ],
  providers: [ApiKeyGuard],
})
export class AdminModule {}
