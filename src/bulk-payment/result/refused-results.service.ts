import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, RELEASED } from '../job/bulk-payment-job.repository';
import type { OutgoingFile } from '../job/bulk-payment-jobs.service';
import type { Intervention } from '../job/job-interventions.service';
import { RefusedResultFile } from './refused-result-file.entity';

/** The result files of a job that were refused: for people to look at, and to take one of them as it is. */
@Injectable()
export class RefusedResults {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly files: FileStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The first and the latest that are kept, oldest first. @throws {DomainError} `job-not-found` */
  async list(jobId: string): Promise<RefusedResultFile[]> {
    if ((await this.jobs.find(jobId)) === undefined) throw notFound(jobId);
    const where = { bulkPaymentJobId: jobId };
    return this.database.manager.find(RefusedResultFile, { where, order: { id: 'ASC' } });
  }

  /** One of them, as it came. @throws {DomainError} `job-not-found`, `file-not-kept` */
  async file(jobId: string, sha256: string): Promise<OutgoingFile> {
    const { fileName } = await this.kept(this.database, jobId, sha256);
    const byteCount = await this.files.size(fileName);
    const name = `job-${jobId}-refused-${sha256.slice(0, 12)}.csv`;
    return { name, byteCount, sha256, content: this.files.openRead(fileName) };
  }

  /**
   * Has one of them reconciled though it is not what was asked for: its good lines settle, and what is missing, doubled or
   * unknown becomes a discrepancy. Whoever is just fetching another one finds the claim gone.
   *
   * @throws {DomainError} `job-not-found`; `file-not-kept` when the SHA-256 is none of those; `state-conflict` when the job does not wait
   *   for its result any more, or the file has other columns than can be read
   */
  async reconcileAsIs(jobId: string, { sha256, actor, reason }: Intervention & { sha256: string }): Promise<void> {
    await this.database.transaction(async (session) => {
      const job = await this.jobs.lock(session, jobId);
      if (job === undefined) throw notFound(jobId);
      const file = await this.kept(session, jobId, sha256);
      assertTakeable(job, file);
      const why = { cause: `result file ${sha256.slice(0, 12)} taken as it is: ${file.reason}`, actor, reason };
      const now = this.clock.now();
      await this.jobs.amend(session, job, why, {
        ...RELEASED,
        attempts: 0,
        lastError: null,
        resultFileName: file.fileName,
        resultFileSha256: file.sha256,
        resultFileBytes: file.byteCount,
        resultLineCount: file.rowCount,
        resultDownloadedAt: now,
        resultTakenAsIsAt: now,
      });
      await session.manager.delete(RefusedResultFile, { id: file.id });
      await wakeBilling(session);
    });
  }

  private async kept(session: SqlSession, bulkPaymentJobId: string, sha256: string): Promise<RefusedResultFile> {
    const where = { bulkPaymentJobId, sha256: Buffer.from(sha256, 'hex') };
    const file = await session.manager.findOneBy(RefusedResultFile, where);
    if (file !== null) return file;
    if ((await this.jobs.find(bulkPaymentJobId, session)) === undefined) throw notFound(bulkPaymentJobId);
    throw new DomainError(
      'file-not-kept',
      `No refused result file of job ${bulkPaymentJobId} has the SHA-256 ${sha256}; those that are kept have others`,
      { jobId: bulkPaymentJobId },
    );
  }
}

function assertTakeable(job: BulkPaymentJob, file: RefusedResultFile): void {
  const conflict = (why: string) =>
    new DomainError('state-conflict', `The result of job ${job.id} can’t be reconciled as it is: ${why}`, {
      jobId: job.id,
    });
  if (job.state !== 'VerifiedCompleted') throw conflict(`the job is ${job.state}`);
  if (job.resultDownloadedAt !== null) throw conflict('it has taken a result file already');
  if (!file.mayBeReconciled) throw conflict(`${file.reason}; what stands where can’t be told`);
}

function notFound(jobId: string): DomainError {
  return new DomainError('job-not-found', `There is no bulk payment job ${jobId}`);
}
