import { Injectable } from '@nestjs/common';
import { CronTime } from 'cron';
import { TieOutConfig } from '../config';
import { GatewayAccounts } from '../gateway-account';
import { Gateways } from '../gateways';
import { SEOUL_TIME_ZONE, seoulDateAt, startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { dayBeside } from './seoul-days';
import { BY_CALENDAR, TieOutRepository } from './tie-out.repository';

/** Days that nobody compared, made up for at once; more are a person's to ask for. */
const MOST_MISSED_DAYS = 31;

/**
 * Opens the tie-outs of days that are over when `TIE_OUT_CRON` has called since: of each account whose gateway has lists, or tells of its payments one by one. A day is
 * compared once more when its payouts are known. Calls that were missed are made up for; a new installation waits for the first.
 */
@Injectable()
export class TieOutCalendar {
  private readonly cron: CronTime | undefined;
  private readonly startedAt: Date;
  /** When the cron calls next, for this replica; any number may hear it, a day is opened once. */
  private dueAt: Date | undefined;

  constructor(
    private readonly tieOuts: TieOutRepository,
    private readonly accounts: GatewayAccounts,
    private readonly gateways: Gateways,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: TieOutConfig,
  ) {
    this.startedAt = clock.now();
    this.cron = config.cron === undefined ? undefined : new CronTime(config.cron, SEOUL_TIME_ZONE);
  }

  async runOnce(): Promise<StepReport> {
    if (this.cron === undefined) return NOTHING_DUE;
    this.dueAt ??= await this.firstDueAt(this.cron);
    const now = this.clock.now();
    if (now < this.dueAt) return NOTHING_DUE;
    const latest = await this.tieOuts.latestDay();
    const yesterday = dayBeside(seoulDateAt(now), -1);
    const accounts = await this.listed();
    await this.database.transaction(async (session) => {
      for (const { gateway, id: gatewayAccount } of accounts) {
        for (const day of this.daysUntil(yesterday, latest)) {
          await this.tieOuts.open(session, { gateway, gatewayAccount, day }, BY_CALENDAR);
        }
      }
      await crashPoint('open-tie-outs.before-commit');
    });
    await crashPoint('open-tie-outs.opened');
    this.dueAt = firstAfter(this.cron, endOf(seoulDateAt(now)));
    return ONE_DONE;
  }

  /** A day is opened on the next one, after which the cron's next call counts. */
  private async firstDueAt(cron: CronTime): Promise<Date> {
    const latest = await this.tieOuts.latestDay();
    return firstAfter(cron, latest === undefined ? this.startedAt : endOf(dayBeside(latest, 1)));
  }

  private async listed() {
    return (await this.accounts.serving('set-up')).filter(({ gateway }) => this.gateways.canTieOut(gateway));
  }

  /** Those that were not compared yet, and the one whose payouts are to be known by now. */
  private daysUntil(yesterday: SeoulDate, latest: SeoulDate | undefined): SeoulDate[] {
    const days = [yesterday];
    for (let day = dayBeside(yesterday, -1); latest !== undefined && day > latest; day = dayBeside(day, -1)) {
      if (days.push(day) === MOST_MISSED_DAYS) break;
    }
    const { againAfterDays } = this.config;
    return againAfterDays === 0 ? days : [...days, dayBeside(yesterday, -againAfterDays)];
  }
}

/** The last instant of a day, as far as a cron can tell. */
function endOf(day: SeoulDate): Date {
  return new Date(startOfSeoulDay(dayBeside(day, 1)).getTime() - 1_000);
}

function firstAfter(cron: CronTime, instant: Date): Date {
  return cron.getNextDateFrom(instant, SEOUL_TIME_ZONE).toJSDate();
}
