export { BulkPaymentJob, BulkPaymentJobHistory } from './job/bulk-payment-job.entity';
export { BulkPaymentJobRepository, type JobChanges, type JobClaim } from './job/bulk-payment-job.repository';
export { JOB_TRANSITIONS, type JobState } from './job/bulk-payment-job.state';
export { BulkPaymentJobs, type OutgoingFile } from './job/bulk-payment-jobs.service';
export { BulkPaymentModule } from './bulk-payment.module';
export { CompletionService, type CompletionHint } from './submission/completion.service';
export {
  DAY_KINDS,
  DailyReport,
  type Day,
  type DayNumbers,
  type RefundedDay,
  type UnbalancedJob,
} from './daily-report';
export { Discrepancies, type DiscrepancyDecision, type DiscrepancyRecord } from './discrepancy/discrepancies.service';
export { Discrepancy, DiscrepancyLookup } from './discrepancy/discrepancy.entity';
export type { DiscrepancyCounts } from './discrepancy/discrepancy.repository';
export { DISCREPANCY_TRANSITIONS, type DiscrepancyState } from './discrepancy/discrepancy.state';
export { DoubtWatch } from './job/doubt-watch';
export { failedAfterSending } from './job/doubt';
export { DoubtfulJobs } from './job/doubtful-jobs.service';
export { DISCREPANCY_KINDS, type DiscrepancyKind, type FindingCounts } from './discrepancy/finding';
export { failingSql, inDoubtSql, unnotifiedJobsSql } from './job/doubt';
export type { JobDecisions } from './job/job-decisions';
export { JobInterventions } from './job/job-interventions.service';
export { LineChecks } from './checks/line-checks';
export { NotificationVerification } from './notification/notification-verification.service';
export { ReconciliationService } from './result/reconciliation.service';
export { RefusedResultFile } from './result/refused-result-file.entity';
export { RefusedResults } from './result/refused-results.service';
export { RequestFileIntakeService, type RequestFileUpload } from './request-file/request-file-intake.service';
export { RequestFileWritingService } from './request-file/request-file-writing.service';
export { ResultDownloadService } from './result/result-download.service';
export { ResultLoadingService } from './result/result-loading.service';
export { SettlementService } from './result/settlement.service';
export type { Progress } from './job/stage-progress';
export { SubmissionService } from './submission/submission.service';
export { TSTORE_CHECK_OUTCOMES, TstoreCheck, UNWRITABLE_TEXT_PATTERN, type TstoreVerdict } from '../gateways/tstore';
