import { Injectable } from '@nestjs/common';
import type { StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { DiscrepancyEvidence } from './discrepancy-evidence';
import { JobStageRunner } from './job-stage.runner';
import { ReconciliationRepository } from './reconciliation.repository';
import { LOAD_AGAIN, stagedRowCount, stagingTablesOf } from './staging';

/** Holds a job's result lines against its charges: every line and every charge gets its finding, none is dropped. */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly reconciliation: ReconciliationRepository,
    private readonly evidence: DiscrepancyEvidence,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  runOnce(): Promise<StepReport> {
    return this.stages.run('reconcile', (claim, log) =>
      this.database.transaction((session) => this.reconcile(session, claim, log)),
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
    await this.reconciliation.findAll(session, job);
    await this.reconciliation.keepDiscrepancies(session, job, at);
    await this.evidence.keepRawLines(session, job);
    const findingCounts = await this.reconciliation.findingCounts(session, job);
    const totals = await this.reconciliation.totals(session, job);
    await this.jobs.finish(claim, { reconciledAt: at, findingCounts, ...totals }, session);
    log.info('reconciled', { lineCount: job.lineCount, ...totals, findings: findingCounts });
  }
}
