import { Injectable } from '@nestjs/common';
import { RESULT_CODE_SUCCESS } from '../../gateways/tstore';
import type { StepReport } from '../../kernel/step-report';
import type { Won } from '../../kernel/won';
import { LineStops } from '../../line-stop';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobChanges, type JobClaim } from '../job/bulk-payment-job.repository';
import { DiscrepancyEvidence } from '../discrepancy/discrepancy-evidence';
import { JobStageRunner } from '../job/job-stage.runner';
import { CHARGED_TWICE_SQL } from '../checks/line-checks.sql';
import { ReconciliationRepository, type FindingSummary, type Tally } from './reconciliation.repository';
import { LOAD_AGAIN, stagedRowCount, stagingTablesOf } from './staging';
import { ResultFileRefusedError, wholeResultOf } from './stored-result';
import { UnreadableLines } from './unreadable-lines';

/** Holds a job's result lines against its charges: every line and every charge gets its finding, none is dropped. */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly reconciliation: ReconciliationRepository,
    private readonly unreadable: UnreadableLines,
    private readonly evidence: DiscrepancyEvidence,
    private readonly stops: LineStops,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  runOnce(): Promise<StepReport> {
    return this.stages.run('reconcile', (claim, log) =>
      this.database.transaction(async (session) => {
        await this.reconcile(session, claim, log);
        await crashPoint('reconcile.before-commit');
      }),
    );
  }

  private async reconcile(session: SqlSession, claim: JobClaim, log: Logger): Promise<void> {
    const { job } = claim;
    if ((await stagedRowCount(session, stagingTablesOf(job.id).lines)) !== job.resultLineCount) {
      log.warn('staged result lines are gone; loading the file again');
      await this.jobs.finish(claim, LOAD_AGAIN, session);
      return;
    }
    const at = this.clock.now();
    let summary = await this.compare(session, job);
    // Not one line speaks of a charge of this job: the file is another's, or rubbish. Unless a person says that it counts.
    if (answeredBy(summary) === 0 && job.resultTakenAsIsAt === null) {
      throw new ResultFileRefusedError(job, 'it answers no charge of this job', wholeResultOf(job), true);
    }
    const isDiscrepant = cleanOf(summary) < (job.resultLineCount ?? 0);
    if (isDiscrepant && (await this.unreadable.makeOut(session, job))) summary = await this.compare(session, job);
    const { paid, declined, quarantined, findingCounts } = summary;
    if (isDiscrepant) {
      await this.reconciliation.keepDiscrepantLines(session, job, at);
      await this.evidence.keepRawLines(session, job);
    }
    const missing =
      answeredBy(summary) < job.lineCount ? await this.reconciliation.keepMissing(session, job, at) : NONE;
    const counts = missing.count > 0 ? { ...findingCounts, missing: missing.count } : findingCounts;
    const totals = { paid, declined, missing, quarantined };
    const chargedTwice = { sql: CHARGED_TWICE_SQL, parameters: [job.id, RESULT_CODE_SUCCESS] };
    if (isDiscrepant) await this.stops.raise(session, chargedTwice, 'reconciliation');
    await this.jobs.finish(
      claim,
      { reconciledAt: this.clock.now(), findingCounts: counts, ...columnsOf(totals) },
      session,
    );
    log.info('reconciled', { lineCount: job.lineCount, ...totals, findings: counts });
  }

  private async compare(session: SqlSession, job: BulkPaymentJob): Promise<FindingSummary> {
    await this.reconciliation.findAll(session, job);
    return this.reconciliation.summarise(session, job);
  }
}

/** Charges that their lines settle. */
function cleanOf({ paid, declined }: FindingSummary): number {
  return paid.count + declined.count;
}

/** Charges that a line speaks of. */
function answeredBy(summary: FindingSummary): number {
  return cleanOf(summary) + summary.quarantined.count;
}

const NONE: Tally = { count: 0, amount: 0 as Won };

function columnsOf(totals: Record<'paid' | 'declined' | 'missing' | 'quarantined', Tally>): JobChanges {
  const { paid, declined, missing, quarantined } = totals;
  return {
    paidCount: paid.count,
    paidAmount: paid.amount,
    declinedCount: declined.count,
    declinedAmount: declined.amount,
    missingCount: missing.count,
    missingAmount: missing.amount,
    quarantinedCount: quarantined.count,
    quarantinedAmount: quarantined.amount,
  };
}
