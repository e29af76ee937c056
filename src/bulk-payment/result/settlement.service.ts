import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../../config';
import { DomainError, messageOf } from '../../kernel/errors';
import type { StepReport } from '../../kernel/step-report';
import { refusesRow, violatesUnique } from '../../platform/database';
import { Logger } from '../../platform/logging';
import type { JobClaim } from '../job/bulk-payment-job.repository';
import { JobStageRunner } from '../job/job-stage.runner';
import type { StageProgress } from '../job/stage-progress';
import { SettlementBatches, type SettlementBatch } from './settlement-batches';

/** Batches in work at once: while one appends to the settlement log, the next moves its subscriptions. */
const LANES = 2;

/** Past so many it is no charge's fault but ours, and a million transactions of one charge each would find no more out. */
const MOST_REFUSED = 20;

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
    return this.stages.run('settle', (claim, log, progress) => this.settle(claim, log, progress), condition);
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
    const refused: RefusedCharge[] = [];
    const lane = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        try {
          applied = Math.max(applied, await this.batches.settle(claim, batch));
          await progress.report(applied);
        } catch (error) {
          // One charge that can't be settled keeps back nobody else: halved until it stands alone.
          if (!isOfSomeRow(error) || refused.length >= MOST_REFUSED) throw error;
          if (batch.firstChargeId === batch.lastChargeId) refused.push({ chargeId: batch.firstChargeId, error });
          else batches.unshift(...halvesOf(batch));
        }
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
    const [first] = refused;
    if (first !== undefined) {
      const subject = await this.batches.subjectOf(first.chargeId);
      const others = `${applied} of ${clean} are settled`;
      const why = `${subject} can’t be settled: ${messageOf(first.error)}; ${others}, ${refused.length} are not`;
      throw new DomainError('internal-error', `job ${job.id}: ${why}`, {}, { cause: first.error });
    }
    if (applied !== clean) {
      throw new DomainError('internal-error', `job ${job.id}: ${applied} charges settled, not ${clean}`);
    }
    await this.batches.close(claim);
    log.info('settled', { paid: job.paidCount, declined: job.declinedCount });
  }
}

/** A charge whose settling PostgreSQL refuses. */
interface RefusedCharge {
  chargeId: string;
  error: unknown;
}

/** A payment that settled another charge is no fault of a row: the whole result is reconciled again. */
function isOfSomeRow(error: unknown): boolean {
  return refusesRow(error) && !violatesUnique(error, 'settlement_transaction_once');
}

function halvesOf({ firstChargeId, lastChargeId }: SettlementBatch): SettlementBatch[] {
  const middle = (BigInt(firstChargeId) + BigInt(lastChargeId)) / 2n;
  return [
    { firstChargeId, lastChargeId: String(middle) },
    { firstChargeId: String(middle + 1n), lastChargeId },
  ];
}

/** Waits for all, so that nothing is still at work when a failure is reported. @throws the first failure */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
