import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Charges, type ChargeRecord } from '../../charge';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import type { GatewayName } from '../../gateways';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import { BulkPaymentJob, BulkPaymentJobHistory } from './bulk-payment-job.entity';
import type { JobState } from './bulk-payment-job.state';
import { failingSql, inDoubtSql, isInDoubt, unnotifiedJobsSql } from './doubt';
import { readJobDecisions, type JobDecisions } from './job-decisions';
import { progressOf, type Progress } from './stage-progress';
import { GatewayEvidence } from '../checks/gateway-evidence';
import { DiscrepancyRepository, type DiscrepancyCounts } from '../discrepancy/discrepancy.repository';

/** Which jobs to list: newest first, `beforeId` exclusive. */
export interface JobPage {
  state?: JobState | undefined;
  inDoubt?: boolean | undefined;
  /** Whose last stage failed, and which are not at their end. */
  failing?: boolean | undefined;
  /** Of which a discrepancy is open. */
  undecided?: boolean | undefined;
  /** Of which no notification came for a day. */
  unnotified?: boolean | undefined;
  gatewayJobId?: string | undefined;
  /** Files are T store's way: of another gateway there is none. */
  gateway?: GatewayName | undefined;
  gatewayAccount?: string | undefined;
  /** Made on these Seoul days, both ends included. */
  from?: SeoulDate | undefined;
  to?: SeoulDate | undefined;
  beforeId: string | undefined;
  limit: number;
}

/** A stored file on its way out. */
export interface OutgoingFile {
  name: string;
  byteCount: number;
  sha256: string;
  content: Readable;
}

/** Reads jobs and their evidence, for people and their programs. Changes nothing. */
@Injectable()
export class BulkPaymentJobs {
  constructor(
    private readonly database: Database,
    private readonly chargeRecords: Charges,
    private readonly files: FileStore,
    private readonly discrepancies: DiscrepancyRepository,
    private readonly evidence: GatewayEvidence,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `job-not-found` */
  async get(id: string): Promise<BulkPaymentJob> {
    const job = await this.database.manager.findOneBy(BulkPaymentJob, { id });
    if (job === null) throw new DomainError('job-not-found', `There is no bulk payment job ${id}`);
    return job;
  }

  /** Whether nobody here can tell if the gateway has the job; see docs/operations.md. */
  isInDoubt(job: BulkPaymentJob): boolean {
    return isInDoubt(job, this.clock.now());
  }

  /** How far the stage is that is at work on a job now; `undefined` while none is. */
  progress(job: BulkPaymentJob): Progress | undefined {
    const isAlive = job.leaseUntil !== null && job.leaseUntil > this.clock.now();
    return isAlive ? progressOf(job) : undefined;
  }

  list(page: JobPage): Promise<BulkPaymentJob[]> {
    const query = this.database.manager
      .createQueryBuilder(BulkPaymentJob, 'job')
      .orderBy('job.id', 'DESC')
      .limit(page.limit);
    if (page.state !== undefined) query.andWhere('job.state = :state', { state: page.state });
    if (page.inDoubt !== undefined) {
      query.andWhere(`${page.inDoubt ? '' : 'NOT'} (${inDoubtSql('job', ':now')})`, { now: this.clock.now() });
    }
    if (page.failing !== undefined) query.andWhere(`${page.failing ? '' : 'NOT'} (${failingSql('job')})`);
    if (page.undecided !== undefined) query.andWhere(`${page.undecided ? '' : 'NOT'} (${undecidedSql('job')})`);
    if (page.unnotified !== undefined) {
      const isUnnotified = `job.id IN (SELECT id FROM ${unnotifiedJobsSql(':now')})`;
      query.andWhere(`${page.unnotified ? '' : 'NOT'} ${isUnnotified}`, { now: this.clock.now() });
    }
    if (page.gatewayJobId !== undefined) {
      query.andWhere('job.gatewayJobId = :gatewayJobId', { gatewayJobId: page.gatewayJobId });
    }
    const { gateway, gatewayAccount } = page;
    if (gateway !== undefined && gateway !== 'tstore') query.andWhere('false');
    if (gatewayAccount !== undefined) query.andWhere('job.gatewayAccount = :gatewayAccount', { gatewayAccount });
    if (page.from !== undefined) {
      query.andWhere(`job.createdAt >= (:from)::timestamp AT TIME ZONE 'Asia/Seoul'`, { from: page.from });
    }
    if (page.to !== undefined) {
      const after = `(:to)::timestamp + interval '1 day'`;
      query.andWhere(`job.createdAt < (${after}) AT TIME ZONE 'Asia/Seoul'`, { to: page.to });
    }
    if (page.beforeId !== undefined) query.andWhere('job.id < :beforeId', { beforeId: page.beforeId });
    return query.getMany();
  }

  /** The job's states, oldest first. */
  history(jobId: string): Promise<BulkPaymentJobHistory[]> {
    return this.database.manager.find(BulkPaymentJobHistory, { where: { jobId }, order: { id: 'ASC' } });
  }

  /** A job's charges in the order of its request file. @throws {DomainError} `job-not-found` */
  async charges(jobId: string, page: { afterLine: string; limit: number }): Promise<ChargeRecord[]> {
    await this.get(jobId);
    return this.chargeRecords.listOfJob(jobId, page);
  }

  /** How many of the job's discrepancies are open, accepted and closed. */
  discrepancyCounts(jobId: string): Promise<DiscrepancyCounts> {
    return this.discrepancies.counts(jobId);
  }

  /** @returns what became of the missing and quarantined charges of each of these jobs */
  decisions(jobIds: readonly string[]): Promise<(jobId: string) => JobDecisions> {
    return readJobDecisions(this.database, jobIds);
  }

  /**
   * Those of these jobs that a person may bill again: failed ones of billing runs, which no other job bills again, and which the
   * gateway was not heard to have.
   */
  async rebillable(jobs: readonly BulkPaymentJob[]): Promise<ReadonlySet<string>> {
    const failed = jobs.filter(({ state, billingRunId }) => state === 'Failed' && billingRunId !== null);
    const ids = failed.map(({ id }) => id);
    if (ids.length === 0) return new Set();
    const rows = await this.database.rows<{ id: string }>(
      'SELECT rebill_of_job_id AS id FROM bulk_payment_job WHERE rebill_of_job_id = ANY ($1)',
      [ids],
    );
    const rebilled = new Set(rows.map(({ id }) => id));
    const taken = await this.evidence.mayBeTaken(this.database, ids);
    return new Set(ids.filter((id) => !rebilled.has(id) && !taken.has(id)));
  }

  /** Those of these jobs of which a discrepancy is open. */
  async undecided(jobIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM unnest($1::bigint[]) AS job (id) WHERE ${undecidedSql('job')}`,
      [jobIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** The request file as it was sent. @throws {DomainError} `job-not-found`, `file-not-ready` */
  async requestFile(jobId: string): Promise<OutgoingFile> {
    const job = await this.get(jobId);
    return this.outgoing(`job-${jobId}.pay`, job.requestFileName, job.requestFileSha256);
  }

  /** The result file as it came. @throws {DomainError} `job-not-found`, `file-not-ready` */
  async resultFile(jobId: string): Promise<OutgoingFile> {
    const job = await this.get(jobId);
    return this.outgoing(`job-${jobId}-result.csv`, job.resultFileName, job.resultFileSha256);
  }

  private async outgoing(name: string, stored: string | null, sha256: Buffer | null): Promise<OutgoingFile> {
    if (stored === null || sha256 === null) {
      throw new DomainError('file-not-ready', `${name} does not exist yet; the job’s state says how far it is`);
    }
    // Asked of the file itself: one that is gone is an error now, and not half an answer.
    const byteCount = await this.files.size(stored);
    return { name, byteCount, sha256: sha256.toString('hex'), content: this.files.openRead(stored) };
  }
}

function undecidedSql(job: string): string {
  return `EXISTS (SELECT FROM discrepancy WHERE bulk_payment_job_id = ${job}.id AND discrepancy.state = 'Open')`;
}
