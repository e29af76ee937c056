import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository, type JobChanges } from '../bulk-payment';
import { TstoreConfig, tstoreAccountOf } from '../config';
import type { SqlSession } from '../platform/database';
import { BillingRunRepository, type JobShare } from './billing-run.repository';

/** What the jobs of one planning have in common. */
export interface JobOrigin {
  billingRunId: string;
  holdReason?: string | undefined;
  rebillOfJobId?: string;
  rebillOfChargeId?: string;
  cause: string;
  actor: string;
  reason?: string;
}

/** Makes the jobs and charges of what stands in the table `due`. */
@Injectable()
export class BillingRunJobs {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly tstore: TstoreConfig,
  ) {}

  /** @throws {DomainError} `gateway-not-configured` when nobody here could collect what is planned */
  assertCollectable(): void {
    tstoreAccountOf(this.tstore);
  }

  /** @returns the ids of the jobs, one for each share */
  async create(
    session: SqlSession,
    shares: readonly JobShare[],
    jobMaxRows: number,
    origin: JobOrigin,
    at: Date,
  ): Promise<string[]> {
    const { billingRunId, holdReason = null, rebillOfJobId = null, rebillOfChargeId = null, ...why } = origin;
    const { mid: merchantId } = tstoreAccountOf(this.tstore);
    const created = [];
    for (const { part, ...share } of shares) {
      const fields: JobChanges = {
        ...share,
        origin: 'billing-run',
        billingRunId,
        holdReason,
        rebillOfJobId,
        rebillOfChargeId,
        merchantId,
      };
      created.push({
        jobId: await this.jobs.create(session, fields, why),
        billingGroup: share.billingGroup,
        part,
      });
    }
    await this.runs.createCharges(session, created, jobMaxRows, at);
    return created.map((job) => job.jobId);
  }
}
