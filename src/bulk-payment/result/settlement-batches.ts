import { Injectable } from '@nestjs/common';
import { ChargeSettlement } from '../../charge';
import { LineStopRepository } from '../../line-stop';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { LOAD_AGAIN, stagedRowCount, stagingTablesOf } from './staging';

/**
 * Charges settled by one transaction, at most: large enough to be set-based, small enough that a crash repeats little and no
 * other job waits long for the settlement log.
 */
const BATCH_CHARGES = 20_000;

/** A stretch of charge ids, both ends included. */
export interface SettlementBatch {
  firstChargeId: string;
  lastChargeId: string;
}

/**
 * The transactions of settling. Settlement entries, their effects and the job's progress commit together, so a crash
 * leaves a job between two batches and never inside one.
 */
@Injectable()
export class SettlementBatches {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly charges: ChargeSettlement,
    private readonly stops: LineStopRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async areStaged(job: BulkPaymentJob): Promise<boolean> {
    return (await stagedRowCount(this.database, stagingTablesOf(job.id).findings)) === job.resultLineCount;
  }

  async loadAgain(claim: JobClaim): Promise<void> {
    await this.jobs.finish(claim, LOAD_AGAIN);
  }

  /** Divides the clean charges into batches, in the order of their ids, which were given to a job's charges in a row. */
  async plan(job: BulkPaymentJob): Promise<SettlementBatch[]> {
    const { findings } = stagingTablesOf(job.id);
    return this.database.rows<SettlementBatch>(
      `SELECT first AS "firstChargeId", first + ${BATCH_CHARGES - 1} AS "lastChargeId"
       FROM (SELECT min(charge_id) AS least, max(charge_id) AS most FROM ${findings} WHERE finding LIKE 'matched-%') AS clean,
         generate_series(clean.least, clean.most, ${BATCH_CHARGES}) AS first
       ORDER BY first`,
    );
  }

  /** What a charge is, for whoever reads why it can't be settled. */
  async subjectOf(chargeId: string): Promise<string> {
    const [charge] = await this.database.rows<{ orderNo: string; subscriptionId: string | null }>(
      'SELECT order_no AS "orderNo", subscription_id AS "subscriptionId" FROM charge WHERE id = $1',
      [chargeId],
    );
    const of = charge?.subscriptionId == null ? '' : ` of subscription ${charge.subscriptionId}`;
    return `order ${charge?.orderNo}${of}`;
  }

  /**
   * Settles a batch. A job that is gone on with may have some of it settled already: only the rest is taken.
   *
   * @returns how many of the job's charges are settled now
   * @throws {DomainError} `lease-lost`; `line-stopped` when the job was parked meanwhile
   */
  async settle(claim: JobClaim, batch: SettlementBatch): Promise<number> {
    const { job } = claim;
    const { findings } = stagingTablesOf(job.id);
    const isGoneOnWith = job.resultLinesApplied > 0;
    const outcomes = {
      sql: `SELECT charge_id, subscription_id, period_start_on, substr(finding, 9) AS kind, charge_amount AS amount,
          'tstore' AS gateway, transaction_id, result_code, result_message, $1::bigint AS bulk_payment_job_id,
          line_number AS result_line_number, NULL::bigint AS discrepancy_id, NULL::bigint AS refund_id
        FROM ${findings} AS finding
        WHERE finding LIKE 'matched-%' AND charge_id BETWEEN $2 AND $3
          ${isGoneOnWith ? 'AND NOT EXISTS (SELECT FROM settlement WHERE settlement.charge_id = finding.charge_id AND refund_id IS NULL)' : ''}`,
      parameters: [job.id, batch.firstChargeId, batch.lastChargeId],
    };
    const applied = await this.database.transaction(async (session) => {
      await this.stops.assertRunning(session, job.id);
      // Every row is reached by its key. A plan made on yesterday's statistics may read whole tables a batch instead.
      await session.rows('SET LOCAL enable_seqscan = off');
      const settled = await this.charges.settle(session, outcomes, this.clock.now());
      // Whoever lost the claim meanwhile fails here, and takes back the batch with it.
      const count = await this.jobs.addApplied(session, claim, settled);
      await crashPoint('settle.batch-before-commit');
      return count;
    });
    await crashPoint('settle.batch-committed');
    return applied;
  }

  /** The last transaction: every line is dealt with, so the copies go. */
  async close(claim: JobClaim): Promise<void> {
    const { lines, findings } = stagingTablesOf(claim.job.id);
    await this.database.transaction(async (session) => {
      const settled = { resultLinesApplied: claim.job.resultLineCount ?? 0, settledAt: this.clock.now() };
      await this.jobs.finish(claim, settled, session);
      await session.rows(`DROP TABLE IF EXISTS ${lines}`);
      await session.rows(`DROP TABLE IF EXISTS ${findings}`);
      await crashPoint('settle.close-before-commit');
    });
  }
}
