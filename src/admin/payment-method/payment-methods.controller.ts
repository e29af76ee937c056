import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { PaymentMethods } from '../../payment-method';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { ReasonBody } from '../frame/reason.dto';
import { IfMatch, TakesIfMatch } from '../frame/versions';
import { ListOf } from '../lists';
import { MethodListQuery } from './payment-methods.dto';
import { PaymentMethodDetailView, PaymentMethodView, paymentMethodViewOf } from './payment-methods.view';

/** What customers pay with: of a secret, what may be shown of it. */
@AdminController('payment-methods')
export class PaymentMethodsController {
  constructor(private readonly methods: PaymentMethods) {}

  @Get()
  @Scope('payment-methods:read')
  @ListOf(PaymentMethodView)
  @ApiOperation({ summary: 'Payment methods, newest first; T store’s billing tokens once another took their place' })
  async list(@Query() { cursor, limit, ...filter }: MethodListQuery): Promise<Page<PaymentMethodView>> {
    const found = await this.methods.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(paymentMethodViewOf), limit, (method) => method.id);
  }

  @Get(':id')
  @Scope('payment-methods:read')
  @ApiOperation({ summary: 'A payment method, with the history of its states' })
  @ApiOkResponse({ type: PaymentMethodDetailView })
  async get(@Param() { id }: IdParameter): Promise<PaymentMethodDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.methods.history(id)).map(stateChangeViewOf) };
  }

  @Post(':id/remove')
  @HttpCode(200)
  @Scope('payment-methods:manage')
  @ApiOperation({
    summary: 'Take a method away: charged no more, deleted at its gateway, its secrets erased after that',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: PaymentMethodView })
  async remove(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<PaymentMethodView> {
    return paymentMethodViewOf(await this.methods.remove(id, { actor, reason, version }));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<PaymentMethodView> {
    return paymentMethodViewOf(await this.methods.get(id));
  }
}
