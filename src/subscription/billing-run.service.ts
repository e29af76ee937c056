import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository } from '../bulk-payment';
import { BillingConfig, TstoreConfig } from '../config';
import { seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { sumWon, type Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { BillingRunRepository } from './billing-run.repository';
import { endSubscriptions } from './subscription-endings';

/** What a billing run found due and made of it. */
export interface PlannedRun {
  id: string;
  billingDate: SeoulDate;
  chargeCount: number;
  totalAmount: Won;
  jobCount: number;
}

/** Opens the billing run of a date: charges for what is due, split into bulk payment jobs. */
@Injectable()
export class BillingRunService {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly billing: BillingConfig,
    private readonly tstore: TstoreConfig,
  ) {}

  /** The Seoul date it is now, which is the date a run is opened for. */
  today(): SeoulDate {
    return seoulDateAt(this.clock.now());
  }

  /**
   * Plans the run of a date, once, whatever the number of callers and replicas: the date is unique, and whoever comes
   * second waits for the first to commit and then finds it done.
   *
   * Everything due up to the date is taken, so days missed before it are caught up.
   *
   * @returns what was planned, or `undefined` when the date has its run already
   */
  async plan(billingDate: SeoulDate): Promise<PlannedRun | undefined> {
    return this.database.transaction(async (session) => {
      const at = this.clock.now();
      const runId = await this.runs.open(session, billingDate, at);
      if (runId === undefined) return undefined;
      await this.runs.selectDue(session, billingDate);
      const totals = await this.createJobs(session, runId, at);
      await endSubscriptions(session, billingDate, at);
      await this.runs.close(session, runId, totals);
      await wakeBilling(session);
      return { id: runId, billingDate, ...totals };
    });
  }

  private async createJobs(
    session: SqlSession,
    runId: string,
    at: Date,
  ): Promise<Omit<PlannedRun, 'id' | 'billingDate'>> {
    const shares = await this.runs.shares(session, this.billing.jobMaxRows);
    const jobIds: string[] = [];
    for (const share of shares) {
      const job = { ...share, origin: 'billing-run', billingRunId: runId, merchantId: this.tstore.mid } as const;
      jobIds.push(
        await this.jobs.create(session, job, { cause: 'planned by a billing run', actor: 'billing-scheduler' }),
      );
    }
    await this.runs.createCharges(session, jobIds, this.billing.jobMaxRows, at);
    return {
      chargeCount: shares.reduce((count, share) => count + share.lineCount, 0),
      totalAmount: sumWon(shares.map((share) => share.totalAmount)),
      jobCount: jobIds.length,
    };
  }
}
