import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { BillingTokenModule } from '../billing-token';
import { ChargeModule } from '../charge';
import { GatewaysModule } from '../gateways';
import { TstoreModule, OAuthTokenModule } from '../gateways/tstore';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { NotificationModule } from '../notification';
import { TransactionLookupModule } from '../transaction-lookup';
import { BulkPaymentJob, BulkPaymentJobHistory } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository } from './bulk-payment-job.repository';
import { BulkPaymentJobs } from './bulk-payment-jobs.service';
import { CompletionService } from './completion.service';
import { DiscrepancyEvidence } from './discrepancy-evidence';
import { Discrepancy, DiscrepancyLookup } from './discrepancy.entity';
import { DailyReport } from './daily-report';
import { Discrepancies } from './discrepancies.service';
import { DiscrepancyRepository } from './discrepancy.repository';
import { DoubtWatch } from './doubt-watch';
import { DoubtfulJobs } from './doubtful-jobs.service';
import { GatewayContradictions } from './gateway-contradictions';
import { JobInterventions } from './job-interventions.service';
import { JobStageRunner } from './job-stage.runner';
import { LineChecks } from './line-checks';
import { NotificationVerification } from './notification/notification-verification.service';
import { ReconciliationRepository } from './reconciliation.repository';
import { ReconciliationService } from './reconciliation.service';
import { RefusedResultFile } from './refused-result-file.entity';
import { RefusedResults } from './refused-results.service';
import { RequestFileIntakeService } from './request-file-intake.service';
import { RequestFileWritingService } from './request-file-writing.service';
import { ResultDownloadService } from './result-download.service';
import { ResultLoadingService } from './result-loading.service';
import { ResultRefusals } from './result-refusals';
import { SettlementBatches } from './settlement-batches';
import { SettlementService } from './settlement.service';
import { SubmissionHeaders } from './submission-headers';
import { SubmissionRepository } from './submission.repository';
import { SubmissionService } from './submission.service';
import { UnwritableCharges } from './unwritable-charges.service';
import { UploadApprovals } from './upload-approvals';
import { UploadGuard } from './upload.guard';
import { UploadRepository } from './upload.repository';

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
    GatewaysModule,
    KillSwitchModule,
    LineStopModule,
    NotificationModule,
    OAuthTokenModule,
    TransactionLookupModule,
    TstoreModule,
  ],
  providers: [
    ...STAGES,
    BulkPaymentJobRepository,
    BulkPaymentJobs,
    CompletionService,
    DailyReport,
    Discrepancies,
    DiscrepancyEvidence,
    DiscrepancyRepository,
    DoubtWatch,
    DoubtfulJobs,
    GatewayContradictions,
    JobInterventions,
    JobStageRunner,
    LineChecks,
    NotificationVerification,
    ReconciliationRepository,
    RefusedResults,
    RequestFileIntakeService,
    ResultRefusals,
    SettlementBatches,
    SubmissionHeaders,
    SubmissionRepository,
    UnwritableCharges,
    UploadApprovals,
    UploadGuard,
    UploadRepository,
  ],
  exports: [
    ...STAGES,
    BulkPaymentJobRepository,
    BulkPaymentJobs,
    CompletionService,
    DailyReport,
    Discrepancies,
    DoubtWatch,
    DoubtfulJobs,
    JobInterventions,
    LineChecks,
    NotificationVerification,
    OAuthTokenModule,
    RefusedResults,
    RequestFileIntakeService,
  ],
})
export class BulkPaymentModule {}
