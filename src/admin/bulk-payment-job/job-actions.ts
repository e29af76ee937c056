import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { failedAfterSending, type BulkPaymentJob } from '../../bulk-payment';

/** Where a job's evidence is; what there is none of yet is left out. */
export class JobLinksView {
  @ApiProperty() self!: string;
  @ApiProperty() charges!: string;
  @ApiProperty() discrepancies!: string;
  @ApiProperty({ description: 'What parks it or has parked it' }) lineStops!: string;
  @ApiPropertyOptional() requestFile?: string;
  @ApiPropertyOptional() notifications?: string;
  @ApiPropertyOptional() resultFile?: string;
  @ApiPropertyOptional({ description: 'Result files that were no answer to it, and are kept' })
  refusedResultFiles?: string;
  @ApiPropertyOptional() billingRun?: string;
  @ApiPropertyOptional({ description: 'The failed job whose charges it bills again' }) rebillOf?: string;
  @ApiPropertyOptional({
    description: 'The job that its charges were set aside from, because no file could carry them',
  })
  setAsideFrom?: string;
}

const ROOT = '/admin/v1/bulk-payment-jobs';

/** What people may do with a job now, as the last part of each address. Whether a rebill finds anybody to charge it says itself. */
export function jobActionsOf(
  job: BulkPaymentJob,
  { inDoubt, isRebillable }: { inDoubt: boolean; isRebillable: boolean },
): string[] {
  if (job.state === 'Created') return ['cancel'];
  if (inDoubt) return ['close-as-not-accepted', 'attach-gateway-job'];
  if (job.state === 'Failed') {
    const attach = failedAfterSending(job) ? ['attach-gateway-job'] : [];
    return isRebillable ? [...attach, 'rebill'] : attach;
  }
  const isRefused = job.state === 'VerifiedCompleted' && job.resultDownloadedAt === null && job.resultFilesRefused > 0;
  if (isRefused) return ['reconcile-as-is'];
  const isOnlyFetched = job.resultDownloadedAt !== null && job.reconciledAt === null;
  return isOnlyFetched ? ['fetch-result-again'] : [];
}

export function jobLinksOf(job: BulkPaymentJob): JobLinksView {
  const own = `${ROOT}/${job.id}`;
  return {
    self: own,
    charges: `${own}/charges`,
    discrepancies: `${own}/discrepancies`,
    lineStops: `/admin/v1/line-stops?jobId=${job.id}`,
    ...(job.requestFileWrittenAt !== null && { requestFile: `${own}/request-file` }),
    ...(job.submissionStartedAt !== null && { notifications: `/admin/v1/notifications?jobId=${job.id}` }),
    ...(job.resultDownloadedAt !== null && { resultFile: `${own}/result-file` }),
    ...(job.resultFilesRefused > 0 && { refusedResultFiles: `${own}/refused-result-files` }),
    ...(job.billingRunId !== null && { billingRun: `/admin/v1/billing-runs/${job.billingRunId}` }),
    ...(job.rebillOfJobId !== null && { rebillOf: `${ROOT}/${job.rebillOfJobId}` }),
    ...(job.setAsideFromJobId !== null && { setAsideFrom: `${ROOT}/${job.setAsideFromJobId}` }),
  };
}
