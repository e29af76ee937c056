import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { RefundModule } from '../refund';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { NotificationModule } from '../inbox';
import { BillingRunModule } from '../billing-run';
import { SubscriptionModule } from '../subscription';
import { TransactionLookupModule } from '../transaction-lookup';
import {
  AccessGuard,
  ApiKeyRepository,
  ApiKeys,
  Authentication,
  KeyLookup,
  KeySignature,
  KeySigning,
  RateLimits,
  ScopeCheck,
} from './access';
import { ApiKeysController } from './api-keys.controller';
import { ApprovalsController } from './approvals.controller';
import { AuditInterceptor, AuditLog, AuditLogRepository, AuditViews } from './audit';
import { AuditLogController } from './audit-log.controller';
import { BillingRunsController } from './billing-runs.controller';
import { BulkPaymentJobsController } from './bulk-payment-jobs.controller';
import { ChecksController } from './checks.controller';
import { ChargesController } from './charges.controller';
import { DeliveriesController } from './deliveries.controller';
import { DiscrepanciesController } from './discrepancies.controller';
import { DoubtfulJobsController } from './doubtful-jobs.controller';
import { HeavyReadInterceptor, HeavyReads, ReadsInterceptor } from './heavy-reads';
import { IdempotencyInterceptor, IdempotencyRepository } from './idempotency';
import { JobViews } from './job-views';
import { ListFormatInterceptor } from './lists';
import { InquiryController } from './inquiry.controller';
import { Inquiry } from './inquiry.service';
import { JobInterventionsController } from './job-interventions.controller';
import { RefusedResultsController } from './refused-results.controller';
import { KillSwitchController } from './kill-switch.controller';
import { LineStopsController } from './line-stops.controller';
import { NotificationsController } from './notifications.controller';
import { OutsideRefundsController } from './outside-refunds.controller';
import { ProductsController } from './products.controller';
import { ChargeRebillController, RebillController } from './rebill.controller';
import { RefundsController } from './refunds.controller';
import { ReportsController } from './reports.controller';
import { SettlementLogController } from './settlement-log.controller';
import { SubscriptionFilesController } from './subscription-files.controller';
import { SubscriptionsController } from './subscriptions.controller';
import { EtagInterceptor } from './versions';
import { SummaryController } from './summary.controller';
import { SummaryService } from './summary.service';

/** The REST API for operators and for the merchant's own systems. */
@Module({
  imports: [
    DiscoveryModule,
    ApprovalModule,
    BillingRunModule,
    BulkPaymentModule,
    ChargeModule,
    KillSwitchModule,
    LineStopModule,
    NotificationModule,
    RefundModule,
    SubscriptionModule,
    TransactionLookupModule,
  ],
  controllers: [
    ApiKeysController,
    ApprovalsController,
    AuditLogController,
    BillingRunsController,
    BulkPaymentJobsController,
    ChargesController,
    ChecksController,
    DeliveriesController,
    DiscrepanciesController,
    DoubtfulJobsController,
    InquiryController,
    JobInterventionsController,
    RefusedResultsController,
    KillSwitchController,
    LineStopsController,
    NotificationsController,
    OutsideRefundsController,
    ProductsController,
    ChargeRebillController,
    RebillController,
    RefundsController,
    ReportsController,
    SettlementLogController,
    SubscriptionFilesController,
    SubscriptionsController,
    SummaryController,
  ],
  providers: [
    AccessGuard,
    ListFormatInterceptor,
    HeavyReadInterceptor,
    HeavyReads,
    ReadsInterceptor,
    EtagInterceptor,
    ApiKeyRepository,
    ApiKeys,
    AuditInterceptor,
    AuditLog,
    AuditLogRepository,
    AuditViews,
    Authentication,
    KeyLookup,
    KeySignature,
    KeySigning,
    IdempotencyInterceptor,
    IdempotencyRepository,
    Inquiry,
    JobViews,
    RateLimits,
    ScopeCheck,
    SummaryService,
  ],
})
export class AdminModule {}
