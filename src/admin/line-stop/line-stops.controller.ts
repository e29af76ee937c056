import { Body, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ListOf } from '../lists';
import { LineStops } from '../../line-stop';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import type { ApprovalView } from '../approval/approvals.view';
import { AuditView } from '../audit';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { LineStopListQuery, ResolveLineStopBody } from './line-stops.dto';
import { LineStopView, lineStopViewOf } from './line-stops.view';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** What the service found wrong with money by itself, and what it parked because of it: docs/operations.md. */
@AdminController('line-stops')
export class LineStopsController {
  constructor(private readonly stops: LineStops) {}

  @Get()
  @Scope('line-stops:read')
  @ListOf(LineStopView)
  @ApiOperation({ summary: 'Line stops, newest first; state=Open are those that park something' })
  async list(@Query() { cursor, limit, ...filter }: LineStopListQuery): Promise<Page<LineStopView>> {
    const found = await this.stops.list({ ...filter, beforeId: cursor, limit });
    return pageOf(found.map(lineStopViewOf), limit, (stop) => stop.id);
  }

  @Get(':id')
  @Scope('line-stops:read')
  @ApiOperation({ summary: 'A line stop with its evidence' })
  @ApiOkResponse({ type: LineStopView })
  @AuditView()
  async get(@Param() { id }: IdParameter): Promise<LineStopView> {
    return lineStopViewOf(await this.stops.get(id));
  }

  @Post(':id/resolve')
  @Scope('line-stops:resolve')
  @ApiOperation({
    summary:
      'Let go on what it parks, because it was looked into and dealt with; where it is about money that moved a second person must agree',
  })
  @TakesIfMatch()
  @MayAwaitApproval(LineStopView)
  async resolve(
    @Param() { id }: IdParameter,
    @Body() body: ResolveLineStopBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LineStopView | ApprovalView> {
    const waiting = await this.stops.resolve(id, { ...body, by }, version);
    return waiting === undefined ? this.get({ id }) : awaiting(reply, waiting);
  }
}
