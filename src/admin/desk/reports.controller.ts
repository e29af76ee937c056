import { Get, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import { DailyReport, type UnbalancedJob } from './daily-report';
import { MonthlyReport } from './monthly-report';
import { DomainError } from '../../kernel/errors';
import { billingDateAfter, daysBetween, seoulDate, type SeoulDate } from '../../kernel/seoul-calendar';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf, WHOLE, type ListShape } from '../lists';
import { daysViewOf, monthTotalOf } from './report-totals';
import { GatewayDays } from '../../tie-out';
import { DaysQuery, GatewayDaysQuery, MOST_DAYS, MOST_MONTHS, MonthsQuery } from './reports.dto';
import {
  DayView,
  DaysTotalView,
  GatewayDayView,
  MonthTotalView,
  ProductMonthView,
  UnbalancedJobView,
} from './reports.view';

const totalOf = (view: typeof DaysTotalView | typeof MonthTotalView): Record<string, object> => ({
  total: { allOf: [{ $ref: getSchemaPath(view) }], description: 'All rows, added up; of JSON only' },
});

const DAYS: ListShape = {
  ...WHOLE,
  rows: 'days',
  others: {
    balanced: { type: 'boolean', description: 'Whether all of them are' },
    ...totalOf(DaysTotalView),
  },
};

const MONTHS: ListShape = { ...WHOLE, others: totalOf(MonthTotalView) };

/** The numbers of days and months, for those who must explain each won. */
@AdminController('reports')
export class ReportsController {
  constructor(
    private readonly report: DailyReport,
    private readonly monthlyReport: MonthlyReport,
    private readonly gatewayReport: GatewayDays,
  ) {}

  @Get('daily')
  @Scope('reports:read')
  @ListOf(DayView, DAYS)
  @ApiExtraModels(DaysTotalView)
  @ApiOperation({
    summary: 'What was asked and how it ended, a Seoul day each, by when sending began; and what went back that day',
  })
  async daily(@Query() query: DaysQuery): Promise<{ days: DayView[]; balanced: boolean; total: DaysTotalView }> {
    const { from, to } = checked(query);
    return daysViewOf(await this.report.days(from, to), await this.report.refunds(from, to));
  }

  @Get('monthly')
  @Scope('reports:read')
  @ListOf(ProductMonthView, MONTHS)
  @ApiExtraModels(MonthTotalView)
  @ApiOperation({
    summary:
      'Seoul months by product: collected, declined, refunded and net, by payment method, as the settlement log has it',
  })
  async monthly(@Query() query: MonthsQuery): Promise<{ items: ProductMonthView[]; total: MonthTotalView }> {
    const items = await this.monthlyReport.months(...monthsOf(query));
    return { items, total: monthTotalOf(items) };
  }

  @Get('gateway-days')
  @Scope('reports:read')
  @ListOf(GatewayDayView, WHOLE)
  @ApiOperation({
    summary: 'What each account collected, gave back, cost and paid out, a Seoul day each, by the gateway’s own lists',
  })
  async gatewayDays(@Query() query: GatewayDaysQuery): Promise<{ items: GatewayDayView[] }> {
    const { from, to } = checked(query);
    return { items: await this.gatewayReport.days(from, to, query.gatewayAccount) };
  }

  @Get('unbalanced-jobs')
  @Scope('reports:read')
  @ListOf(UnbalancedJobView, WHOLE)
  @ApiOperation({ summary: 'Settled jobs of these days that say something else than the settlement log: none, ever' })
  async unbalanced(@Query() query: DaysQuery): Promise<{ items: UnbalancedJob[] }> {
    const { from, to } = checked(query);
    return { items: await this.report.unbalancedJobs(from, to) };
  }
}

/** @throws {DomainError} `invalid-request` for days the wrong way round, and for more than a year of them */
function checked(query: DaysQuery): DaysQuery {
  const { from, to } = query;
  if (from > to) throw invalid('The days are the wrong way round', 'from', 'a day that is not after `to`');
  if (daysBetween(from, to) >= MOST_DAYS) {
    throw invalid('Ask for fewer days at once', 'to', `a day less than ${MOST_DAYS} days after \`from\``);
  }
  return query;
}

/**
 * @returns the first day of the first month, and that of the month after the last
 * @throws {DomainError} `invalid-request` unless one month or a stretch of at most a year is named
 */
function monthsOf({ month, from = month, to = from }: MonthsQuery): [SeoulDate, SeoulDate] {
  if (from === undefined || to === undefined)
    throw invalid('Name a month', 'month', 'a month as YYYY-MM, or from and to');
  if (month !== undefined && (from !== month || to !== month)) {
    throw invalid('Name one month, or the first and the last', 'month', 'no from and to beside it');
  }
  const first = seoulDate(`${from}-01`);
  const until = billingDateAfter(seoulDate(`${to}-01`), 1, 1);
  if (until > billingDateAfter(first, MOST_MONTHS, 1)) {
    throw invalid('Ask for fewer months at once', 'to', `at most ${MOST_MONTHS} months from \`from\` on`);
  }
  return [first, until];
}

function invalid(message: string, field: string, expected: string): DomainError {
  return new DomainError('invalid-request', message, { faults: [{ field, expected }] });
}
