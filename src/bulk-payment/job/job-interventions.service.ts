import { Injectable } from '@nestjs/common';
import { Approvals } from '../../approval';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { FileStore } from '../../platform/storage';
import { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, RELEASED } from './bulk-payment-job.repository';
import { FETCH_AGAIN } from '../result/staging';

/** Who steps in, and why: both stay in the job's history, or in the log and the audit log. */
export interface Intervention {
  actor: string;
  reason: string;
}

/** What a person may do with a job that nothing is wrong with: take it back, or have its result fetched again. */
@Injectable()
export class JobInterventions {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly approvals: Approvals,
    private readonly files: FileStore,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes a job back of which nothing is sent. A replica that is just writing or about to send it finds its claim gone.
   *
   * @throws {DomainError} `job-not-found`; `state-conflict` once sending began
   */
  async cancel(id: string, { actor, reason }: Intervention): Promise<void> {
    await this.database.transaction(async (session) => {
      for (const kind of ['upload', 'job-rebill'] as const) {
        await this.approvals.withdrawOf(session, kind, id, { actor, reason });
      }
      const job = await this.locked(session, id);
      const changes = {
        ...RELEASED,
        holdReason: null,
        failedAt: this.clock.now(),
        failureReason: `canceled: ${reason}`,
      };
      await this.jobs.transition(session, job, 'cancel', { cause: 'canceled', actor, reason }, changes);
    });
  }

  /**
   * Has the result file fetched, loaded and reconciled again. Only while nothing of it has become a discrepancy or a
   * settlement: another file could contradict those, and then only a person can tell.
   *
   * @throws {DomainError} `job-not-found`; `file-not-ready` while there is none; `state-conflict` when a stage is at work,
   *   or something follows from the file already
   */
  async fetchResultAgain(id: string, why: Intervention): Promise<void> {
    const replaced = await this.database.transaction(async (session) => {
      const job = await this.locked(session, id);
      if (job.resultFileName === null) throw new DomainError('file-not-ready', `Job ${id} has no result file yet`);
      if (job.leaseUntil !== null && job.leaseUntil > this.clock.now()) throw conflict(id, 'a stage is at work on it');
      if (job.reconciledAt !== null) {
        throw conflict(id, 'it is reconciled already, and what does not match is for people to decide (discrepancies)');
      }
      await session.manager.update(
        BulkPaymentJob,
        { id },
        { ...FETCH_AGAIN, ...RELEASED, attempts: 0, lastError: null },
      );
      await wakeBilling(session);
      return job.resultFileName;
    });
    await this.files.remove(replaced);
    this.logger.warn('result file to be fetched again', { jobId: id, ...why });
  }

  private async locked(session: SqlSession, id: string): Promise<BulkPaymentJob> {
    const job = await this.jobs.lock(session, id);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${id}`);
    return job;
  }
}

function conflict(id: string, why: string): DomainError {
  return new DomainError('state-conflict', `The result of job ${id} can’t be fetched again: ${why}`, { jobId: id });
}
