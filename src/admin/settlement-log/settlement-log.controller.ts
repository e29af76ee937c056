import { Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { SettlementLog, type LogPage, type SettlementLogEntry } from '../../charge';
import { daysInSeoul } from '../../kernel/seoul-calendar';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf, STRETCHES } from '../lists';
import { LogQuery } from './settlement-log.dto';
import { SettlementLogEntryView } from './settlement-log.view';

/** A stretch of the log. `nextAfter` is where the next call begins, also when nothing came. */
export interface LogStretch {
  items: SettlementLogEntry[];
  nextAfter: string;
  /** Whether there may be more already. */
  hasMore: boolean;
}

export const logPageOf = (query: LogQuery): LogPage => ({
  after: query.after,
  limit: query.limit,
  gateway: query.gateway,
  gatewayAccount: query.gatewayAccount,
  settled: daysInSeoul(query.from, query.to),
});

export function stretchOf(items: SettlementLogEntry[], { after, limit }: LogQuery): LogStretch {
  return { items, nextAfter: items.at(-1)?.position ?? after, hasMore: items.length === limit };
}

/** What became of charges, in the order it was decided: the source of all events (결과 기록). */
@AdminController('settlement-log')
export class SettlementLogController {
  constructor(private readonly log: SettlementLog) {}

  @Get()
  @Scope('settlement:read')
  @ListOf(SettlementLogEntryView, STRETCHES)
  @ApiOperation({ summary: 'Entries behind a position; who remembers nextAfter misses none and sees none twice' })
  async read(@Query() query: LogQuery): Promise<LogStretch> {
    return stretchOf(await this.log.read(logPageOf(query)), query);
  }
}
