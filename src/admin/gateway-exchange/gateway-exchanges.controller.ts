import { Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { EXCHANGE_OPERATIONS, GatewayExchanges, type ExchangeOperation } from '../../gateways';
import { Scope } from '../access';
import { AnswerNotKept } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { PageQuery, pageOf, type Page } from '../frame/page';
import { IsAccountId, IsGatewayId, IsOrderNo } from '../frame/text-fields';
import { ListOf } from '../lists';
import { GatewayExchangeView, GatewayExchangeWireView, exchangeViewOf, wireViewOf } from './gateway-exchanges.view';

class GatewayExchangeListQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsOrderNo()
  orderNo?: string;

  @ApiPropertyOptional({ description: 'The gateway’s id of the payment' })
  @IsOptional()
  @IsGatewayId()
  transactionId?: string;

  @ApiPropertyOptional({ enum: EXCHANGE_OPERATIONS })
  @IsOptional()
  @IsIn(EXCHANGE_OPERATIONS, { message: `one of ${EXCHANGE_OPERATIONS.join(', ')}` })
  operation?: ExchangeOperation;

  @ApiPropertyOptional({ description: 'Of this gateway account only' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;
}

/** Evidence: the calls to gateways that moved money, or may have, and what was looked up for them. */
@AdminController('gateway-exchanges')
export class GatewayExchangesController {
  constructor(private readonly exchanges: GatewayExchanges) {}

  @Get()
  @Scope('charges:read')
  @ListOf(GatewayExchangeView)
  @ApiOperation({ summary: 'Calls to gateways that moved money, or may have, newest first' })
  async list(@Query() { cursor, limit, ...filter }: GatewayExchangeListQuery): Promise<Page<GatewayExchangeView>> {
    const found = await this.exchanges.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(exchangeViewOf), limit, (exchange) => exchange.id);
  }

  @Get(':id/wire')
  @Header('Cache-Control', 'no-store')
  @Scope('exchanges:open')
  @AnswerNotKept()
  @ApiOperation({ summary: 'What went over the wire in one call, secrets masked' })
  @ApiOkResponse({ type: GatewayExchangeWireView })
  async wire(@Param() { id }: IdParameter): Promise<GatewayExchangeWireView> {
    return wireViewOf(await this.exchanges.get(id), await this.exchanges.open(id));
  }
}
