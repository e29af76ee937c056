import { Injectable } from '@nestjs/common';
import { Approvals, SERVICE, type Person } from '../approval';
import { NamedPayments, type NamedFor } from '../bulk-payment';
import { BillingConfig } from '../config';
import { counted } from '../kernel/counted';
import { seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { sumWon, wonInWords, type Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, wakeBilling } from '../platform/database';
import { BillingRunJobs } from './billing-run-jobs';
import { MethodPayments } from './method-payments';
import { PLANNED_CHARGES, UnusualRuns } from './unusual-run';
import { BillingRunRepository } from './billing-run.repository';
import type { BillingRunState } from './billing-run.state';
import { endSubscriptions } from '../subscription';
import { UnbillableCharges } from './unbillable-charges';

/** What a billing run found due and made of it. */
export interface PlannedRun {
  id: string;
  billingDate: SeoulDate;
  state: BillingRunState;
  chargeCount: number;
  totalAmount: Won;
  jobCount: number;
  /** Subscriptions that were due and can't be charged; a line stop of each says why. */
  parkedCount: number;
}

/** Why a job of a run that nobody has confirmed is not sent. */
export function awaitsConfirmation(runId: string): string {
  return `billing run ${runId} awaits confirmation`;
}

/** Opens the billing run of a date: charges for what is due, split into bulk payment jobs, and one by one by payment methods. */
@Injectable()
export class BillingRunPlanning {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly runJobs: BillingRunJobs,
    private readonly unbillable: UnbillableCharges,
    private readonly methodPayments: MethodPayments,
    private readonly unusual: UnusualRuns,
    private readonly approvals: Approvals,
    private readonly payments: NamedPayments,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly billing: BillingConfig,
  ) {}

  /** The Seoul date it is now, which is the date a run is opened for. */
  today(): SeoulDate {
    return seoulDateAt(this.clock.now());
  }

  /** Whether there is a gateway account here that a run could collect by. */
  canCollect(): Promise<boolean> {
    return this.runJobs.canCollect();
  }

  /** The latest date that has a run, by whomever it was opened; `undefined` in a new installation. */
  async latestDate(): Promise<SeoulDate | undefined> {
    const [latest] = await this.database.rows<{ date: SeoulDate | null }>(
      'SELECT max(billing_date)::text AS date FROM billing_run',
    );
    return latest?.date ?? undefined;
  }

  /**
   * Plans the run of a date, once, whatever the number of callers and replicas: the date is unique, and whoever comes
   * second waits for the first to commit and then finds it done.
   *
   * Everything due up to the date is taken, so days missed before it are caught up, and so are retries. A run far beyond
   * the usual is planned too, but its jobs are held until it is confirmed. A subscription that can't be charged, whatever is
   * wrong with it, is parked by a line stop and keeps nobody else from being billed. T store is asked first, with no transaction
   * open, for payments of earlier attempts that people ended unpaid; while it does not tell, the retry waits for another run.
   *
   * @returns what was planned, or `undefined` when the date has its run already
   * @throws {DomainError} `gateway-not-configured`: nothing is planned that nobody can collect
   */
  async plan(billingDate: SeoulDate, by: Person = SERVICE): Promise<PlannedRun | undefined> {
    const accounts = await this.runJobs.collectable();
    const { actor } = by;
    if (!(await this.isPlanned(billingDate))) await this.payments.ask(namedForRetriesOf(billingDate), actor);
    const planned = await this.database.transaction(async (session) => {
      const at = this.clock.now();
      const id = await this.runs.open(session, billingDate, { actor, at });
      if (id === undefined) return undefined;
      await this.runs.selectDue(session, billingDate, accounts);
      const parkedCount = await this.unbillable.takeOut(session, billingDate);
      const { jobMaxRows } = this.billing;
      const shares = await this.runs.shares(session, jobMaxRows);
      const byMethods = await this.runs.byMethods(session);
      const size = {
        chargeCount: byMethods.chargeCount + shares.reduce((count, share) => count + share.lineCount, 0),
        totalAmount: sumWon([byMethods.totalAmount, ...shares.map((share) => share.totalAmount)]),
      };
      const unusual = await this.unusual.reasonToAsk(session, billingDate, size, PLANNED_CHARGES);
      const holdReason = unusual && awaitsConfirmation(id);
      const origin = { billingRunId: id, holdReason, cause: 'planned by a billing run', actor };
      const jobIds = await this.runJobs.create(session, shares, jobMaxRows, origin, at);
      if (byMethods.chargeCount > 0) await this.methodPayments.plan(session, origin, at);
      await this.runs.noteLaterAttempts(session, { cause: 'retry planned', actor, at });
      // Last, because whoever raises stops keeps submissions waiting until it commits.
      if (parkedCount > 0) await this.unbillable.park(session, billingDate, { actor, at });
      await endSubscriptions(session, billingDate, at);
      const totals = { ...size, jobCount: jobIds.length };
      const state: BillingRunState = unusual === undefined ? 'Planned' : 'AwaitingConfirmation';
      await this.runs.close(session, id, totals, unusual, { actor, at });
      if (unusual !== undefined) {
        const { chargeCount: count, totalAmount: amount } = size;
        const summary = `Send the jobs of the billing run of ${billingDate}: ${counted(count, 'charge')}, ${wonInWords(amount)}`;
        const what = { kind: 'billing-run', subjectId: id, summary, because: unusual, count, amount } as const;
        await this.approvals.require(session, { ...what, by, neverExpires: true });
      }
      await wakeBilling(session);
      await crashPoint('plan-billing-run.before-commit');
      return { id, billingDate, state, ...totals, parkedCount };
    });
    if (planned !== undefined) await crashPoint('plan-billing-run.committed');
    return planned;
  }

  private async isPlanned(billingDate: SeoulDate): Promise<boolean> {
    const runs = await this.database.rows('SELECT FROM billing_run WHERE billing_date = $1', [billingDate]);
    return runs.length > 0;
  }
}

/** By earlier attempts at the periods that are due to be tried again on a date. */
function namedForRetriesOf(billingDate: SeoulDate): NamedFor {
  const where = `EXISTS (SELECT FROM subscription WHERE subscription.id = attempt.subscription_id
    AND subscription.next_billing_on = attempt.period_start_on AND subscription.retry_on <= $1)`;
  return { where, parameters: [billingDate] };
}
