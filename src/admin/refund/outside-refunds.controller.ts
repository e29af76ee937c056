import { Body, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OutsideRefunds, Refunds } from '../../refund';
import { Actor, CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { approvalViewOf } from '../approval/approvals.view';
import { AuditView } from '../audit';
import { ReasonBody } from '../frame/reason.dto';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { ListOf } from '../lists';
import { OutsideRefundBody, OutsideRefundListQuery } from './outside-refunds.dto';
import {
  OutsideRefundDetailView,
  OutsideRefundView,
  RecordedOutsideView,
  outsideRefundViewOf,
} from './outside-refunds.view';
import { refundViewOf } from './refunds.view';

/** Refunds that the gateway made without us: what lookups show of them, and what persons say. */
@AdminController('outside-refunds')
export class OutsideRefundsController {
  constructor(
    private readonly outside: OutsideRefunds,
    private readonly refunds: Refunds,
  ) {}

  @Get()
  @Scope('refunds:read')
  @ListOf(OutsideRefundView)
  @ApiOperation({ summary: 'What lookups show of refunds that we did not make, newest first' })
  async list(@Query() { cursor, limit, state }: OutsideRefundListQuery): Promise<Page<OutsideRefundView>> {
    const found = await this.outside.list({ state, beforeId: cursor, limit });
    return pageOf(found.map(outsideRefundViewOf), limit, (one) => one.id);
  }

  @Get(':id')
  @Scope('refunds:read')
  @ApiOperation({ summary: 'One of them, with the history of its states' })
  @ApiOkResponse({ type: OutsideRefundDetailView })
  async get(@Param() { id }: IdParameter): Promise<OutsideRefundDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.outside.history(id)).map(stateChangeViewOf) };
  }

  @Post()
  @Scope('refunds:create')
  @ApiOperation({
    summary: 'Record a refund that the gateway made without us, after a look at the payment; sends nothing',
  })
  @ApiCreatedResponse({ type: RecordedOutsideView, description: 'It counts like a refund of ours' })
  @ApiAcceptedResponse({ type: RecordedOutsideView, description: 'It waits for a second person' })
  async record(
    @Body() { orderNo, ...finding }: OutsideRefundBody,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecordedOutsideView> {
    const recorded = await this.outside.record(orderNo, { ...finding, by });
    if (recorded.kind === 'recorded') {
      return { refund: refundViewOf(await this.refunds.get(recorded.refundId)), approval: null };
    }
    reply.status(202);
    return { refund: null, approval: approvalViewOf(recorded.approval) };
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Scope('refunds:create')
  @ApiOperation({ summary: 'Say that nothing was given back; the same showing does not come up again' })
  @ApiOkResponse({ type: OutsideRefundView })
  async dismiss(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<OutsideRefundView> {
    return outsideRefundViewOf(await this.outside.dismiss(id, { actor, reason }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<OutsideRefundView> {
    return outsideRefundViewOf(await this.outside.get(id));
  }
}
