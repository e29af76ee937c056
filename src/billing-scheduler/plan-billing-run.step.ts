import { Injectable } from '@nestjs/common';
import { CronTime } from 'cron';
import { BillingConfig } from '../config';
import { SEOUL_TIME_ZONE, startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { Logger } from '../platform/logging';
import { BillingRunPlanning } from '../billing-run';
import type { BillingStep } from './billing-step';

const DAY_SECONDS = 86_400;

/**
 * Opens the day's billing run when `BILLING_CRON` has called since the day of the latest run. So an hour that was missed,
 * because no scheduler ran or the clock was moved, is made up for at the next tick, by one run that takes everything due
 * until today. A new installation has no run yet, and waits for the hour to come.
 */
@Injectable()
export class PlanBillingRunStep implements BillingStep {
  readonly name = 'plan-billing-run';
  readonly makesDue = ['write-request-file', 'check-line'];
  private readonly cron: CronTime | undefined;
  /** When the cron calls next, for this replica; any number may hear it, the date is opened once. */
  private dueAt: Date | undefined;

  constructor(
    private readonly runs: BillingRunPlanning,
    private readonly clock: Clock,
    private readonly logger: Logger,
    billing: BillingConfig,
  ) {
    this.cron = billing.cron === undefined ? undefined : new CronTime(billing.cron, SEOUL_TIME_ZONE);
  }

  async runOnce(): Promise<StepReport> {
    if (this.cron === undefined) return NOTHING_DUE;
    this.dueAt ??= await this.firstDueAt(this.cron);
    if (this.clock.now() < this.dueAt || !(await this.runs.canCollect())) return NOTHING_DUE;
    const today = this.runs.today();
    await this.plan(today);
    this.dueAt = firstAfterDay(this.cron, today);
    return ONE_DONE;
  }

  private async firstDueAt(cron: CronTime): Promise<Date> {
    const latest = await this.runs.latestDate();
    return latest === undefined ? firstAfter(cron, this.clock.now()) : firstAfterDay(cron, latest);
  }

  private async plan(billingDate: SeoulDate): Promise<void> {
    const planned = await this.runs.plan(billingDate);
    if (planned?.state === 'AwaitingConfirmation') {
      this.logger.warn('billing run awaits confirmation: nothing of it is sent before', { ...planned });
    } else if (planned) this.logger.info('billing run planned', { ...planned });
    else this.logger.info('billing run was planned before', { billingDate });
    if (planned && planned.parkedCount > 0) {
      this.logger.error('subscriptions can’t be charged: line stops say why', { ...planned });
    }
  }
}

/** The cron's first call on a later day; a call at midnight is one of the day that begins. */
function firstAfterDay(cron: CronTime, date: SeoulDate): Date {
  return firstAfter(cron, secondsAfter(startOfSeoulDay(date), DAY_SECONDS - 1));
}

function firstAfter(cron: CronTime, instant: Date): Date {
  return cron.getNextDateFrom(instant, SEOUL_TIME_ZONE).toJSDate();
}
