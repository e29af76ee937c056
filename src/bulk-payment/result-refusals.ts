import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { FileStore } from '../platform/storage';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { FETCH_AGAIN } from './staging';

/** Stored result files that turn out not to be the answer to their job: they are fetched again, not looked at for ever. */
@Injectable()
export class ResultRefusals {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly files: FileStore,
  ) {}

  /**
   * How often the job's result file was refused, this time included; `undefined` where the failure is not the file's.
   *
   * A job of which something is settled keeps its file whatever is wrong with it: another file in the middle of settling
   * could contradict what is settled, and only a person can tell.
   */
  countWith(error: unknown, { job }: JobClaim): number | undefined {
    const isTheFiles = error instanceof DomainError && error.code === 'result-file-unusable';
    if (!isTheFiles || job.resultDownloadedAt === null || job.resultLinesApplied > 0) return undefined;
    // Fetching it succeeds each time, so the files refused count, not the stage's failures.
    return job.resultFilesRefused + 1;
  }

  /** Sends the job back to fetching its result file, and removes the one refused. @throws {DomainError} `lease-lost` */
  async fetchAgain(claim: JobClaim, resultFilesRefused: number, retryAt: Date, error: string): Promise<void> {
    await this.jobs.postpone(claim, retryAt, error, { changes: { ...FETCH_AGAIN, resultFilesRefused } });
    // Else a gateway that keeps serving rubbish would fill the disk.
    if (claim.job.resultFileName !== null) await this.files.remove(claim.job.resultFileName);
  }
}
