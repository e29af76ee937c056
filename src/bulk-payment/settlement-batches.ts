import { Injectable } from '@nestjs/common';
import { SettlementEffects, SettlementLogRepository } from '../charge';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { LOAD_AGAIN, stagedRowCount, stagingTablesOf } from './staging';

/**
 * Charges settled by one transaction: large enough to be set-based, small enough that a crash repeats little and no
 * other job waits long for the settlement log.
 */
const BATCH_CHARGES = 20_000;

/** How far the settling of a job is: so many charges, in the order of their ids. */
export interface SettlementProgress {
  charges: number;
  throughChargeId: string;
}

/**
 * The transactions of settling. Settlement entries, their effects and the job's progress commit together, so a crash
 * leaves a job between two batches and never inside one.
 */
@Injectable()
export class SettlementBatches {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly log: SettlementLogRepository,
    private readonly effects: SettlementEffects,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async areStaged(job: BulkPaymentJob): Promise<boolean> {
    return (await stagedRowCount(this.database, stagingTablesOf(job.id).findings)) === job.resultLineCount;
  }

  async loadAgain(claim: JobClaim): Promise<void> {
    await this.jobs.finish(claim, LOAD_AGAIN);
  }

  /** Settles the next clean charges behind `from`. @returns how far it is then; the same when none was left */
  async settle(claim: JobClaim, from: SettlementProgress): Promise<SettlementProgress> {
    const { findings } = stagingTablesOf(claim.job.id);
    const at = this.clock.now();
    return this.database.transaction(async (session) => {
      const batch = await this.nextBatch(session, findings, from.throughChargeId);
      if (batch === undefined) return from;
      const to = { charges: from.charges + batch.charges, throughChargeId: batch.throughChargeId };
      // The guarded update before anything is settled: it locks the job's row, so whoever lost the claim stops here.
      const progress = { resultLinesApplied: to.charges, settledThroughChargeId: to.throughChargeId };
      await this.jobs.record(claim, progress, session);
      const appended = await this.log.append(
        session,
        `SELECT charge_id, subscription_id, period_start_on, substr(finding, 9) AS kind, charge_amount AS amount,
           transaction_id, result_code, result_message, $2::bigint AS bulk_payment_job_id,
           line_number AS result_line_number
         FROM ${findings}
         WHERE finding LIKE 'matched-%' AND charge_id > $3 AND charge_id <= $4
         ORDER BY charge_id`,
        [claim.job.id, from.throughChargeId, to.throughChargeId],
        at,
      );
      if (appended.count !== batch.charges) {
        const { id } = claim.job;
        throw new DomainError('internal-error', `job ${id}: ${appended.count} charges settled, not ${batch.charges}`);
      }
      if (appended.range) await this.effects.apply(session, appended.range, at);
      return to;
    });
  }

  private async nextBatch(
    session: SqlSession,
    findings: string,
    behindChargeId: string,
  ): Promise<SettlementProgress | undefined> {
    const [batch] = await session.rows<{ charges: number; through: string | null }>(
      `SELECT count(*)::int AS charges, max(charge_id) AS through
       FROM (
         SELECT charge_id FROM ${findings} WHERE finding LIKE 'matched-%' AND charge_id > $1
         ORDER BY charge_id LIMIT ${BATCH_CHARGES}) AS next`,
      [behindChargeId],
    );
    return batch?.through == null ? undefined : { charges: batch.charges, throughChargeId: batch.through };
  }

  /** The last transaction: every line is dealt with, so the copies go. */
  async close(claim: JobClaim): Promise<void> {
    const { lines, findings } = stagingTablesOf(claim.job.id);
    await this.database.transaction(async (session) => {
      const settled = { resultLinesApplied: claim.job.resultLineCount ?? 0, settledAt: this.clock.now() };
      await this.jobs.finish(claim, settled, session);
      await session.rows(`DROP TABLE IF EXISTS ${lines}`);
      await session.rows(`DROP TABLE IF EXISTS ${findings}`);
    });
  }
}
