import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { HttpConfig } from '../../config';
import { daysInSeoul } from '../../kernel/seoul-calendar';
import { Orders } from '../../order';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { ReasonBody } from '../frame/reason.dto';
import { IfMatch, TakesIfMatch } from '../frame/versions';
import { ListOf } from '../lists';
import { NewOrderBody, OrderListQuery } from './orders.dto';
import { NewOrderView, OrderDetailView, OrderView, orderDetailViewOf, orderViewOf } from './orders.view';

/** Orders (주문): what customers buy in person, each paid in a gateway's own window. */
@AdminController('orders')
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly http: HttpConfig,
  ) {}

  @Post()
  @Scope('orders:manage')
  @ApiOperation({
    summary: 'Store an order before anything of it is shown; the same reference again is the same order',
  })
  @ApiCreatedResponse({ type: NewOrderView })
  async create(@Body() body: NewOrderBody, @Actor() actor: string): Promise<NewOrderView> {
    const order = await this.orders.create({ ...body, actor });
    const checkoutToken = this.orders.tokenOf(order);
    const windowsUrl = `${this.http.publicBaseUrl}/checkout/v1/orders/${checkoutToken}/windows`;
    return { ...orderViewOf(order), checkoutToken, windowsUrl };
  }

  @Get()
  @Scope('orders:read')
  @ListOf(OrderView)
  @ApiOperation({ summary: 'Orders, newest first' })
  async list(@Query() { cursor, limit, from, to, ...filter }: OrderListQuery): Promise<Page<OrderView>> {
    const found = await this.orders.list({ ...filter, made: daysInSeoul(from, to) }, { beforeId: cursor, limit });
    return pageOf(found.map(orderViewOf), limit, (order) => order.id);
  }

  @Get(':id')
  @Scope('orders:read')
  @ApiOperation({ summary: 'An order, with its items, its attempts and the history of its states' })
  @ApiOkResponse({ type: OrderDetailView })
  async get(@Param() { id }: IdParameter): Promise<OrderDetailView> {
    return orderDetailViewOf(await this.orders.detail(id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('orders:manage')
  @ApiOperation({ summary: 'End an order that is not paid; not while a payment of it is on its way' })
  @TakesIfMatch()
  @ApiOkResponse({ type: OrderView })
  async cancel(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<OrderView> {
    return orderViewOf(await this.orders.cancel(id, { actor, reason, version }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<OrderView> {
    return orderViewOf(await this.orders.get(id));
  }
}
