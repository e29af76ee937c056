import { Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DailyReport, type Day, type UnbalancedJob } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { daysBetween } from '../kernel/seoul-calendar';
import { Scope } from './access';
import { AdminController } from './admin-controller';
import { ListOf, WHOLE, type ListShape } from './lists';
import { DayView, UnbalancedJobView } from './reports.view';
import { DaysQuery, MOST_DAYS } from './settlement-log.dto';

const DAYS: ListShape = {
  ...WHOLE,
  rows: 'days',
  others: { balanced: { type: 'boolean', description: 'Whether all of them are' } },
};

/** The numbers of the days, for those who must explain each won. */
@AdminController('reports')
export class ReportsController {
  constructor(private readonly report: DailyReport) {}

  @Get('daily')
  @Scope('reports:read')
  @ListOf(DayView, DAYS)
  @ApiOperation({ summary: 'What was asked and how it ended, a Seoul day each, by when sending began' })
  async daily(@Query() query: DaysQuery): Promise<{ days: Day[]; balanced: boolean }> {
    const { from, to } = checked(query);
    const days = await this.report.days(from, to);
    return { days, balanced: days.every((day) => day.balanced) };
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

function invalid(message: string, field: string, expected: string): DomainError {
  return new DomainError('invalid-request', message, { faults: [{ field, expected }] });
}
