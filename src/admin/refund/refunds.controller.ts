import { Body, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RefundReversals, Refunds } from '../../refund';
import { daysInSeoul } from '../../kernel/seoul-calendar';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import type { ApprovalView } from '../approval/approvals.view';
import { AuditView } from '../audit';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { ReasonBody } from '../frame/reason.dto';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { stateChangeViewOf } from '../frame/history.view';
import { ListOf } from '../lists';
import { RefundListQuery, ResolveRefundBody } from './refunds.dto';
import { IfMatch, TakesIfMatch } from '../frame/versions';
import { RefundDetailView, RefundView, refundViewOf } from './refunds.view';

/** Refunds (환불): what was asked to be given back, and what became of it. Asked for at the charge. */
@AdminController('refunds')
export class RefundsController {
  constructor(
    private readonly refunds: Refunds,
    private readonly reversals: RefundReversals,
  ) {}

  @Get()
  @Scope('refunds:read')
  @ListOf(RefundView)
  @ApiOperation({ summary: 'Refunds, newest first' })
  async list(@Query() { cursor, limit, from, to, ...filter }: RefundListQuery): Promise<Page<RefundView>> {
    const found = await this.refunds.list({ ...filter, requested: daysInSeoul(from, to) }, { beforeId: cursor, limit });
    return pageOf(found.map(refundViewOf), limit, (refund) => refund.id);
  }

  @Get(':id')
  @Scope('refunds:read')
  @ApiOperation({ summary: 'A refund, with the history of its states' })
  @ApiOkResponse({ type: RefundDetailView })
  async get(@Param() { id }: IdParameter): Promise<RefundDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.refunds.history(id)).map(stateChangeViewOf) };
  }

  @Post(':id/release')
  @HttpCode(200)
  @Scope('approvals:decide')
  @ApiOperation({
    summary: 'Let a refund go that is above what one person may order: approves what waits for it, as another person',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: RefundView })
  async release(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<RefundView> {
    return refundViewOf(await this.refunds.release(id, { reason, by, version }));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('refunds:create')
  @ApiOperation({ summary: 'Take a refund back that is not sent yet, or refuse one that awaits release' })
  @TakesIfMatch()
  @ApiOkResponse({ type: RefundView })
  async cancel(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<RefundView> {
    return refundViewOf(await this.refunds.cancel(id, { reason, by, version }));
  }

  @Post(':id/resolve')
  @Scope('refunds:create')
  @ApiOperation({
    summary:
      'Say what became of a refund whose answer was lost, after a look at the gateway (GET …/transaction) since; sends nothing',
  })
  @TakesIfMatch()
  @MayAwaitApproval(RefundView)
  async resolve(
    @Param() { id }: IdParameter,
    @Body() body: ResolveRefundBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RefundView | ApprovalView> {
    const waiting = await this.refunds.resolve(id, { ...body, by, version });
    return waiting === undefined ? this.viewOf({ id }) : awaiting(reply, waiting);
  }

  @Post(':id/reverse')
  @Scope('refunds:create')
  @ApiOperation({
    summary:
      'Say that a refund which persons said was made was not, after a look at the gateway (GET …/transaction) since; sends nothing',
  })
  @TakesIfMatch()
  @MayAwaitApproval(RefundView)
  async reverse(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RefundView | ApprovalView> {
    const waiting = await this.reversals.reverse(id, { reason, by, version });
    return waiting === undefined ? this.viewOf({ id }) : awaiting(reply, waiting);
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<RefundView> {
    return refundViewOf(await this.refunds.get(id));
  }
}
