import { Module } from '@nestjs/common';
import { BulkPaymentModule } from '../bulk-payment';
import { ApiKeyGuard } from './api-key.guard';
import { BulkPaymentJobsController } from './bulk-payment-jobs.controller';

/** The REST API for operators and for the merchant's own systems. */
@Module({
  imports: [BulkPaymentModule],
  controllers: [BulkPaymentJobsController],
  providers: [ApiKeyGuard],
})
export class AdminModule {}
