import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { DomainError } from '../kernel/errors';
import type { StepReport } from '../kernel/step-report';
import { Logger } from '../platform/logging';
import type { JobClaim } from './bulk-payment-job.repository';
import { JobStageRunner } from './job-stage.runner';
import { SettlementBatches } from './settlement-batches';

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
    return this.stages.run('settle', (claim, log) => this.settle(claim, log), condition);
  }

  private async settle(claim: JobClaim, log: Logger): Promise<void> {
    const { job } = claim;
    if (!(await this.batches.areStaged(job))) {
      log.warn('staged findings are gone; loading the file again');
      await this.batches.loadAgain(claim);
      return;
    }
    const clean = (job.paidCount ?? 0) + (job.declinedCount ?? 0);
    let progress = { charges: job.resultLinesApplied, throughChargeId: job.settledThroughChargeId };
    while (progress.charges < clean) {
      const next = await this.batches.settle(claim, progress);
      if (next.charges === progress.charges) {
        throw new DomainError('internal-error', `job ${job.id}: ${next.charges} charges to settle, not ${clean}`);
      }
      progress = next;
      log.info('settling', { charges: progress.charges, of: clean });
    }
    await this.batches.close(claim);
    log.info('settled', { paid: job.paidCount, declined: job.declinedCount });
  }
}
