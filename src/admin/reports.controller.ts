import { Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DailyReport, type Day, type UnbalancedJob } from '../bulk-payment';
import { DomainError } from '../kernel/errors';
import { Scope } from './access';
import { AdminController } from './admin-controller';
import { ListOf, WHOLE, type ListShape } from './lists';
import { DayView, UnbalancedJobView } from './reports.view';
import { DaysQuery } from './settlement-log.dto';

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
    const { from, to } = inOrder(query);
    const days = await this.report.days(from, to);
    return { days, balanced: days.every((day) => day.balanced) };
  }

  @Get('unbalanced-jobs')
  @Scope('reports:read')
  @ListOf(UnbalancedJobView, WHOLE)
  @ApiOperation({ summary: 'Settled jobs of these days that say something else than the settlement log: none, ever' })
  async unbalanced(@Query() query: DaysQuery): Promise<{ items: UnbalancedJob[] }> {
    const { from, to } = inOrder(query);
    return { items: await this.report.unbalancedJobs(from, to) };
  }
}

function inOrder(query: DaysQuery): DaysQuery {
  if (query.from <= query.to) return query;
  throw new DomainError('invalid-request', 'The days are the wrong way round', {
    faults: [{ field: 'from', expected: 'a day that is not after `to`' }],
  });
}
