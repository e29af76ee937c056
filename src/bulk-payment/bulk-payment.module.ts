import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { BillingTokenModule } from '../billing-token';
import { ChargeModule } from '../charge';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { TstoreModule } from '../gateways/tstore';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { NotificationModule } from '../inbox';
import { TransactionLookupModule } from '../transaction-lookup';
import { BulkPaymentJob, BulkPaymentJobHistory } from './job/bulk-payment-job.entity';
import { BulkPaymentJobRepository } from './job/bulk-payment-job.repository';
import { BulkPaymentJobs } from './job/bulk-payment-jobs.service';
import { ChargesSetAside } from './job/charges-set-aside';
import { ChargeWithdrawals } from './submission/charge-withdrawals';
import { CompletionService } from './submission/completion.service';
import { DearCharges } from './dear-charges';
import { DiscrepancyEvidence } from './discrepancy/discrepancy-evidence';
import { Discrepancy, DiscrepancyLookup } from './discrepancy/discrepancy.entity';
import { Discrepancies } from './discrepancy/discrepancies.service';
import { DiscrepancyRepository } from './discrepancy/discrepancy.repository';
import { DoubtWatch } from './job/doubt-watch';
import { DoubtfulJobs } from './job/doubtful-jobs.service';
import { GatewayContradictions } from './checks/gateway-contradictions';
import { GatewayEvidence } from './checks/gateway-evidence';
import { JobInterventions } from './job/job-interventions.service';
import { JobStageRunner } from './job/job-stage.runner';
import { LineChecks } from './checks/line-checks';
import { NotificationClaims } from './notification/notification-claims';
import { NotificationTurns } from './notification/notification-turns';
import { NamedPayments } from './payment-watch/named-payments';
import { NotificationVerification } from './notification/notification-verification.service';
import { PaymentWatch } from './payment-watch/payment-watch';
import { ParkedJobs } from './job/parked-jobs';
import { ReconciliationRepository } from './result/reconciliation.repository';
import { ReconciliationService } from './result/reconciliation.service';
import { UnreadableLines } from './result/unreadable-lines';
import { RefusedResultFile } from './result/refused-result-file.entity';
import { RefusedResults } from './result/refused-results.service';
import { RequestFileIntakeService } from './request-file/request-file-intake.service';
import { RequestFileWritingService } from './request-file/request-file-writing.service';
import { ResultDownloadService } from './result/result-download.service';
import { ResultLoadingService } from './result/result-loading.service';
import { ResultRefusals } from './result/result-refusals';
import { SettlementBatches } from './result/settlement-batches';
import { SettlementService } from './result/settlement.service';
import { SubmissionHeaders } from './submission/submission-headers';
import { SubmissionRepository } from './submission/submission.repository';
import { SubmissionService } from './submission/submission.service';
import { UnwritableCharges } from './request-file/unwritable-charges.service';
import { UploadApprovals } from './request-file/upload-approvals';
import { RepeatedCharges } from './request-file/repeated-charges';
import { UnusualUploads } from './request-file/unusual-upload';
import { UploadRepository } from './request-file/upload.repository';

const STAGES = [
  RequestFileWritingService,
  SubmissionService,
  ResultDownloadService,
  ResultLoadingService,
  ReconciliationService,
  SettlementService,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([
      BulkPaymentJob,
      BulkPaymentJobHistory,
      Discrepancy,
      DiscrepancyLookup,
      RefusedResultFile,
    ]),
    ApprovalModule,
    BillingTokenModule,
    ChargeModule,
    GatewayAccountModule,
    GatewaysModule,
    KillSwitchModule,
    LineStopModule,
    NotificationModule,
    TransactionLookupModule,
    TstoreModule,
  ],
  providers: [
    ...STAGES,
    BulkPaymentJobRepository,
    BulkPaymentJobs,
    ChargesSetAside,
    ChargeWithdrawals,
    CompletionService,
    DearCharges,
    Discrepancies,
    DiscrepancyEvidence,
    UnreadableLines,
    DiscrepancyRepository,
    DoubtWatch,
    DoubtfulJobs,
    GatewayContradictions,
    GatewayEvidence,
    JobInterventions,
    JobStageRunner,
    LineChecks,
    NotificationClaims,
    NotificationTurns,
    NamedPayments,
    NotificationVerification,
    ParkedJobs,
    PaymentWatch,
    ReconciliationRepository,
    RefusedResults,
    RequestFileIntakeService,
    ResultRefusals,
    SettlementBatches,
    SubmissionHeaders,
    SubmissionRepository,
    UnwritableCharges,
    UploadApprovals,
    UnusualUploads,
    RepeatedCharges,
    UploadRepository,
  ],
  exports: [
    ...STAGES,
    BulkPaymentJobRepository,
    BulkPaymentJobs,
    CompletionService,
    DearCharges,
    Discrepancies,
    DoubtWatch,
    DoubtfulJobs,
    GatewayEvidence,
    JobInterventions,
    LineChecks,
    NamedPayments,
    NotificationVerification,
    PaymentWatch,
    RefusedResults,
    RequestFileIntakeService,
    TstoreModule,
  ],
})
export class BulkPaymentModule {}
