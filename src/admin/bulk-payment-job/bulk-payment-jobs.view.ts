import { ApiProperty } from '@nestjs/swagger';
import type { BulkPaymentJob, JobDecisions, JobState } from '../../bulk-payment';
import type { KillSwitchState } from '../../kill-switch';
import type { LineStop } from '../../line-stop';
import { StateChangeView } from '../frame/history.view';
import { JobLinksView, jobActionsOf, jobLinksOf } from './job-actions';
import {
  DiscrepancyCountsView,
  ProgressView,
  RequestFileView,
  ResultView,
  SubmissionView,
  type TotalsView,
} from './job-parts.view';
import { JOB_STANDINGS, jobStandingOf, type JobStanding } from './job-standing';
import { PlanChangesView } from './plan-changes.view';
import { RetryView } from '../frame/retry.view';
import { TallyView } from '../frame/tally.view';
import { FirstColumns } from '../lists';

@FirstColumns('createdAt', 'id', 'state', 'requested.count', 'requested.amount')
export class BulkPaymentJobView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: ['Created', 'Processing', 'Completed', 'VerifiedCompleted', 'Failed'] }) state!: JobState;
  @ApiProperty({ enum: JOB_STANDINGS, description: 'Where it stands, in one word: how it ended, or what comes next' })
  standing!: JobStanding;
  @ApiProperty({ description: 'Sent, and not known whether the gateway took it; never sent again by itself' })
  inDoubt!: boolean;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: JobLinksView, description: 'Where its evidence is' }) links!: JobLinksView;
  @ApiProperty({ enum: ['upload', 'billing-run'] }) origin!: string;
  @ApiProperty({ nullable: true, type: String }) billingRunId!: string | null;
  @ApiProperty({ description: 'The gateway account it is collected by' }) gatewayAccount!: string;
  @ApiProperty({ description: 'Billing group of its products' }) billingGroup!: string;
  @ApiProperty({ nullable: true, type: String, description: 'The failed job whose charges it bills again' })
  rebillOfJobId!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'The unpaid charge that it bills again, by itself' })
  rebillOfChargeId!: string | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description:
      'What it waits for, if it is held: a person’s decision, the release of the kill switch, or T store’s settings',
  })
  heldBy!: string | null;
  @ApiProperty() batchReference!: string;
  @ApiProperty({ type: TallyView, description: 'Charges asked for' }) requested!: TallyView;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: RequestFileView, nullable: true }) requestFile!: RequestFileView | null;
  @ApiProperty({ type: SubmissionView, nullable: true, description: 'Header values sent, and the answer' })
  submission!: SubmissionView | null;
  @ApiProperty({ type: ResultView, nullable: true, description: 'Result file, progress, and how the charges ended' })
  result!: ResultView | null;
  @ApiProperty({ type: String, nullable: true }) failureReason!: string | null;
  @ApiProperty({ type: RetryView, nullable: true, description: 'The stage that failed last, when it is tried again' })
  retry!: RetryView | null;
}

/** A job with all that is known of it. */
export class BulkPaymentJobDetailView extends BulkPaymentJobView {
  @ApiProperty({ type: ProgressView, nullable: true, description: 'Of the stage at work now' })
  progress!: ProgressView | null;
  @ApiProperty({ type: DiscrepancyCountsView }) discrepancies!: DiscrepancyCountsView;
  @ApiProperty({ type: PlanChangesView, nullable: true, description: 'null once it is sent, and of an upload' })
  changesSincePlanning!: PlanChangesView | null;
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

/** What is known of a job beside its row. */
export interface JobSurroundings {
  inDoubt: boolean;
  /** Whether a discrepancy of it is open. */
  isUndecided: boolean;
  /** Whether its charges may be billed again, once. */
  isRebillable: boolean;
  /** The open stop that parks it. */
  lineStop: LineStop | undefined;
  killSwitch: KillSwitchState;
  /** Why nothing is begun here by its gateway account. */
  accountProblem: string | undefined;
  /** What became of its missing and quarantined charges. */
  decisions: JobDecisions;
}

export function jobViewOf(job: BulkPaymentJob, surroundings: JobSurroundings): BulkPaymentJobView {
  const { inDoubt, isUndecided } = surroundings;
  return {
    id: job.id,
    state: job.state,
    standing: jobStandingOf(job, { inDoubt, isUndecided, held: heldBy(job, surroundings) !== null }),
    inDoubt,
    actions: jobActionsOf(job, surroundings),
    links: jobLinksOf(job),
    origin: job.origin,
    billingRunId: job.billingRunId,
    gatewayAccount: job.gatewayAccount,
    billingGroup: job.billingGroup,
    rebillOfJobId: job.rebillOfJobId,
    rebillOfChargeId: job.rebillOfChargeId,
    heldBy: heldBy(job, surroundings),
    batchReference: job.batchReference,
    requested: { count: job.lineCount, amount: job.totalAmount },
    createdAt: job.createdAt,
    requestFile: requestFileOf(job),
    submission: submissionOf(job),
    result: resultOf(job, surroundings),
    failureReason: job.failureReason,
    retry: job.lastError === null ? null : { attempts: job.attempts, at: job.nextAttemptAt, error: job.lastError },
  };
}

export function waitsForSettlement(job: BulkPaymentJob): boolean {
  return job.reconciledAt !== null && job.settledAt === null;
}

function heldBy(job: BulkPaymentJob, { lineStop, killSwitch, accountProblem }: JobSurroundings): string | null {
  if (lineStop !== undefined) return `line stop ${lineStop.id}: ${lineStop.violation}`;
  if (job.state !== 'Created') return null;
  if (killSwitch.engaged) return `kill switch: ${killSwitch.reason}`;
  if (job.holdReason !== null) return job.holdReason;
  return accountProblem === undefined ? null : `gateway account ${job.gatewayAccount} ${accountProblem}`;
}

function requestFileOf(job: BulkPaymentJob): RequestFileView | null {
  if (job.requestFileWrittenAt === null) return null;
  return {
    writtenAt: job.requestFileWrittenAt,
    bytes: Number(job.requestFileBytes),
    sha256: job.requestFileSha256?.toString('hex') ?? null,
  };
}

function submissionOf(job: BulkPaymentJob): SubmissionView | null {
  if (job.submissionStartedAt === null) return null;
  return {
    startedAt: job.submissionStartedAt,
    headers: {
      verBulkPay: job.verBulkPay,
      bid: job.bid,
      notiUrl: job.notificationUrl,
      cntTotalTrans: job.submittedLineCount,
      priority: job.priority,
    },
    answeredAt: job.submissionAnsweredAt,
    resultCode: job.submissionResultCode,
    resultMessage: job.submissionResultMessage,
    doubt: job.submissionDoubt,
    waitingJobs: job.waitingJobs,
    gatewayJobId: job.gatewayJobId,
    gatewayJobAttachedAt: job.gatewayJobAttachedAt,
    completedAt: job.completedAt,
    verifiedAt: job.verifiedAt,
  };
}

function resultOf(job: BulkPaymentJob, { decisions }: JobSurroundings): ResultView | null {
  if (job.resultDownloadedAt === null) return null;
  return {
    downloadedAt: job.resultDownloadedAt,
    bytes: Number(job.resultFileBytes),
    sha256: job.resultFileSha256?.toString('hex') ?? null,
    lines: job.resultLineCount,
    takenAsIsAt: job.resultTakenAsIsAt,
    linesLoaded: job.resultLinesLoaded,
    linesApplied: job.resultLinesApplied,
    reconciledAt: job.reconciledAt,
    settledAt: job.settledAt,
    totals: totalsOf(job, decisions),
    findings: job.findingCounts,
  };
}

function totalsOf(job: BulkPaymentJob, decisions: JobDecisions): TotalsView | null {
  if (job.reconciledAt === null) return null;
  return {
    paid: { count: job.paidCount ?? 0, amount: job.paidAmount ?? 0 },
    declined: { count: job.declinedCount ?? 0, amount: job.declinedAmount ?? 0 },
    missing: { count: job.missingCount ?? 0, amount: job.missingAmount ?? 0 },
    quarantined: { count: job.quarantinedCount ?? 0, amount: job.quarantinedAmount ?? 0 },
    ...decisions,
  };
}
