import { Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { AuditLog } from '.';
import { AuditLogQuery } from './audit-log.dto';
import { AuditEntryView } from './audit-log.view';
import { pageOf, type Page } from '../frame/page';

/** Who changed what over this API. Appended to by every changing call, and by nothing else. */
@AdminController('audit-log')
export class AuditLogController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @Scope('audit:read')
  @ListOf(AuditEntryView)
  @ApiOperation({ summary: 'Changing calls, newest first: who, what, from what to what, why, and how it ended' })
  async list(@Query() { cursor, limit, ...filter }: AuditLogQuery): Promise<Page<AuditEntryView>> {
    return pageOf(await this.log.list(filter, { beforeId: cursor, limit }), limit, (entry) => entry.id);
  }
}
