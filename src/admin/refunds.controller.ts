import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Refunds } from '../charge';
import { Actor, CurrentCaller, Scope, type Caller } from './access';
import { AdminController } from './admin-controller';
import { AuditView } from './audit';
import { ReasonBody } from './billing-runs.dto';
import { IdParameter } from './body-fields';
import { pageOf, type Page } from './bulk-payment-jobs.view';
import { stateChangeViewOf } from './history.view';
import { ListOf } from './lists';
import { RefundListQuery, ResolveRefundBody } from './refunds.dto';
import { IfMatch, TakesIfMatch } from './versions';
import { RefundDetailView, RefundView, refundViewOf } from './refunds.view';

/** Refunds (환불): what was asked to be given back, and what became of it. Asked for at the charge. */
@AdminController('refunds')
export class RefundsController {
  constructor(private readonly refunds: Refunds) {}

  @Get()
  @Scope('refunds:read')
  @ListOf(RefundView)
  @ApiOperation({ summary: 'Refunds, newest first' })
  async list(@Query() { cursor, limit, ...filter }: RefundListQuery): Promise<Page<RefundView>> {
    const found = await this.refunds.list(filter, { beforeId: cursor, limit });
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
  @Scope('refunds:release')
  @ApiOperation({
    summary: 'Let a refund go that is above what one person may order; not with a key of who ordered it',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: RefundView })
  async release(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() { actor, owner }: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<RefundView> {
    return refundViewOf(await this.refunds.release(id, { reason, actor, owner, version }));
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
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<RefundView> {
    return refundViewOf(await this.refunds.cancel(id, { reason, actor, version }));
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Scope('refunds:release')
  @ApiOperation({ summary: 'Say what became of a refund whose answer was lost, where lookups can’t; sends nothing' })
  @TakesIfMatch()
  @ApiOkResponse({ type: RefundView })
  async resolve(
    @Param() { id }: IdParameter,
    @Body() body: ResolveRefundBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<RefundView> {
    return refundViewOf(await this.refunds.resolve(id, { ...body, actor, version }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<RefundView> {
    return refundViewOf(await this.refunds.get(id));
  }
}
