import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { DirectPaymentModule } from '../direct-payment';
import { RefundModule } from '../refund';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { NotificationModule } from '../inbox';
import { BillingRunModule } from '../billing-run';
import { ProductModule } from '../product';
import { OrderModule } from '../order';
import { PaymentMethodModule } from '../payment-method';
import { SubscriptionModule } from '../subscription';
import { TransactionLookupModule } from '../transaction-lookup';
import {
  AccessGuard,
  ApiKeyRepository,
  ApiKeys,
  Authentication,
  ConnectionsInterceptor,
  KeyLookup,
  KeySignature,
  KeySigning,
  RateLimits,
  ScopeCheck,
} from './access';
import { ApiKeysController } from './api-key/api-keys.controller';
import { ApprovalsController } from './approval/approvals.controller';
import { AuditInterceptor, AuditLog, AuditLogRepository, AuditViews } from './audit';
import { AuditLogController } from './audit/audit-log.controller';
import { BillingRunsController } from './billing-run/billing-runs.controller';
import { BulkPaymentJobsController } from './bulk-payment-job/bulk-payment-jobs.controller';
import { ChecksController } from './line-stop/checks.controller';
import { ChargesController } from './charge/charges.controller';
import { DeliveriesController } from './settlement-log/deliveries.controller';
import { DirectPaymentsController } from './direct-payment/direct-payments.controller';
import { DiscrepanciesController } from './discrepancy/discrepancies.controller';
import { DoubtfulJobsController } from './bulk-payment-job/doubtful-jobs.controller';
import { HeavyReadInterceptor, HeavyReads } from './heavy-reads';
import { IdempotencyInterceptor, IdempotencyRepository } from './idempotency';
import { JobViews } from './bulk-payment-job/job-views';
import { ListFormatInterceptor } from './lists';
import { GatewayAccountsController } from './gateway-account/gateway-accounts.controller';
import { GatewayExchangesController } from './gateway-exchange/gateway-exchanges.controller';
import { InquiryController } from './desk/inquiry.controller';
import { Inquiry } from './desk/inquiry.service';
import { JobInterventionsController } from './bulk-payment-job/job-interventions.controller';
import { RefusedResultsController } from './bulk-payment-job/refused-results.controller';
import { KillSwitchController } from './kill-switch/kill-switch.controller';
import { LineStopsController } from './line-stop/line-stops.controller';
import { NotificationsController } from './notification/notifications.controller';
import { OrdersController } from './order/orders.controller';
import { OutsideRefundsController } from './refund/outside-refunds.controller';
import { PaymentMethodsController } from './payment-method/payment-methods.controller';
import { RegistrationsController } from './payment-method/registrations.controller';
import { ProductsController } from './product/products.controller';
import { ChargeRebillController, RebillController } from './billing-run/rebill.controller';
import { RefundsController } from './refund/refunds.controller';
import { ReportsController } from './desk/reports.controller';
import { SettlementLogController } from './settlement-log/settlement-log.controller';
import { TieOutModule } from '../tie-out';
import { ListFilesController } from './tie-out/list-files.controller';
import { TieOutDifferencesController } from './tie-out/tie-out-differences.controller';
import { TieOutsController } from './tie-out/tie-outs.controller';
import { SubscriptionFilesController } from './subscription/subscription-files.controller';
import { SubscriptionsController } from './subscription/subscriptions.controller';
import { EtagInterceptor } from './frame/versions';
import { SummaryController } from './desk/summary.controller';
import { DailyReport } from './desk/daily-report';
import { MonthlyReport } from './desk/monthly-report';
import { SummaryService } from './desk/summary.service';

/** The REST API for operators and for the merchant's own systems. */
@Module({
  imports: [
    DiscoveryModule,
    ApprovalModule,
    BillingRunModule,
    BulkPaymentModule,
    ChargeModule,
    DirectPaymentModule,
    GatewayAccountModule,
    GatewaysModule,
    KillSwitchModule,
    LineStopModule,
    NotificationModule,
    RefundModule,
    OrderModule,
    PaymentMethodModule,
    ProductModule,
    SubscriptionModule,
    TieOutModule,
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
    DirectPaymentsController,
    DiscrepanciesController,
    DoubtfulJobsController,
    GatewayAccountsController,
    GatewayExchangesController,
    InquiryController,
    JobInterventionsController,
    RefusedResultsController,
    KillSwitchController,
    LineStopsController,
    NotificationsController,
    OrdersController,
    OutsideRefundsController,
    PaymentMethodsController,
    ProductsController,
    RegistrationsController,
    ChargeRebillController,
    RebillController,
    RefundsController,
    ReportsController,
    SettlementLogController,
    ListFilesController,
    TieOutDifferencesController,
    TieOutsController,
    SubscriptionFilesController,
    SubscriptionsController,
    SummaryController,
  ],
  providers: [
    AccessGuard,
    ListFormatInterceptor,
    HeavyReadInterceptor,
    HeavyReads,
    EtagInterceptor,
    ApiKeyRepository,
    ApiKeys,
    AuditInterceptor,
    AuditLog,
    AuditLogRepository,
    AuditViews,
    Authentication,
    ConnectionsInterceptor,
    KeyLookup,
    KeySignature,
    KeySigning,
    IdempotencyInterceptor,
    IdempotencyRepository,
    Inquiry,
    JobViews,
    RateLimits,
    ScopeCheck,
    DailyReport,
    MonthlyReport,
    SummaryService,
  ],
})
export class AdminModule {}
