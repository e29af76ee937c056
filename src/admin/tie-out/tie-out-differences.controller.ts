import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { TieOutDifferences } from '../../tie-out';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { ReasonBody } from '../frame/reason.dto';
import { ListOf } from '../lists';
import { TieOutDifferenceDetailView, TieOutDifferenceView, differenceViewOf } from './tie-out-differences.view';
import { DifferenceListQuery } from './tie-outs.dto';

/** What the gateways' lists have otherwise than we do, and what persons said of it. */
@AdminController('tie-out-differences')
export class TieOutDifferencesController {
  constructor(private readonly differences: TieOutDifferences) {}

  @Get()
  @Scope('discrepancies:read')
  @ListOf(TieOutDifferenceView)
  @ApiOperation({ summary: 'What the gateway’s lists have otherwise than we do, newest first' })
  async list(@Query() { cursor, limit, ...filter }: DifferenceListQuery): Promise<Page<TieOutDifferenceView>> {
    const found = await this.differences.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(differenceViewOf), limit, (one) => one.id);
  }

  @Get(':id')
  @Scope('discrepancies:read')
  @ApiOperation({ summary: 'One of them, with the history of its states' })
  @ApiOkResponse({ type: TieOutDifferenceDetailView })
  async get(@Param() { id }: IdParameter): Promise<TieOutDifferenceDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.differences.history(id)).map(stateChangeViewOf) };
  }

  @Post(':id/explain')
  @HttpCode(200)
  @Scope('discrepancies:decide')
  @ApiOperation({ summary: 'Say what it is; it moves nothing, and is open again when it looks otherwise' })
  @ApiOkResponse({ type: TieOutDifferenceView })
  async explain(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<TieOutDifferenceView> {
    return differenceViewOf(await this.differences.explain(id, { actor, reason }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<TieOutDifferenceView> {
    return differenceViewOf(await this.differences.get(id));
  }
}
