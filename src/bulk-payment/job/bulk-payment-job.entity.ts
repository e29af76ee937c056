import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../../kernel/won';
import { nullable, wonColumn } from '../../platform/database';
import { HistoryEntry, Leased } from '../../platform/work';
import type { JobState } from './bulk-payment-job.state';
import type { FindingCounts } from '../discrepancy/finding';

/** One request file and its fate: the state, and beside it the evidence for each stage passed; `attempts` are of the stage it is in. */
@Entity('bulk_payment_job')
export class BulkPaymentJob extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  state!: JobState;

  @Column({ type: 'text' })
  origin!: 'upload' | 'billing-run';

  @Column({ type: 'bigint', name: 'billing_run_id', nullable: true })
  billingRunId!: string | null;

  /** SHA-256 of the uploaded bytes: the same upload is taken once for each batch reference. */
  @Column(nullable('bytea', 'content_sha256'))
  contentSha256!: Buffer | null;

  /** What the uploader calls this batch; empty when it was given no name. */
  @Column({ type: 'text', name: 'batch_reference', default: '' })
  batchReference!: string;

  /** By which gateway account it is collected. */
  @Column({ type: 'text', name: 'gateway_account', default: 'tstore' })
  gatewayAccount!: string;

  @Column({ type: 'text', name: 'merchant_id' })
  merchantId!: string;

  /** Charges of the job, which are the data rows of its request file. */
  @Column({ type: 'integer', name: 'line_count' })
  lineCount!: number;

  @Column(wonColumn({ name: 'total_amount' }))
  totalAmount!: Won;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** Why the job must not be submitted yet. */
  @Column(nullable('text', 'hold_reason'))
  holdReason!: string | null;

  /** The failed job whose charges this one bills again. */
  @Column({ type: 'bigint', name: 'rebill_of_job_id', nullable: true })
  rebillOfJobId!: string | null;

  /** The charge that this job bills again, by itself. */
  @Column({ type: 'bigint', name: 'rebill_of_charge_id', nullable: true })
  rebillOfChargeId!: string | null;

  /** The job whose charges these were before it was found that no request file can carry them. */
  @Column({ type: 'bigint', name: 'set_aside_from_job_id', nullable: true })
  setAsideFromJobId!: string | null;

  /** Products of one billing group share jobs; empty is a group too. */
  @Column({ type: 'text', name: 'billing_group', default: '' })
  billingGroup!: string;

  @Column(nullable('text', 'request_file_name'))
  requestFileName!: string | null;

  @Column(nullable('bytea', 'request_file_sha256'))
  requestFileSha256!: Buffer | null;

  @Column({ type: 'bigint', name: 'request_file_bytes', nullable: true })
  requestFileBytes!: string | null;

  @Column(nullable('timestamptz', 'request_file_written_at'))
  requestFileWrittenAt!: Date | null;

  @Column(nullable('text', 'ver_bulk_pay'))
  verBulkPay!: string | null;

  @Column(nullable('text', 'bid'))
  bid!: string | null;

  /** The `notiUrl` sent, its callback token masked: whoever knows the token could speak for the gateway. */
  @Column(nullable('text', 'notification_url'))
  notificationUrl!: string | null;

  @Column(nullable('text', 'priority'))
  priority!: string | null;

  /** The `cntTotalTrans` sent. */
  @Column(nullable('integer', 'submitted_line_count'))
  submittedLineCount!: number | null;

  @Column(nullable('bytea', 'callback_token_hash'))
  callbackTokenHash!: Buffer | null;

  /** Committed before the first byte leaves. */
  @Column(nullable('timestamptz', 'submission_started_at'))
  submissionStartedAt!: Date | null;

  @Column(nullable('timestamptz', 'submission_answered_at'))
  submissionAnsweredAt!: Date | null;

  @Column(nullable('text', 'submission_result_code'))
  submissionResultCode!: string | null;

  @Column(nullable('text', 'submission_result_message'))
  submissionResultMessage!: string | null;

  /** Why it is not known what the gateway did with the submission. */
  @Column(nullable('text', 'submission_doubt'))
  submissionDoubt!: string | null;

  @Column(nullable('integer', 'waiting_jobs'))
  waitingJobs!: number | null;

  /** When somebody was told that the submission has been in doubt for too long. */
  @Column(nullable('timestamptz', 'doubt_told_at'))
  doubtToldAt!: Date | null;

  @Column(nullable('text', 'gateway_job_id'))
  gatewayJobId!: string | null;

  /** When a person named the gateway's job id, where the gateway itself had not. */
  @Column(nullable('timestamptz', 'gateway_job_attached_at'))
  gatewayJobAttachedAt!: Date | null;

  @Column(nullable('timestamptz', 'completed_at'))
  completedAt!: Date | null;

  @Column(nullable('timestamptz', 'verified_at'))
  verifiedAt!: Date | null;

  @Column(nullable('timestamptz', 'failed_at'))
  failedAt!: Date | null;

  @Column(nullable('text', 'failure_reason'))
  failureReason!: string | null;

  @Column(nullable('text', 'result_file_name'))
  resultFileName!: string | null;

  @Column(nullable('bytea', 'result_file_sha256'))
  resultFileSha256!: Buffer | null;

  @Column({ type: 'bigint', name: 'result_file_bytes', nullable: true })
  resultFileBytes!: string | null;

  @Column(nullable('integer', 'result_line_count'))
  resultLineCount!: number | null;

  /** When a person took a refused result file as it is. */
  @Column(nullable('timestamptz', 'result_taken_as_is_at'))
  resultTakenAsIsAt!: Date | null;

  /** Files fetched in whole and found to be no answer to this job. */
  @Column({ type: 'integer', name: 'result_files_refused', default: 0 })
  resultFilesRefused!: number;

  @Column(nullable('timestamptz', 'result_downloaded_at'))
  resultDownloadedAt!: Date | null;

  /** Progress of loading; beside `resultLineCount` it shows how far the step is. */
  @Column({ type: 'integer', name: 'result_lines_loaded', default: 0 })
  resultLinesLoaded!: number;

  @Column(nullable('timestamptz', 'result_loaded_at'))
  resultLoadedAt!: Date | null;

  @Column(nullable('timestamptz', 'reconciled_at'))
  reconciledAt!: Date | null;

  @Column(nullable('integer', 'paid_count'))
  paidCount!: number | null;

  @Column(wonColumn({ name: 'paid_amount', nullable: true }))
  paidAmount!: Won | null;

  @Column(nullable('integer', 'declined_count'))
  declinedCount!: number | null;

  @Column(wonColumn({ name: 'declined_amount', nullable: true }))
  declinedAmount!: Won | null;

  /** Charges no line answers. */
  @Column(nullable('integer', 'missing_count'))
  missingCount!: number | null;

  @Column(wonColumn({ name: 'missing_amount', nullable: true }))
  missingAmount!: Won | null;

  /** Charges whose line or lines are discrepant: nothing is applied to them before a person has looked. */
  @Column(nullable('integer', 'quarantined_count'))
  quarantinedCount!: number | null;

  @Column(wonColumn({ name: 'quarantined_amount', nullable: true }))
  quarantinedAmount!: Won | null;

  /** Result lines by kind of finding, and the missing. */
  @Column(nullable('jsonb', 'finding_counts'))
  findingCounts!: FindingCounts | null;

  /** Result lines dealt with, in the order of the file: settled, or kept as a discrepancy. */
  @Column({ type: 'integer', name: 'result_lines_applied', default: 0 })
  resultLinesApplied!: number;

  @Column(nullable('timestamptz', 'settled_at'))
  settledAt!: Date | null;

  /** When its numbers were last held against the settlement log. */
  @Column(nullable('timestamptz', 'numbers_checked_at'))
  numbersCheckedAt!: Date | null;

  /** The stage that is at work, or was when its process died; {@link leaseUntil} tells. */
  @Column(nullable('text', 'stage'))
  stage!: string | null;

  @Column(nullable('timestamptz', 'stage_started_at'))
  stageStartedAt!: Date | null;

  /** Rows the stage has done when it last said so. */
  @Column(nullable('integer', 'stage_done'))
  stageDone!: number | null;

  @Column(nullable('timestamptz', 'stage_done_at'))
  stageDoneAt!: Date | null;
}

/** A change of a job's state: what moved it, who, when, and why where a person decided. */
@Entity('bulk_payment_job_history')
export class BulkPaymentJobHistory extends HistoryEntry<JobState> {
  @Column({ type: 'bigint', name: 'job_id' })
  jobId!: string;
}
