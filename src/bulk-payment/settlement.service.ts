import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { DomainError } from '../kernel/errors';
import type { StepReport } from '../kernel/step-report';
import { violatesUnique } from '../platform/database';
import { Logger } from '../platform/logging';
import type { JobClaim } from './bulk-payment-job.repository';
import { JobStageRunner } from './job-stage.runner';
import type { StageProgress } from './stage-progress';
import { SettlementBatches } from './settlement-batches';

/** Batches in work at once: while one appends to the settlement log, the next moves its subscriptions. */
const LANES = 2;

const NO_OPEN_DISCREPANCY = `NOT EXISTS (
  SELECT FROM discrepancy WHERE bulk_payment_job_id = bulk_payment_job.id AND discrepancy.state = 'Open')`;

/** Applies the clean lines of a reconciled job, each once, batch by batch. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly batches: SettlementBatches,
    private readonly billing: BillingConfig,
  ) {}

  runOnce(): Promise<StepReport> {
    // Clean lines don't wait for discrepant ones, unless the setting holds the whole job.
    const condition = this.billing.holdOnDiscrepancy ? NO_OPEN_DISCREPANCY : undefined;
    return this.stages.run('settle', (claim, log, progress) => this.settle(claim, log, progress), { condition });
  }

  private async settle(claim: JobClaim, log: Logger, progress: StageProgress): Promise<void> {
    const { job } = claim;
    if (!(await this.batches.areStaged(job))) {
      log.warn('staged findings are gone; loading the file again');
      await this.batches.loadAgain(claim);
      return;
    }
    const clean = (job.paidCount ?? 0) + (job.declinedCount ?? 0);
    const batches = await this.batches.plan(job);
    let applied = job.resultLinesApplied;
    const lane = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        applied = Math.max(applied, await this.batches.settle(claim, batch));
        await progress.report(applied);
      }
    };
    try {
      await allEnded(Array.from({ length: LANES }, lane));
    } catch (error) {
      if (!violatesUnique(error, 'settlement_transaction_once')) throw error;
      log.warn('a payment of this result settled another charge meanwhile; reconciling again');
      await this.batches.loadAgain(claim);
      return;
    }
    if (applied !== clean) {
      throw new DomainError('internal-error', `job ${job.id}: ${applied} charges settled, not ${clean}`);
    }
    await this.batches.close(claim);
    log.info('settled', { paid: job.paidCount, declined: job.declinedCount });
  }
}

/** Waits for all, so that nothing is still at work when a failure is reported. @throws the first failure */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
