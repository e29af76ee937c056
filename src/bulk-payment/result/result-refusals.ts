import { Injectable } from '@nestjs/common';
import { DomainError, messageOf } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { Database, type SqlSession } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { FETCH_AGAIN } from './staging';
import { ResultFileRefusedError } from './stored-result';

/** Result files that turn out not to be the answer to their job: they are kept and fetched again, not looked at for ever. */
@Injectable()
export class ResultRefusals {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly files: FileStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * How often a whole result file of the job was refused, this time included; `undefined` where the failure is not the
   * file's.
   *
   * A job of which something is settled keeps its file whatever is wrong with it: another file in the middle of settling
   * could contradict what is settled, and only a person can tell.
   */
  countWith(error: unknown, { job }: JobClaim): number | undefined {
    const isTheFiles = error instanceof DomainError && error.code === 'result-file-unusable';
    const isWhole = error instanceof ResultFileRefusedError || job.resultDownloadedAt !== null;
    if (!isTheFiles || !isWhole || job.resultLinesApplied > 0) return undefined;
    // Fetching it succeeds each time, so the files refused count, not the stage's failures.
    return job.resultFilesRefused + 1;
  }

  /**
   * Sends the job back to fetching its result file. The one refused is kept if it is what came; what can't be read any more
   * is removed.
   *
   * @throws {DomainError} `lease-lost`
   */
  async fetchAgain(claim: JobClaim, error: unknown, resultFilesRefused: number, retryAt: Date): Promise<void> {
    const { id, resultFileName } = claim.job;
    const unwanted = await this.database.transaction(async (session) => {
      const changes = { ...FETCH_AGAIN, resultFilesRefused };
      await this.jobs.postpone(claim, retryAt, messageOf(error), { changes, session });
      if (error instanceof ResultFileRefusedError) return this.keep(session, id, error);
      return resultFileName === null ? [] : [resultFileName];
    });
    for (const name of unwanted) await this.files.remove(name);
  }

  /**
   * Keeps a content once, and of many the first and the latest: else a gateway that keeps serving rubbish would fill the disk.
   *
   * @returns the names of files nothing is kept of any more
   */
  private async keep(session: SqlSession, jobId: string, refusal: ResultFileRefusedError): Promise<string[]> {
    const { file, why, mayBeReconciled } = refusal;
    const [kept] = await session.rows<{ id: string; name: string }>(
      `INSERT INTO refused_result_file (bulk_payment_job_id, file_name, sha256, byte_count, row_count, reason,
         may_be_reconciled, first_refused_at, last_refused_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
       ON CONFLICT (bulk_payment_job_id, sha256) DO UPDATE
         SET times = refused_result_file.times + 1, last_refused_at = excluded.last_refused_at
       RETURNING id, file_name AS name`,
      [jobId, file.name, file.sha256, file.byteCount, file.rowCount, why, mayBeReconciled, this.clock.now()],
    );
    const between = await session.rows<{ name: string }>(
      `DELETE FROM refused_result_file
       WHERE bulk_payment_job_id = $1 AND id <> $2
         AND id > (SELECT min(id) FROM refused_result_file WHERE bulk_payment_job_id = $1)
       RETURNING file_name AS name`,
      [jobId, kept?.id],
    );
    const known = kept?.name === file.name ? [] : [file.name];
    return [...known, ...between.map(({ name }) => name)];
  }
}
