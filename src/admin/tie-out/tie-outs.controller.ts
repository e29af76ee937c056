import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { TieOuts } from '../../tie-out';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { ListOf } from '../lists';
import { TieOutBody, TieOutListQuery } from './tie-outs.dto';
import { TieOutDetailView, TieOutView, tieOutViewOf } from './tie-outs.view';

/** Days of gateway accounts, held against the gateways' own lists. */
@AdminController('tie-outs')
export class TieOutsController {
  constructor(private readonly tieOuts: TieOuts) {}

  @Get()
  @Scope('discrepancies:read')
  @ListOf(TieOutView)
  @ApiOperation({ summary: 'Days that are or were held against the gateway’s lists, newest first' })
  async list(@Query() { cursor, limit, ...filter }: TieOutListQuery): Promise<Page<TieOutView>> {
    const found = await this.tieOuts.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(tieOutViewOf), limit, (one) => one.id);
  }

  @Get(':id')
  @Scope('discrepancies:read')
  @ApiOperation({ summary: 'One of them, with the history of its states' })
  @ApiOkResponse({ type: TieOutDetailView })
  async get(@Param() { id }: IdParameter): Promise<TieOutDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.tieOuts.history(id)).map(stateChangeViewOf) };
  }

  @Post()
  @HttpCode(200)
  @Scope('discrepancies:lookup')
  @ApiOperation({
    summary: 'Have a day held against the gateway’s lists, again where it was before; one under way goes on',
  })
  @ApiOkResponse({ type: TieOutView })
  async run(@Body() { gatewayAccount, day }: TieOutBody, @Actor() actor: string): Promise<TieOutView> {
    return tieOutViewOf(await this.tieOuts.run(gatewayAccount, day, actor));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<TieOutView> {
    return tieOutViewOf(await this.tieOuts.get(id));
  }
}
