import { Injectable } from '@nestjs/common';
import type { Person } from '../approval';
import { BulkPaymentJobRepository, type BulkPaymentJob } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { Database } from '../platform/database';
import { BillingRunPlanning } from './billing-run-planning.service';
import type { BillingRunState } from './billing-run.state';
import { BillingRun, BillingRunHistory } from './billing-run.entity';

/** Billing runs as people and their programs open and read them. */
@Injectable()
export class BillingRuns {
  constructor(
    private readonly planning: BillingRunPlanning,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
  ) {}

  /**
   * Opens the run of a date, or finds the one it has.
   *
   * @throws {DomainError} `invalid-request` for a day to come: it would bill customers before their day;
   *   `gateway-not-configured` when nobody here could collect it
   */
  async open(billingDate: SeoulDate, by: Person): Promise<{ run: BillingRun; opened: boolean }> {
    if (billingDate > this.planning.today()) {
      const faults = [{ field: 'date', expected: 'today in Seoul or a day before; a dry run shows days to come' }];
      throw new DomainError('invalid-request', 'A billing run can’t be opened before its day', { faults });
    }
    const opened = (await this.planning.plan(billingDate, by)) !== undefined;
    return { run: await this.database.manager.findOneByOrFail(BillingRun, { billingDate }), opened };
  }

  /** Newest first, `beforeId` exclusive. */
  list(page: {
    state?: BillingRunState | undefined;
    beforeId: string | undefined;
    limit: number;
  }): Promise<BillingRun[]> {
    const query = this.database.manager.createQueryBuilder(BillingRun, 'run').orderBy('run.id', 'DESC');
    if (page.state !== undefined) query.andWhere('run.state = :state', { state: page.state });
    if (page.beforeId !== undefined) query.andWhere('run.id < :beforeId', { beforeId: page.beforeId });
    return query.limit(page.limit).getMany();
  }

  /** @throws {DomainError} `billing-run-not-found` */
  async get(id: string): Promise<BillingRun> {
    const run = await this.database.manager.findOneBy(BillingRun, { id });
    if (run === null) throw new DomainError('billing-run-not-found', `There is no billing run ${id}`);
    return run;
  }

  jobsOf(runId: string): Promise<BulkPaymentJob[]> {
    return this.jobs.ofBillingRun(runId);
  }

  historyOf(billingRunId: string): Promise<BillingRunHistory[]> {
    return this.database.manager.find(BillingRunHistory, { where: { billingRunId }, order: { id: 'ASC' } });
  }
}
