import { Module } from '@nestjs/common';
import { BulkPaymentModule } from '../bulk-payment';
import { SubscriptionModule } from '../subscription';
import { ApiKeyGuard } from './api-key.guard';
import { BulkPaymentJobsController } from './bulk-payment-jobs.controller';
import { DiscrepanciesController } from './discrepancies.controller';
import { ProductsController } from './products.controller';
import { SubscriptionsController } from './subscriptions.controller';

/** The REST API for operators and for the merchant's own systems. */
@Module({
  imports: [BulkPaymentModule, SubscriptionModule],
  controllers: [BulkPaymentJobsController, DiscrepanciesController, ProductsController, SubscriptionsController],
  providers: [ApiKeyGuard],
})
export class AdminModule {}
