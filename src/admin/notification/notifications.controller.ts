import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { BulkPaymentJobs } from '../../bulk-payment';
import { Notifications, type NotificationState } from '../../inbox';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { IdParameter, IsId } from '../frame/body-fields';
import { ByGatewayToo } from '../frame/gateway.dto';
import { type Page, PageQuery, pageOf } from '../frame/page';
import { IsGatewayId } from '../frame/text-fields';
import { ListOf } from '../lists';
import {
  NotificationDetailView,
  NotificationView,
  notificationHistoryViewOf,
  notificationViewOf,
  rawBodyOf,
} from './notifications.view';

const STATES = ['Received', 'Verified', 'Rejected'] as const satisfies NotificationState[];

class NotificationListQuery extends ByGatewayToo(PageQuery) {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: NotificationState;

  @ApiPropertyOptional({ description: 'Those that speak of this job' })
  @IsOptional()
  @IsId('the id of a job')
  jobId?: string;

  @ApiPropertyOptional({ description: 'Those about the payment of this order number' })
  @IsOptional()
  @IsGatewayId()
  orderNo?: string;
}

/** What arrived at the listener (통지), to the byte. */
@AdminController('notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: Notifications,
    private readonly jobs: BulkPaymentJobs,
  ) {}

  @Get()
  @Scope('notifications:read')
  @ListOf(NotificationView)
  @ApiOperation({ summary: 'Notifications, newest first' })
  async list(@Query() { jobId, cursor, limit, ...only }: NotificationListQuery): Promise<Page<NotificationView>> {
    const job = jobId === undefined ? undefined : await this.jobs.get(jobId);
    const found = await this.notifications.list({ ...only, job, beforeId: cursor, limit });
    return pageOf(found.map(notificationViewOf), limit, (notification) => notification.id);
  }

  @Get(':id')
  @Scope('notifications:read')
  @ApiOperation({ summary: 'A notification with its raw body and the history of its states' })
  @ApiOkResponse({ type: NotificationDetailView })
  async get(@Param() { id }: IdParameter): Promise<NotificationDetailView> {
    const notification = await this.notifications.get(id);
    const history = (await this.notifications.history(id)).map(notificationHistoryViewOf);
    return { ...notificationViewOf(notification), rawBody: rawBodyOf(notification), history };
  }
}
