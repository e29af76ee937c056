import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { SettlementLog } from '../../charge';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf, STRETCHES } from '../lists';
import { logPageOf, stretchOf, type LogStretch } from './settlement-log.controller';
import { SettlementLogEntryView } from './settlement-log.view';
import { AcknowledgeBody, LogQuery } from './settlement-log.dto';

class AcknowledgedView {
  @ApiProperty({ type: 'integer', description: 'Positions that were named' }) acknowledged!: number;
}

/** One-time products that were paid: what is to be delivered, and what was. */
@AdminController('deliveries')
export class DeliveriesController {
  constructor(private readonly log: SettlementLog) {}

  @Get()
  @Scope('settlement:read')
  @ListOf(SettlementLogEntryView, STRETCHES)
  @ApiOperation({ summary: 'Paid one-time products not yet delivered, in the order of the settlement log' })
  async due(@Query() query: LogQuery): Promise<LogStretch> {
    return stretchOf(await this.log.dueDeliveries(logPageOf(query)), query);
  }

  @Post('acknowledge')
  @HttpCode(200)
  @Scope('deliveries:acknowledge')
  @ApiOperation({ summary: 'Note that the items at these positions were delivered; saying so again changes nothing' })
  @ApiOkResponse({ type: AcknowledgedView })
  async acknowledge(@Body() { positions }: AcknowledgeBody, @Actor() actor: string): Promise<AcknowledgedView> {
    await this.log.acknowledge(positions, actor);
    return { acknowledged: new Set(positions).size };
  }
}
