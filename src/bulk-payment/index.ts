export { BulkPaymentJob, BulkPaymentJobHistory } from './bulk-payment-job.entity';
export { BulkPaymentJobRepository, type JobChanges, type JobClaim } from './bulk-payment-job.repository';
export { JOB_TRANSITIONS, type JobState } from './bulk-payment-job.state';
export { BulkPaymentJobs, type OutgoingFile } from './bulk-payment-jobs.service';
export { BulkPaymentModule } from './bulk-payment.module';
export { CompletionService, type CompletionHint } from './completion.service';
export {
  DAY_KINDS,
  DailyReport,
  type Day,
  type DayNumbers,
  type RefundedDay,
  type UnbalancedJob,
} from './daily-report';
export { Discrepancies, type DiscrepancyDecision, type DiscrepancyRecord } from './discrepancies.service';
export { Discrepancy, DiscrepancyLookup } from './discrepancy.entity';
export type { DiscrepancyCounts } from './discrepancy.repository';
export { DISCREPANCY_TRANSITIONS, type DiscrepancyState } from './discrepancy.state';
export { DoubtWatch } from './doubt-watch';
export { failedAfterSending } from './doubt';
export { DoubtfulJobs } from './doubtful-jobs.service';
export { DISCREPANCY_KINDS, type DiscrepancyKind, type FindingCounts } from './finding';
export { failingSql, inDoubtSql, unnotifiedJobsSql } from './doubt';
export type { JobDecisions } from './job-decisions';
export { JobInterventions } from './job-interventions.service';
export { LineChecks } from './line-checks';
export { NotificationVerification } from './notification/notification-verification.service';
export { ReconciliationService } from './reconciliation.service';
export { RefusedResultFile } from './refused-result-file.entity';
export { RefusedResults } from './refused-results.service';
export { RequestFileIntakeService, type RequestFileUpload } from './request-file-intake.service';
export { RequestFileWritingService } from './request-file-writing.service';
export { ResultDownloadService } from './result-download.service';
export { ResultLoadingService } from './result-loading.service';
export { SettlementService } from './settlement.service';
export type { Progress } from './stage-progress';
export { SubmissionService } from './submission.service';
export { TSTORE_CHECK_OUTCOMES, TstoreCheck, UNWRITABLE_TEXT_PATTERN, type TstoreVerdict } from '../gateways/tstore';
