import { Injectable } from '@nestjs/common';
import { DailyReport, type Day, type DayNumbers } from './daily-report';
import { seoulDate, seoulDateAt, type SeoulDate } from '../../kernel/seoul-calendar';
import { shownWon } from '../../kernel/won';
import { KillSwitch } from '../../kill-switch';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { refundsViewOf } from './report-totals';
import { waitingOf, waitingSql, type WaitingRow } from '../../waiting';
import type { StuckView, SummaryOfDaysView, SummaryView } from './summary.view';
import type { TallyView } from '../frame/tally.view';

const ROOT = '/admin/v1';

/** The day at a glance: what came in, what went back, and what waits for a person. */
@Injectable()
export class SummaryService {
  constructor(
    private readonly report: DailyReport,
    private readonly killSwitch: KillSwitch,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<SummaryView> {
    const at = this.clock.now();
    const today = seoulDateAt(at);
    const monthStart = seoulDate(`${today.slice(0, 8)}01`);
    return {
      at,
      today: await this.days(today, today),
      month: await this.days(monthStart, today),
      killSwitchEngaged: (await this.killSwitch.state()).engaged,
      stuck: await this.stuck(at),
    };
  }

  private async days(from: SeoulDate, to: SeoulDate): Promise<SummaryOfDaysView> {
    const days = await this.report.days(from, to);
    const sum = (kind: keyof DayNumbers): TallyView => ({
      count: days.reduce((total, day) => total + day[kind].count, 0),
      amount: shownWon(days.reduce((total, day) => total + day[kind].amount, 0)),
    });
    return {
      from,
      to,
      jobs: days.reduce((total: number, day: Day) => total + day.jobs, 0),
      ...{ requested: sum('requested'), paid: sum('paid'), declined: sum('declined'), missing: sum('missing') },
      ...{ acceptedPaid: sum('acceptedPaid'), acceptedDeclined: sum('acceptedDeclined') },
      ...{ closed: sum('closed'), open: sum('open') },
      ...{ quarantined: sum('quarantined'), failed: sum('failed'), awaited: sum('awaited') },
      contradicted: sum('contradicted'),
      ...refundsViewOf(await this.report.refunds(from, to)),
    };
  }

  private async stuck(at: Date): Promise<StuckView[]> {
    const rows = await this.database.rows<WaitingRow>(waitingSql('$1::timestamptz'), [at]);
    return waitingOf(rows).map(({ link, ...waiting }) => ({ ...waiting, link: `${ROOT}/${link}` }));
  }
}
