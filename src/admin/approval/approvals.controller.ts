import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Approvals } from '../../approval';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ApprovalListQuery } from './approvals.dto';
import { ApprovalDetailView, ApprovalView, approvalViewOf } from './approvals.view';
import { AuditView } from '../audit';
import { ReasonBody } from '../frame/reason.dto';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { stateChangeViewOf } from '../frame/history.view';
import { ListOf } from '../lists';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** What waits, or has waited, for a second person (결재): refunds, uploads, billing runs, decisions and doubt alike. */
@AdminController('approvals')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @Scope('approvals:read')
  @ListOf(ApprovalView)
  @ApiOperation({ summary: 'Approvals, newest first; state=Waiting are those that need a second person now' })
  async list(@Query() { cursor, limit, ...filter }: ApprovalListQuery): Promise<Page<ApprovalView>> {
    const found = await this.approvals.list({ ...filter, beforeId: cursor, limit });
    return pageOf(found.map(approvalViewOf), limit, (approval) => approval.id);
  }

  @Get(':id')
  @Scope('approvals:read')
  @ApiOperation({ summary: 'An approval, with the history of its states' })
  @ApiOkResponse({ type: ApprovalDetailView })
  async get(@Param() { id }: IdParameter): Promise<ApprovalDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.approvals.history(id)).map(stateChangeViewOf) };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Scope('approvals:decide')
  @ApiOperation({
    summary: 'Agree as another person than who asked, with none of their keys; what was asked for is done at once',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: ApprovalView })
  async approve(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<ApprovalView> {
    return approvalViewOf(await this.approvals.approve(id, { by, reason, version }));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scope('approvals:decide')
  @ApiOperation({ summary: 'Say no: a refund is canceled with it, an uploaded job too, a billing run rejected' })
  @TakesIfMatch()
  @ApiOkResponse({ type: ApprovalView })
  async reject(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<ApprovalView> {
    return approvalViewOf(await this.approvals.reject(id, { by, reason, version }));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Scope('approvals:withdraw')
  @ApiOperation({ summary: 'Take back what one has asked for oneself; what follows is as for a rejection' })
  @TakesIfMatch()
  @ApiOkResponse({ type: ApprovalView })
  async withdraw(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<ApprovalView> {
    return approvalViewOf(await this.approvals.withdraw(id, { by, reason, version }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<ApprovalView> {
    return approvalViewOf(await this.approvals.get(id));
  }
}
