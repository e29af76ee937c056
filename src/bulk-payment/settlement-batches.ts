import { Injectable } from '@nestjs/common';
import { SettlementEffects, SettlementLogRepository } from '../charge';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { LOAD_AGAIN, stagedRowCount, stagingTablesOf } from './staging';

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
    const { lines, findings } = stagingTablesOf(job.id);
    const counts = [await stagedRowCount(this.database, lines), await stagedRowCount(this.database, findings)];
    return counts.every((count) => count === job.resultLineCount);
  }

  async loadAgain(claim: JobClaim): Promise<void> {
    await this.jobs.finish(claim, LOAD_AGAIN);
  }

  /** Settles the clean lines numbered after `after` up to `upTo`. */
  async settle(claim: JobClaim, after: number, upTo: number): Promise<void> {
    const { lines, findings } = stagingTablesOf(claim.job.id);
    const at = this.clock.now();
    await this.database.transaction(async (session) => {
      // The guarded update first: it locks the job's row, so whoever lost the claim stops here.
      await this.jobs.record(claim, { resultLinesApplied: upTo }, session);
      const appended = await this.log.append(
        session,
        `SELECT finding.charge_id, substr(finding.finding, 9) AS kind, finding.charge_amount AS amount,
           line.transaction_id, line.result_code, line.result_message, $2::bigint AS bulk_payment_job_id,
           line.line_number AS result_line_number
         FROM ${findings} AS finding JOIN ${lines} AS line ON line.ordinal = finding.ordinal
         WHERE finding.finding LIKE 'matched-%' AND finding.number > $3 AND finding.number <= $4
         ORDER BY finding.number`,
        [claim.job.id, after, upTo],
        at,
      );
      if (appended.count !== upTo - after) {
        throw new DomainError(
          'internal-error',
          `job ${claim.job.id}: ${appended.count} lines to settle, not ${upTo - after}`,
        );
      }
      if (appended.range) await this.effects.apply(session, appended.range, at);
    });
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
